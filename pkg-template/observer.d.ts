// The calls of apps written for the Flutter plugin, in JavaScript: an observer with positional arguments. The duration of a
// call is in milliseconds; timeouts are in seconds. No method throws: each resolves to a result.

export declare const TUICallMediaType: { readonly none: 0; readonly audio: 1; readonly video: 2 };
export type TUICallMediaType = (typeof TUICallMediaType)[keyof typeof TUICallMediaType];

export declare const TUICallRole: { readonly none: 0; readonly caller: 1; readonly called: 2 };
export type TUICallRole = (typeof TUICallRole)[keyof typeof TUICallRole];

export declare const CallEndReason: {
  readonly unknown: 0;
  readonly hangup: 1;
  readonly reject: 2;
  readonly noResponse: 3;
  readonly offline: 4;
  readonly lineBusy: 5;
  readonly canceled: 6;
  readonly otherDeviceAccepted: 7;
  readonly otherDeviceReject: 8;
  readonly endByServer: 9;
};
export type CallEndReason = (typeof CallEndReason)[keyof typeof CallEndReason];

export declare const TUINetworkQuality: {
  readonly unknown: 0;
  readonly excellent: 1;
  readonly good: 2;
  readonly poor: 3;
  readonly bad: 4;
  readonly vBad: 5;
  readonly down: 6;
};
export type TUINetworkQuality = (typeof TUINetworkQuality)[keyof typeof TUINetworkQuality];

export declare const TUICamera: { readonly front: 0; readonly back: 1 };
export type TUICamera = (typeof TUICamera)[keyof typeof TUICamera];

/** One of both is empty: 0 or ''. */
export interface TUIRoomId {
  intRoomId: number;
  strRoomId: string;
}

export interface CallObserverExtraInfo {
  roomId: TUIRoomId;
  /** Yours. */
  role: TUICallRole;
  /** As the caller gave it. */
  userData: string;
  /** Empty outside chat groups. */
  chatGroupId: string;
}

export interface TUINetworkQualityInfo {
  userId: string;
  quality: TUINetworkQuality;
}

export interface TUICallObserverCallbacks {
  onError?: (code: number, message: string) => void;
  onUserInviting?: (userId: string) => void;
  /** To the callee. */
  onCallReceived?: (
    callId: string,
    callerId: string,
    calleeIdList: string[],
    mediaType: TUICallMediaType,
    info: CallObserverExtraInfo,
  ) => void;
  /** To both: the call is over and had not begun. `userId` is who caused it; empty when the server did. */
  onCallNotConnected?: (
    callId: string,
    mediaType: TUICallMediaType,
    reason: CallEndReason,
    userId: string,
    info: CallObserverExtraInfo,
  ) => void;
  /** @deprecated comes after onCallNotConnected: the caller's id when the caller cancelled, else your own */
  onCallCancelled?: (userId: string) => void;
  onCallBegin?: (callId: string, mediaType: TUICallMediaType, info: CallObserverExtraInfo) => void;
  /** @param totalTime milliseconds */
  onCallEnd?: (
    callId: string,
    mediaType: TUICallMediaType,
    reason: CallEndReason,
    userId: string,
    totalTime: number,
    info: CallObserverExtraInfo,
  ) => void;
  onCallMediaTypeChanged?: (oldCallMediaType: TUICallMediaType, newCallMediaType: TUICallMediaType) => void;
  onUserReject?: (userId: string) => void;
  /** One for each user. */
  onUserNoResponse?: (userId: string) => void;
  onUserLineBusy?: (userId: string) => void;
  onUserJoin?: (userId: string) => void;
  onUserLeave?: (userId: string) => void;
  onUserVideoAvailable?: (userId: string, isVideoAvailable: boolean) => void;
  onUserAudioAvailable?: (userId: string, isAudioAvailable: boolean) => void;
  /** 0 to 100 by user; as a Map, and as an object for `volumeMap[userId]` and JSON. */
  onUserVoiceVolumeChanged?: (volumeMap: Map<string, number>) => void;
  onUserNetworkQualityChanged?: (networkQualityList: TUINetworkQualityInfo[]) => void;
  onKickedOffline?: () => void;
  /** A running call goes on; init again with a new userSig. */
  onUserSigExpired?: () => void;
}

