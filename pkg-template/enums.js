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
