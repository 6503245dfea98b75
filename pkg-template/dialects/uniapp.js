import { createPlugin, installPlugin } from './uni-plugin.js';
import { table } from './uniapp.table.js';

export const TUICallEngine = /* @__PURE__ */ createPlugin(table);

export function install(uni) {
  return installPlugin(TUICallEngine, uni);
}

export default TUICallEngine;
