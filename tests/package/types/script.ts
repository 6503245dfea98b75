// A script without imports, in a page that loads index.global.js.
/// <reference types="open-call-engine/global" />
const scriptEngine = TUICall.TUICallEngine.createInstance({ SDKAppID: 1400000001 });
scriptEngine.on(TUICall.TUICallEvent.CALL_END, ({ totalTime }) => totalTime.toFixed());
// @ts-expect-error no such constant
TUICall.TUICallEvent.CALL_ENDED;
