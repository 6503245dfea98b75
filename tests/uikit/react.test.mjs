import { describeKit } from './support/suite.mjs';

await describeKit('tuicallkit-react', { hasMemberList: false });
