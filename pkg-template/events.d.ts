import type { CallEndReason, TUINetworkQuality } from './enums.js';

/** 1 audio, 2 video. */
export type CallMediaType = 1 | 2;
/** 1 caller, 2 callee. */
export type CallRole = 1 | 2;

export declare const TUICallEvent: {
  readonly ERROR: 'onError';
  readonly SDK_READY: 'sdkReady';
  readonly KICKED_OUT: 'onKickedOffLine';
  readonly onUserSigExpired: 'onUserSigExpired';
  readonly INVITED: 'onInvited';
  readonly ON_CALL_RECEIVED: 'onCallReceived';
  readonly ON_CALL_BEGIN: 'onCallBegin';
  readonly ON_CALL_CANCELED: 'onCallCancelled';
  readonly ON_CALL_NOT_CONNECTED: 'onCallNotConnected';
  readonly USER_ACCEPT: 'onUserAccept';
  readonly USER_ENTER: 'onUserJoin';
  readonly USER_LEAVE: 'onUserLeave';
  readonly REJECT: 'onUserReject';
  readonly NO_RESP: 'onUserNoResponse';
  readonly LINE_BUSY: 'onUserLineBusy';
  readonly CALLING_TIMEOUT: 'onCallingTimeout';
  readonly CALLING_CANCEL: 'onCallingCancel';
  readonly CALLING_END: 'onCallEnd';
  readonly CALL_END: 'onCallEnd';
  readonly ON_CALL_END: 'onCallEnd';
  readonly USER_VIDEO_AVAILABLE: 'onUserVideoAvailable';
  readonly USER_AUDIO_AVAILABLE: 'onUserAudioAvailable';
  /** Ours: somebody shares a screen, or no longer. */
  readonly USER_SCREEN_AVAILABLE: 'onUserScreenAvailable';
  readonly USER_VOICE_VOLUME: 'onUserVoiceVolumeChanged';
  readonly GROUP_CALL_INVITEE_LIST_UPDATE: 'onGroupCallInviteeListUpdate';
  readonly CALL_TYPE_CHANGED: 'onCallMediaTypeChanged';
  readonly DEVICED_UPDATED: 'onDeviceUpdated';
  readonly onDeviceChange: 'onDeviceChange';
  readonly ON_USER_NETWORK_QUALITY_CHANGED: 'onUserNetworkQualityChanged';
  readonly ON_USER_INVITING: 'onUserInviting';
  readonly MESSAGE_SENT_BY_ME: 'onMessageSentByMe';
  readonly CALL_MESSAGE: 'CALL_MESSAGE';
  /** Ours: the connection to the call server. */
  readonly CONNECTION_STATE_CHANGED: 'onConnectionStateChanged';
  /** Ours: the media connection to one member. */
  readonly USER_CONNECTION_CHANGED: 'onUserConnectionChanged';
  /** Ours: the browser wants a gesture before it plays this member; the engine retries at the next one by itself. */
  readonly AUTOPLAY_FAILED: 'onAutoplayFailed';
  /** Ours: a member's picture is there. */
  readonly USER_FIRST_VIDEO_FRAME: 'onUserFirstVideoFrame';
  /** Ours: a member's picture stands still, or moves again. */
  readonly USER_VIDEO_FROZEN: 'onUserVideoFrozen';
  /** Ours: somebody else speaks now. */
  readonly ACTIVE_SPEAKER_CHANGED: 'onActiveSpeakerChanged';
};
export type TUICallEvent = (typeof TUICallEvent)[keyof typeof TUICallEvent];

/** What a listener is called with. */
export interface TUICallEventMap {
  /**
   * What failed that no method was asked for: a device in use that has gone without another one, as `openCamera()` tells it;
   * 60101 the media connection was lost for good; 60102 two members cannot reach each other without a TURN server; 60104 the
   * system holds a device back, as a phone does during its own calls (it is used again as soon as it is given back).
   */
  onError: ErrorEventPayload;
  /** Logged in. */
  sdkReady: { name: string };
  /** The same user has logged in elsewhere. A running call has ended before. */
  onKickedOffLine: Record<string, never>;
  /** Called without an argument. A running call goes on; log in again with a new userSig. */
  onUserSigExpired: undefined;

  /** To the callee. The older name of `onCallReceived`. */
  onInvited: CallReceivedPayload;
  /** To the callee. */
  onCallReceived: CallReceivedPayload;
  /** To both sides: the call is connected. */
  onCallBegin: CallPayload;
  /** The call is over and had not begun. The three events of that come together, with the same object. */
  onCallNotConnected: CallNotConnectedPayload;
  onCallCancelled: CallNotConnectedPayload;
  onCallingCancel: CallNotConnectedPayload;
  /** The call is over after it had begun. */
  onCallEnd: CallEndPayload;
  /** To a callee whose own ringing expired. */
  onCallingTimeout: UserListPayload;
  onCallMediaTypeChanged: CallTypeChangedPayload;

  onUserAccept: UserPayload;
  onUserJoin: UserPayload;
  onUserLeave: UserPayload;
  onUserReject: UserPayload;
  onUserLineBusy: UserPayload;
  onUserInviting: UserPayload;
  onUserNoResponse: UserListPayload;
  /** To everybody in a group call: who is in it now, you included. */
  onGroupCallInviteeListUpdate: { userIDList: string[] };

