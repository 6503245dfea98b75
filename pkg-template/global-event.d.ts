// For H5 builds of uni-app that were written for the older plugin: five events, with times in milliseconds. The methods are
// those of `open-call-engine/uniapp`.

import type { CallMediaType, CallRole } from './index.js';
import type { UniCallPlugin, UniLike } from './uniapp.js';

/** What `uni.requireNativePlugin('globalEvent')` gives after {@link install}. */
export declare const TUICallingEvent: UniCallPlugin<GlobalEventMap>;
export default TUICallingEvent;

/** As `install` of `open-call-engine/uniapp`, for the same names; the one that is called last is asked first. */
export declare function install(uni?: UniLike): () => void;

/** What listeners are called with. */
export interface GlobalEventMap {
  onError: { code: number; msg: string };
  /** To the callee. */
  onCallReceived: { callerId: string; calleeIdList: string[]; isGroupCall: boolean; callMediaType: CallMediaType };
  /** To the callee: ringing is over, and not by the callee's doing. `callerId` is who had called. */
  onCallCancelled: { callerId: string };
  onCallBegin: GlobalEventCall;
  /** `totalTime` in milliseconds. */
  onCallEnd: GlobalEventCall & { totalTime: number };
}

export interface GlobalEventCall {
  /** 0 when the room is named by a text. */
  roomID: number;
  callMediaType: CallMediaType;
  /** Yours. */
  callRole: CallRole;
}
