export declare const TUICallType: {
  readonly AUDIO_CALL: 1;
  readonly VIDEO_CALL: 2;
  readonly DEVCIED_CAMERA: 'camera';
  readonly DEVCIED_MICROPHONES: 'microphones';
};
export type TUICallType = (typeof TUICallType)[keyof typeof TUICallType];

export declare const TUICallCameraPosition: {
  readonly FRONT: 0;
  readonly BACK: 1;
};
export type TUICallCameraPosition = (typeof TUICallCameraPosition)[keyof typeof TUICallCameraPosition];

export declare const CallEndReason: {
  readonly UnKnown: 0;
  readonly Hangup: 1;
  readonly Reject: 2;
  readonly NoResponse: 3;
  readonly Offline: 4;
  readonly LineBusy: 5;
  readonly Canceled: 6;
  readonly OtherDeviceAccepted: 7;
  readonly OtherDeviceReject: 8;
  readonly EndByServer: 9;
};
export type CallEndReason = (typeof CallEndReason)[keyof typeof CallEndReason];

export declare const AUDIO_PLAYBACK_DEVICE: {
  readonly SPEAKER: 0;
  readonly EAR: 1;
};
export type AUDIO_PLAYBACK_DEVICE = (typeof AUDIO_PLAYBACK_DEVICE)[keyof typeof AUDIO_PLAYBACK_DEVICE];

export declare const TUIAudioQuality: {
  readonly kAudioProfileSpeech: 0;
  readonly kAudioProfileDefault: 1;
  readonly kAudioProfileMusic: 2;
};
export type TUIAudioQuality = (typeof TUIAudioQuality)[keyof typeof TUIAudioQuality];

export declare const TUICamera: {
  readonly kFront: 0;
  readonly kBack: 1;
};
export type TUICamera = (typeof TUICamera)[keyof typeof TUICamera];

export declare const TUIVideoQuality: {
  readonly kVideoQuality_360p: 1;
  readonly kVideoQuality_540p: 2;
  readonly kVideoQuality_720p: 3;
  readonly kVideoQuality_1080p: 4;
};
export type TUIVideoQuality = (typeof TUIVideoQuality)[keyof typeof TUIVideoQuality];

export declare const TUINetworkQuality: {
  readonly kQualityUnknown: 0;
  readonly kQualityExcellent: 1;
  readonly kQualityGood: 2;
  readonly kQualityPoor: 3;
  readonly kQualityBad: 4;
  readonly kQualityVeryBad: 5;
  readonly kQualityDown: 6;
};
export type TUINetworkQuality = (typeof TUINetworkQuality)[keyof typeof TUINetworkQuality];

export declare const TUIResolutionMode: {
  readonly kResolutionMode_Landscape: 0;
  readonly kResolutionMode_Portrait: 1;
};
export type TUIResolutionMode = (typeof TUIResolutionMode)[keyof typeof TUIResolutionMode];

export declare const TUIKickedOutOfRoomReason: {
  readonly kKickedByAdmin: 0;
  readonly kKickedByLoggedOnOtherDevice: 1;
  readonly kKickedByServer: 2;
};
export type TUIKickedOutOfRoomReason = (typeof TUIKickedOutOfRoomReason)[keyof typeof TUIKickedOutOfRoomReason];

export declare const TUIRoomDeviceMangerEvents: {
  readonly onDeviceChanged: 'onDeviceChanged';
};
export type TUIRoomDeviceMangerEvents = (typeof TUIRoomDeviceMangerEvents)[keyof typeof TUIRoomDeviceMangerEvents];

export declare const TUIErrorCode: {
  readonly ERR_SUCC: 0;
  readonly ERR_FAILED: -1;
  readonly ERR_INVALID_PARAMETER: -1001;
  readonly ERR_SDK_NOT_INITIALIZED: -1002;
  readonly ERR_PERMISSION_DENIED: -1003;
  readonly ERR_REQUIRE_PAYMENT: -1004;
  readonly ERR_CAMERA_START_FAILED: -1100;
  readonly ERR_CAMERA_NOT_AUTHORIZED: -1101;
  readonly ERR_CAMERA_OCCUPIED: -1102;
  readonly ERR_CAMERA_DEVICE_EMPTY: -1103;
  readonly ERR_MICROPHONE_START_FAILED: -1104;
  readonly ERR_MICROPHONE_NOT_AUTHORIZED: -1105;
  readonly ERR_MICROPHONE_OCCUPIED: -1106;
  readonly ERR_MICROPHONE_DEVICE_EMPTY: -1107;
  readonly ERR_ROOM_NAME_INVALID: -2107;
  readonly ERR_USER_NOT_EXIST: -2200;
  readonly ERR_REQUEST_ID_INVALID: -2311;
};
export type TUIErrorCode = (typeof TUIErrorCode)[keyof typeof TUIErrorCode];

export declare const VIDEO_ENCODER_MAP: {
  readonly '480p': 2;
  readonly '720p': 3;
  readonly '1080p': 4;
};
export type VIDEO_ENCODER_MAP = (typeof VIDEO_ENCODER_MAP)[keyof typeof VIDEO_ENCODER_MAP];