  onUserVideoAvailable: { userID: string; isVideoAvailable: boolean };
  onUserAudioAvailable: { userID: string; isAudioAvailable: boolean };
  /** To everybody in the call, you included: the browser's own bar may end what you share. */
  onUserScreenAvailable: { userID: string; isScreenAvailable: boolean };
  /** Once a second in a call: 0 to 100, you first. */
  onUserVoiceVolumeChanged: { volumeMap: { userId: string; audioVolume: number }[] };
  /** Once a second in a call. You first, as the members that you reach best get what you send. */
  onUserNetworkQualityChanged: { networkQualityList: NetworkQuality[] };
  /** What the page can use, or what it uses of it, has become another. Changes that come together are told once. */
  onDeviceUpdated: DeviceUpdatedPayload;
  /** Accepted for the sake of the contract; never comes. */
  onDeviceChange: { deviceId: string; type: number; state: number };
  onMessageSentByMe: unknown;
  CALL_MESSAGE: unknown;

  onConnectionStateChanged: ConnectionStatePayload;
  onUserConnectionChanged: UserConnectionPayload;
  onAutoplayFailed: UserPayload;
  /** The first picture since this member's camera went on, in pixels, within a second of it. */
  onUserFirstVideoFrame: { userID: string; width: number; height: number };
  /** A member's camera is on, its picture is in sight, and for two seconds there was no new one; or there is again. */
  onUserVideoFrozen: { userID: string; isFrozen: boolean };
  /** Who speaks, you included; empty: nobody. A cough does not change it. */
  onActiveSpeakerChanged: UserPayload;

  // Names that tuicall-engine-webrtc 1.2.1 to 3.1.7 used.
  onKickedOut: Record<string, never>;
  onCallCanceled: CallNotConnectedPayload;
  onUserEnter: UserPayload;
  onReject: UserPayload;
  onNoResp: UserListPayload;
  onLineBusy: UserPayload;
  onUserVoiceVolume: TUICallEventMap['onUserVoiceVolumeChanged'];
  onCallTypeChanged: CallTypeChangedPayload;
}

export interface ErrorEventPayload {
  code: number;
  message: string;
  /** Equal to message. */
  msg: string;
}

export interface CallPayload {
  callId: string;
  /** Equal to callId. */
  callID: string;
  /** 0 when the room is named by strRoomID. */
  roomID: number;
  strRoomID: string;
  callMediaType: CallMediaType;
  /** Yours. */
  callRole: CallRole;
  /** Empty outside chat groups. */
  chatGroupID: string;
  /** Equal to chatGroupID. */
  groupID: string;
  /** Who invited you; you yourself when you called. */
  callerId: string;
  /** As the caller gave it. */
  userData: string;
}

export interface CallReceivedPayload extends CallPayload {
  /** Who invited you. */
  sponsor: string;
  calleeIdList: string[];
  /** Equal to calleeIdList. */
  userIDList: string[];
  isFromGroup: boolean;
  inviteData: { version: number; callType: CallMediaType; roomID: number };
  inviteID: string;
}

export interface CallNotConnectedPayload extends CallPayload {
  /** Who caused it; empty when the server did. */
  userID: string;
  reason: CallEndReason;
}

export interface CallEndPayload extends CallPayload {
  /** Who ended it; empty when the server did. */
  userID: string;
  reason: CallEndReason;
  /** Whole seconds that the call was connected. */
  totalTime: number;
  /** Equal to totalTime. */
  callEnd: number;
  /** The same time in milliseconds, not rounded. */
  durationMs: number;
}

export interface UserPayload {
  userID: string;
}

export interface UserListPayload {
  userIDList: string[];
  /** Who had invited them. */
  sponsor: string;
}

export interface CallTypeChangedPayload {
  oldCallType: CallMediaType;
  newCallType: CallMediaType;
  /** Equal to oldCallType. */
  oldCallMediaType: CallMediaType;
  /** Equal to newCallType. */
  newCallMediaType: CallMediaType;
}

export interface NetworkQuality {
  userId: string;
  quality: TUINetworkQuality;
  /** Per cent of what is sent to this user that is lost. */
  upLoss: number;
  /** Per cent of what this user sends that is lost; 0 for you. */
  downLoss: number;
  /** Milliseconds there and back. */
  delay: number;
}

/** Browsers leave both empty until the person has let the page use such a device. */
export interface CallDevice {
  deviceId: string;
  deviceName: string;
  /** Equal to deviceName: its name in 1.2.1, and what the vendor's UI kits show. */
  label: string;
}

/** The current ones are those in use, or that would be; empty ones where there are none. */
export interface DeviceUpdatedPayload {
  cameraList: CallDevice[];
  microphoneList: CallDevice[];
  speakerList: CallDevice[];
  currentCamera: CallDevice;
  currentMicrophone: CallDevice;
  currentSpeaker: CallDevice;
  currentCameraID: string;
  currentMicrophoneID: string;
}

export interface ConnectionStatePayload {
  state: 'connecting' | 'connected' | 'reconnecting' | 'disconnected';
  /** Why, when the connection was lost or refused; else 0. */
  code: number;
  message: string;
}

export interface UserConnectionPayload {
  userID: string;
  state: 'connecting' | 'connected' | 'reconnecting' | 'failed';
}
