// For H5 builds of uni-app: the native plugins of the vendor's calls, in the browser.
// Every method answers its callback, and the promise it returns, with a result; neither throws. Times are in seconds.

import type { CallMediaType, CallRole, TUINetworkQuality } from './index.js';

/** What `uni.requireNativePlugin('TencentCloud-TUICallKit-TUICallEngine')` gives after {@link install}. */
export declare const TUICallEngine: UniCallPlugin<UniappEventMap>;
export default TUICallEngine;

/**
 * Makes `uni.requireNativePlugin` give {@link TUICallEngine} for the names of the vendor's plugins and for `globalEvent`.
 * Other names go where they went before. The call server is found as the Web engine finds it, see
 * `TUICallEngine.setServer` there.
 *
 * @param uni default: the page's `uni`, which is made if there is none
 * @returns what undoes it
 */
export declare function install(uni?: UniLike): () => void;

export interface UniLike {
  requireNativePlugin?: ((name: string) => unknown) | undefined;
}

/** What listeners are called with. */
export interface UniappEventMap {
  onError: { code: number; msg: string };
  /** To the callee. `groupId` is empty outside chat groups. */
  onCallReceived: {
    callerId: string;
    calleeIdList: string[];
    groupId: string;
    callMediaType: CallMediaType;
    userData: string;
  };
  /** To both: the call is over and had not begun. The caller's id when the caller cancelled, else your own. */
  onCallCancelled: { userId: string };
  onCallBegin: UniCall;
  /** `totalTime` in whole seconds. */
  onCallEnd: UniCall & { totalTime: number };
  onCallMediaTypeChanged: { oldCallMediaType: CallMediaType; newCallMediaType: CallMediaType };
  onUserReject: { userId: string };
  /** One for each user. */
  onUserNoResponse: { userId: string };
  onUserLineBusy: { userId: string };
  onUserJoin: { userId: string };
  onUserLeave: { userId: string };
  onUserVideoAvailable: { userId: string; isVideoAvailable: boolean };
  onUserAudioAvailable: { userId: string; isAudioAvailable: boolean };
  /** 0 to 100 by user; as a Map, and as an object for `volumeMap[userId]` and JSON. */
  onUserVoiceVolumeChanged: { volumeMap: Map<string, number> };
  onUserNetworkQualityChanged: { networkQualityList: { userId: string; quality: TUINetworkQuality }[] };
  onKickedOffline: Record<string, never>;
  /** A running call goes on; log in again with a new userSig. */
  onUserSigExpired: Record<string, never>;
}

export interface UniCall {
  /** 0 when the room is named by a text. */
  roomID: number;
  callMediaType: CallMediaType;
  /** Yours. */
  callRole: CallRole;
}

/** What methods end with; `code` 0 is success. */
export interface UniResult {
  code: number;
  msg: string;
  callId?: string;
  roomID?: number;
}

export type UniCallback = (result: UniResult) => void;

export interface UniCallParams {
  /** 1 to 2147483647; 0 or none: random. */
  roomID?: number;
  strRoomID?: string;
  /** Seconds until an unanswered invitation ends; 0 = never. Default 30. */
  timeout?: number;
  userData?: string;
  chatGroupID?: string;
  /** Accepted and ignored. */
  offlinePushInfo?: object;
}

export interface UniInvitation {
  callMediaType: CallMediaType;
  callParams?: UniCallParams;
}

/** The vendor's plugins in one object. */
export interface UniCallPlugin<EventMap> {
  addEventListener<K extends keyof EventMap>(event: K, listener: (res: EventMap[K]) => void): void;
  /** Without a listener, all of the event's. */
  removeEventListener<K extends keyof EventMap>(event: K, listener?: (res: EventMap[K]) => void): void;

  login(options: { SDKAppID: number; userID: string; userSig: string }, callback?: UniCallback): Promise<UniResult>;
  logout(callback?: UniCallback): Promise<UniResult>;
  call(options: { userID: string } & UniInvitation, callback?: UniCallback): Promise<UniResult>;
  calls(options: { userIDList: string[] } & UniInvitation, callback?: UniCallback): Promise<UniResult>;
  groupCall(
    options: { groupID: string; userIDList: string[] } & UniInvitation,
    callback?: UniCallback,
  ): Promise<UniResult>;
  inviteUser(options: { userIDList: string[] }, callback?: UniCallback): Promise<UniResult>;
  join(options: { callId: string }, callback?: UniCallback): Promise<UniResult>;
  joinInGroupCall(
    options: { roomID: number; groupID: string; callMediaType: CallMediaType },
    callback?: UniCallback,
  ): Promise<UniResult>;
  accept(callback?: UniCallback): Promise<UniResult>;
  reject(callback?: UniCallback): Promise<UniResult>;
  hangup(callback?: UniCallback): Promise<UniResult>;

  /** @param videoViewDomID the element that shows the picture, or its id */
  openCamera(videoViewDomID?: string | HTMLElement, callback?: UniCallback): Promise<UniResult>;
  closeCamera(callback?: UniCallback): Promise<UniResult>;
  /** @param position 0 front, 1 back */
  switchCamera(position: 0 | 1, callback?: UniCallback): Promise<UniResult>;
  openMicrophone(callback?: UniCallback): Promise<UniResult>;
  closeMicrophone(callback?: UniCallback): Promise<UniResult>;
  startRemoteView(
    options: { userID: string; videoViewDomID: string | HTMLElement },
    callback?: UniCallback,
  ): Promise<UniResult>;
  stopRemoteView(options: { userID: string }, callback?: UniCallback): Promise<UniResult>;
  switchCallMediaType(callMediaType: CallMediaType, callback?: UniCallback): Promise<UniResult>;
  setVideoRenderParams(
    params: { userID: string; fillMode?: 0 | 1; rotation?: 0 | 1 | 2 | 3 },
    callback?: UniCallback,
  ): Promise<UniResult>;
  /** @param params resolution 108 640x360, 62 640x480, 110 960x540, 112 1280x720, 114 1920x1080 */
  setVideoEncoderParams(
    params: { resolution: 62 | 108 | 110 | 112 | 114; resolutionMode?: 0 | 1 },
    callback?: UniCallback,
  ): Promise<UniResult>;
  setVideoQuality(profile: string, callback?: UniCallback): Promise<UniResult>;
  setSelfInfo(info: { nickName?: string; avatar?: string }, callback?: UniCallback): Promise<UniResult>;
  enableMultiDeviceAbility(enable: boolean, callback?: UniCallback): Promise<UniResult>;

  // Accepted and ignored: they are about the screens of the vendor's plugin.
  enableFloatWindow(enable: boolean, callback?: UniCallback): Promise<UniResult>;
  enableMuteMode(enable: boolean, callback?: UniCallback): Promise<UniResult>;
  enableVirtualBackground(enable: boolean, callback?: UniCallback): Promise<UniResult>;
  setCallingBell(filePath: string, callback?: UniCallback): Promise<UniResult>;
  setScreenOrientation(orientation: number, callback?: UniCallback): Promise<UniResult>;
}
