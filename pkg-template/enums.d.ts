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

/** Every number that versions of the contract reject with; which of them comes when is told at each method. */
export declare const TUICallErrorCode: {
  readonly NO_SDK_APPID: 2000;
  readonly NO_ACCOUNT_TYPE: 2001;
  readonly NO_IDENTIFIER: 2002;
  readonly NO_USER_SIG: 2003;
  readonly NO_TINY_ID: 2022;
  readonly NO_A2KEY: 2023;
  readonly USER_NOT_LOGGED_IN: 2024;
  readonly NO_NETWORK: 2805;
  readonly FAILURE_SWITCH_TO_AUDIO: 60001;
  readonly FAILURE_SWITCH_TO_VIDEO: 60002;
  readonly NOT_MICROPHONE_LIST: 60003;
  readonly NOT_CAMERA_LIST: 60004;
  readonly NOT_MEDIA_ACCESS: 60005;
  readonly NOT_SUPPORT: 60006;
  readonly ERROR_FAILED: -1;
  readonly ERROR_PACKAGE_NOT_PURCHASED: -1001;
  readonly ERROR_PACKAGE_NOT_SUPPORTED: -1002;
  readonly ERROR_TIM_VERSION_OUTDATED: -1003;
  readonly ERROR_REQUIRE_PAYMENT: -1004;
  readonly ERROR_CAMERA_START_FAILED: -1100;
  readonly ERROR_PERMISSION_DENIED: -1101;
  readonly ERROR_GET_DEVICE_LIST_FAIL: -1102;
  readonly ERROR_INIT_FAIL: -1201;
  readonly ERROR_PARAM_INVALID: -1202;
  readonly ERROR_REQUEST_REFUSED: -1203;
  readonly ERROR_REQUEST_REPEATED: -1204;
  readonly ERROR_SCENE_NOT_SUPPORTED: -1205;
  readonly INVALID_PARAMETER_REQUIRED: -120200;
  readonly INVALID_PARAMETER_TYPE: -120201;
  readonly INVALID_PARAMETER_EMPTY: -120202;
  readonly INVALID_PARAMETER_RANGE: -120203;
  readonly ERROR_SIGNALING_SEND_FAIL: -1401;
  readonly ERROR_ENTER_ROOM_FAIL: -3301;
  readonly ERROR_INVALID_INVITEID: 8010;
  readonly ERROR_INVALID_SEND_FAIL: 8021;
  readonly ERROR_INVALID_INVITEE: 20003;
  readonly ERROR_BLACKLIST: 20007;
  readonly ERROR_HTTP: 30000;
  readonly UNKNOWN: 65535;
  readonly ERROR_ANSWER_NOT_DECODABLE: 4;
  readonly ERROR_ANSWER_WITHOUT_CALL: 100005;
  readonly ERROR_INVALID_USER: 101002;
  readonly ERROR_PACKAGE: 101011;
  readonly VIRTUAL_BACKGROUND_TOO_SLOW: 10000003;
  readonly VIRTUAL_BACKGROUND_OVERLOAD: 10000006;
  readonly CHAT_NOT_LOGGED_IN: 6014;
  readonly CHAT_PARAM_INVALID: 6017;
  readonly CHAT_SIG_EXPIRED: 6206;
  readonly CHAT_PACKAGE_NOT_SUPPORTED: 7013;
  readonly SIG_EXPIRED: 70001;
  readonly SIG_EMPTY: 70002;
  readonly SIG_MALFORMED: 70003;
  readonly SIG_WRONG: 70009;
  readonly SIG_OF_OTHER_USER: 70013;
  readonly SIG_OF_OTHER_APP: 70014;
  readonly SIG_WITHOUT_KEY: 70016;
  readonly SIG_WITHOUT_APP: 70020;
  readonly ACCOUNT_NOT_IMPORTED: 70107;
};
export type TUICallErrorCode = (typeof TUICallErrorCode)[keyof typeof TUICallErrorCode];

export declare const IOSOfflinePushType: {
  readonly APNs: 0;
  readonly VoIP: 1;
};
export type IOSOfflinePushType = (typeof IOSOfflinePushType)[keyof typeof IOSOfflinePushType];