export declare class TUICallObserver {
  constructor(callbacks: TUICallObserverCallbacks);
}
export interface TUICallObserver extends TUICallObserverCallbacks {}

/** `code` is empty for success, else the number of the error. */
export interface TUIResult {
  code: string;
  message: string;
}

export interface TUICallParams {
  roomId?: Partial<TUIRoomId> | null;
  /** Seconds until an unanswered invitation ends; 0 = never. Default 30. */
  timeout?: number | null;
  userData?: string | null;
  chatGroupId?: string | null;
  /** Accepted and ignored. */
  offlinePushInfo?: object | null;
}

export interface TUIValueCallback {
  onSuccess?: (data: unknown) => void;
  onError?: (code: number, message: string) => void;
}

export declare class TUICallEngine {
  static get instance(): TUICallEngine;

  addObserver(observer: TUICallObserver): Promise<void>;
  removeObserver(observer: TUICallObserver): Promise<void>;

  /** Logs in. The call server is found as the Web engine finds it, see `TUICallEngine.setServer` there. */
  init(sdkAppID: number, userId: string, userSig: string): Promise<TUIResult>;
  unInit(): Promise<TUIResult>;
  call(userId: string, mediaType: TUICallMediaType, params?: TUICallParams): Promise<TUIResult>;
  calls(userIdList: string[], mediaType: TUICallMediaType, params?: TUICallParams): Promise<TUIResult>;
  groupCall(
    groupId: string,
    userIdList: string[],
    mediaType: TUICallMediaType,
    params?: TUICallParams,
  ): Promise<TUIResult>;
  accept(): Promise<TUIResult>;
  reject(): Promise<TUIResult>;
  /** The same as {@link reject}. */
  ignore(): Promise<TUIResult>;
  hangup(): Promise<TUIResult>;
  inviteUser(userIdList: string[], params?: TUICallParams, callback?: TUIValueCallback): Promise<TUIResult>;
  /** {@link inviteUser}, as the vendor spells it. */
  iniviteUser(userIdList: string[], params?: TUICallParams, callback?: TUIValueCallback): Promise<TUIResult>;
  join(callId: string): Promise<TUIResult>;
  joinInGroupCall(roomId: Partial<TUIRoomId>, groupId: string, mediaType: TUICallMediaType): Promise<TUIResult>;
  switchCallMediaType(mediaType: TUICallMediaType): Promise<TUIResult>;

  /** @param viewId the element that shows the picture, or its id */
  startRemoteView(userId: string, viewId: string | HTMLElement): Promise<TUIResult>;
  stopRemoteView(userId: string): Promise<TUIResult>;
  openCamera(camera: TUICamera, viewId?: string | HTMLElement | null): Promise<TUIResult>;
  closeCamera(): Promise<TUIResult>;
  switchCamera(camera: TUICamera): Promise<TUIResult>;
  openMicrophone(): Promise<TUIResult>;
  closeMicrophone(): Promise<TUIResult>;
  setSelfInfo(nickname: string, avatar: string): Promise<TUIResult>;
  /** @param params fillMode 0 fills, 1 fits; rotation in quarter turns */
  setVideoRenderParams(userId: string, params: { fillMode: 0 | 1; rotation: 0 | 1 | 2 | 3 }): Promise<TUIResult>;
  /** @param params resolution 0 640x360, 1 960x540, 2 1280x720, 3 1920x1080 */
  setVideoEncoderParams(params: { resolution: 0 | 1 | 2 | 3; resolutionMode?: 0 | 1 }): Promise<TUIResult>;
  enableMultiDeviceAbility(enable: boolean): Promise<TUIResult>;
}

export default TUICallEngine;
