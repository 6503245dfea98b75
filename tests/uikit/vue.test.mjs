import { describeKit } from './support/suite.mjs';

await describeKit('tuicallkit-vue', { hasMemberList: true });
