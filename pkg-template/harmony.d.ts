// The calls of apps written for TUICallKit with `TUICallKit.on(TUICallEvent.onX, …)`, in the browser and without the kit's
// screens. Voice is 0 and video 1 here; times are in seconds.
// Every method tells success or failure to its callbacks, and ends the promise it returns with a result; neither throws.

import type { CallRole as Role, TUINetworkQuality } from './index.js';

export declare const TUICallKit: HarmonyCallKit;
export default TUICallKit;

export declare const TUICallEvent: { readonly [Name in keyof HarmonyEventMap]: Name };
export type TUICallEvent = keyof HarmonyEventMap;

export declare const MediaType: { readonly Audio: 0; readonly Video: 1 };
export type MediaType = (typeof MediaType)[keyof typeof MediaType];

export declare const CallRole: { readonly Unknown: 0; readonly Caller: 1; readonly Callee: 2 };
export type CallRole = (typeof CallRole)[keyof typeof CallRole];

export declare const NetworkQuality: {
  readonly Unknown: 0;
  readonly Excellent: 1;
  readonly Good: 2;
  readonly Poor: 3;
  readonly Bad: 4;
  readonly Vbad: 5;
  readonly Down: 6;
};
export type NetworkQuality = (typeof NetworkQuality)[keyof typeof NetworkQuality];

/** One of both is empty: 0 or ''. */
export interface RoomId {
  intRoomId: number;
  strRoomId: string;
}

/** What listeners are called with. */
export interface HarmonyEventMap {
  /** The vendor's page names the two values in two ways: both are there. */
  onError: { code: number; message: string; errorCode: number; errorMessage: string };
  /** To the callee. `groupId` is empty outside chat groups. */
  onCallReceived: {
    callerId: string;
    calleeIdList: string[];
    groupId: string;
    callMediaType: MediaType;
    userData: string;
  };
  /** To both: the call is over and had not begun. The caller's id when the caller cancelled, else your own. */
  onCallCancelled: { callerId: string };
  onCallBegin: HarmonyCall;
  /** `totalTime` in whole seconds. */
  onCallEnd: HarmonyCall & { totalTime: number };
  onUserReject: { userId: string };
  /** One for each user. */
  onUserNoResponse: { userId: string };
  onUserLineBusy: { userId: string };
  onUserJoin: { userId: string };
  onUserLeave: { userId: string };
  onCallMediaTypeChanged: { oldCallMediaType: MediaType; newCallMediaType: MediaType };
  onKickedOffline: Record<string, never>;
  /** A running call goes on; log in again with a new userSig. */
  onUserSigExpired: Record<string, never>;
  onUserVideoAvailable: { userId: string; isVideoAvailable: boolean };
  onUserAudioAvailable: { userId: string; isAudioAvailable: boolean };
  /** 0 to 100 by user; as a Map, and as an object for `volumeMap[userId]` and JSON. */
  onUserVoiceVolumeChanged: { volumeMap: Map<string, number> };
  /** By user. */
  onUserNetworkQualityChanged: Map<string, TUINetworkQuality>;
}

export interface HarmonyCall {
  roomId: RoomId;
  callMediaType: MediaType;
  /** Yours. */
  callRole: Role;
}

export interface HarmonyCallParams {
  roomId?: Partial<RoomId>;
  /** Seconds until an unanswered invitation ends; 0 = never. Default 30. */
  timeout?: number;
  userData?: string;
  chatGroupId?: string;
  /** Accepted and ignored. */
  offlinePushInfo?: object;
}

export interface HarmonyInvitation {
  mediaType: MediaType;
  callParams?: HarmonyCallParams;
}

/** What methods end with; `code` 0 is success. */
export interface HarmonyResult {
  code: number;
  message: string;
  callId?: string;
}

/** Called when a method has succeeded. */
export type Succeeded = (result: HarmonyResult) => void;
/** Called when a method has failed. */
export type Failed = (errCode: number, errMsg: string) => void;

export interface HarmonyCallKit {
  on<K extends TUICallEvent>(event: K, listener: (res: HarmonyEventMap[K]) => void): void;
  /** Without a listener, all of the event's. */
  off<K extends TUICallEvent>(event: K, listener?: (res: HarmonyEventMap[K]) => void): void;

  login(
    options: { sdkAppId: number; userId: string; userSig: string },
    succeeded?: Succeeded,
    failed?: Failed,
  ): Promise<HarmonyResult>;
  logout(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  call(options: { userId: string } & HarmonyInvitation, succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  calls(
    options: { userIdList: string[] } & HarmonyInvitation,
    succeeded?: Succeeded,
    failed?: Failed,
  ): Promise<HarmonyResult>;
  groupCall(
    options: { groupId: string; userIdList: string[] } & HarmonyInvitation,
    succeeded?: Succeeded,
    failed?: Failed,
  ): Promise<HarmonyResult>;
  inviteUser(
    options: { userIdList: string[]; callParams?: HarmonyCallParams },
    succeeded?: Succeeded,
    failed?: Failed,
  ): Promise<HarmonyResult>;
  join(options: { callId: string }, succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  joinInGroupCall(
    options: { roomId: Partial<RoomId>; groupId: string; mediaType: MediaType },
    succeeded?: Succeeded,
    failed?: Failed,
  ): Promise<HarmonyResult>;
  accept(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  reject(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  hangup(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;

  /** @param videoViewDomID the element that shows the picture, or its id */
  openCamera(videoViewDomID?: string | HTMLElement): Promise<HarmonyResult>;
  closeCamera(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  /** @param position 0 front, 1 back */
  switchCamera(position: 0 | 1, succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  openMicrophone(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  closeMicrophone(succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  startRemoteView(
    options: { userId: string; videoViewDomID: string | HTMLElement },
    succeeded?: Succeeded,
    failed?: Failed,
  ): Promise<HarmonyResult>;
  stopRemoteView(options: { userId: string }, succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  switchCallMediaType(mediaType: MediaType, succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;
  setSelfInfo(nickname: string, avatar: string, succeeded?: Succeeded, failed?: Failed): Promise<HarmonyResult>;

  // Accepted and ignored: they are about the kit's screens.
  enableFloatWindow(enable: boolean): Promise<HarmonyResult>;
  enableMuteMode(enable: boolean): Promise<HarmonyResult>;
  enableVirtualBackground(enable: boolean): Promise<HarmonyResult>;
  setCallingBell(filePath: string): Promise<HarmonyResult>;
  setScreenOrientation(orientation: 0 | 1 | 2): Promise<HarmonyResult>;
}
