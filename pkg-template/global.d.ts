import type * as api from './index.js';

declare global {
  /** Everything that `open-call-engine` exports, for pages without modules. */
  const TUICall: typeof api;
}
