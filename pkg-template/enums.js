export const TUICallType = /* @__PURE__ */ Object.freeze({
  AUDIO_CALL: 1,
  VIDEO_CALL: 2,
  DEVCIED_CAMERA: 'camera',
  DEVCIED_MICROPHONES: 'microphones',
});

export const TUICallCameraPosition = /* @__PURE__ */ Object.freeze({
  FRONT: 0,
  BACK: 1,
});

export const CallEndReason = /* @__PURE__ */ Object.freeze({
  UnKnown: 0,
  Hangup: 1,
  Reject: 2,
  NoResponse: 3,
  Offline: 4,
  LineBusy: 5,
  Canceled: 6,
  OtherDeviceAccepted: 7,
  OtherDeviceReject: 8,
  EndByServer: 9,
});

export const AUDIO_PLAYBACK_DEVICE = /* @__PURE__ */ Object.freeze({
  SPEAKER: 0,
  EAR: 1,
});

export const TUIAudioQuality = /* @__PURE__ */ Object.freeze({
  kAudioProfileSpeech: 0,
  kAudioProfileDefault: 1,
  kAudioProfileMusic: 2,
});

export const TUICamera = /* @__PURE__ */ Object.freeze({
  kFront: 0,
  kBack: 1,
});

export const TUIVideoQuality = /* @__PURE__ */ Object.freeze({
  kVideoQuality_360p: 1,
  kVideoQuality_540p: 2,
  kVideoQuality_720p: 3,
  kVideoQuality_1080p: 4,
});

export const TUINetworkQuality = /* @__PURE__ */ Object.freeze({
  kQualityUnknown: 0,
  kQualityExcellent: 1,
  kQualityGood: 2,
  kQualityPoor: 3,
  kQualityBad: 4,
  kQualityVeryBad: 5,
  kQualityDown: 6,
});

export const TUIResolutionMode = /* @__PURE__ */ Object.freeze({
  kResolutionMode_Landscape: 0,
  kResolutionMode_Portrait: 1,
});

export const TUIKickedOutOfRoomReason = /* @__PURE__ */ Object.freeze({
  kKickedByAdmin: 0,
  kKickedByLoggedOnOtherDevice: 1,
  kKickedByServer: 2,
});

export const TUIRoomDeviceMangerEvents = /* @__PURE__ */ Object.freeze({
  onDeviceChanged: 'onDeviceChanged',
});

export const TUIErrorCode = /* @__PURE__ */ Object.freeze({
  ERR_SUCC: 0,
  ERR_FAILED: -1,
  ERR_INVALID_PARAMETER: -1001,
  ERR_SDK_NOT_INITIALIZED: -1002,
  ERR_PERMISSION_DENIED: -1003,
  ERR_REQUIRE_PAYMENT: -1004,
  ERR_CAMERA_START_FAILED: -1100,
  ERR_CAMERA_NOT_AUTHORIZED: -1101,
  ERR_CAMERA_OCCUPIED: -1102,
  ERR_CAMERA_DEVICE_EMPTY: -1103,
  ERR_MICROPHONE_START_FAILED: -1104,
  ERR_MICROPHONE_NOT_AUTHORIZED: -1105,
  ERR_MICROPHONE_OCCUPIED: -1106,
  ERR_MICROPHONE_DEVICE_EMPTY: -1107,
  ERR_ROOM_NAME_INVALID: -2107,
  ERR_USER_NOT_EXIST: -2200,
  ERR_REQUEST_ID_INVALID: -2311,
});

export const VIDEO_ENCODER_MAP = /* @__PURE__ */ Object.freeze({
  '480p': 2,
  '720p': 3,
  '1080p': 4,
});

// Every number that versions of the contract reject with. Those of TUIErrorCode's that clash with older ones stand there.
export const TUICallErrorCode = /* @__PURE__ */ Object.freeze({
  NO_SDK_APPID: 2000,
  NO_ACCOUNT_TYPE: 2001,
  NO_IDENTIFIER: 2002,
  NO_USER_SIG: 2003,
  NO_TINY_ID: 2022,
  NO_A2KEY: 2023,
  USER_NOT_LOGGED_IN: 2024,
  NO_NETWORK: 2805,
  FAILURE_SWITCH_TO_AUDIO: 60001,
  FAILURE_SWITCH_TO_VIDEO: 60002,
  NOT_MICROPHONE_LIST: 60003,
  NOT_CAMERA_LIST: 60004,
  NOT_MEDIA_ACCESS: 60005,
  NOT_SUPPORT: 60006,
  ERROR_FAILED: -1,
  ERROR_PACKAGE_NOT_PURCHASED: -1001,
  ERROR_PACKAGE_NOT_SUPPORTED: -1002,
  ERROR_TIM_VERSION_OUTDATED: -1003,
  ERROR_REQUIRE_PAYMENT: -1004,
  ERROR_CAMERA_START_FAILED: -1100,
  ERROR_PERMISSION_DENIED: -1101,
  ERROR_GET_DEVICE_LIST_FAIL: -1102,
  ERROR_INIT_FAIL: -1201,
  ERROR_PARAM_INVALID: -1202,
  ERROR_REQUEST_REFUSED: -1203,
  ERROR_REQUEST_REPEATED: -1204,
  ERROR_SCENE_NOT_SUPPORTED: -1205,
  INVALID_PARAMETER_REQUIRED: -120200,
  INVALID_PARAMETER_TYPE: -120201,
  INVALID_PARAMETER_EMPTY: -120202,
  INVALID_PARAMETER_RANGE: -120203,
  ERROR_SIGNALING_SEND_FAIL: -1401,
  ERROR_ENTER_ROOM_FAIL: -3301,
  ERROR_INVALID_INVITEID: 8010,
  ERROR_INVALID_SEND_FAIL: 8021,
  ERROR_INVALID_INVITEE: 20003,
  ERROR_BLACKLIST: 20007,
  ERROR_HTTP: 30000,
  UNKNOWN: 65535,
  ERROR_ANSWER_NOT_DECODABLE: 4,
  ERROR_ANSWER_WITHOUT_CALL: 100005,
  ERROR_INVALID_USER: 101002,
  ERROR_PACKAGE: 101011,
  VIRTUAL_BACKGROUND_TOO_SLOW: 10000003,
  VIRTUAL_BACKGROUND_OVERLOAD: 10000006,
  CHAT_NOT_LOGGED_IN: 6014,
  CHAT_PARAM_INVALID: 6017,
  CHAT_SIG_EXPIRED: 6206,
  CHAT_PACKAGE_NOT_SUPPORTED: 7013,
  SIG_EXPIRED: 70001,
  SIG_EMPTY: 70002,
  SIG_MALFORMED: 70003,
  SIG_WRONG: 70009,
  SIG_OF_OTHER_USER: 70013,
  SIG_OF_OTHER_APP: 70014,
  SIG_WITHOUT_KEY: 70016,
  SIG_WITHOUT_APP: 70020,
  ACCOUNT_NOT_IMPORTED: 70107,
});

export const IOSOfflinePushType = /* @__PURE__ */ Object.freeze({
  APNs: 0,
  VoIP: 1,
});
