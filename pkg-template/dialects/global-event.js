import { table } from './global-event.table.js';
import { createPlugin, installPlugin } from './uni-plugin.js';

export const TUICallingEvent = /* @__PURE__ */ createPlugin(table);

export function install(uni) {
  return installPlugin(TUICallingEvent, uni);
}

export default TUICallingEvent;
