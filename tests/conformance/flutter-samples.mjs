// The samples of the Flutter page in JavaScript, in its order: the same callbacks with the same parameters.

/* global TUICallEngine, TUICallObserver */
export const SAMPLES = [
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onError: (code, message) => {},
        onCallCancelled: (callerId) => {},
        onCallBegin: (roomId, callMediaType, callRole) => {},
        onCallEnd: (roomId, callMediaType, callRole, totalTime) => {},
        onCallMediaTypeChanged: (oldCallMediaType, newCallMediaType) => {},
        onUserReject: (userId) => {},
        onUserNoResponse: (userId) => {},
        onUserLineBusy: (onUserLineBusy) => {},
        onUserJoin: (userId) => {},
        onUserLeave: (userId) => {},
        onUserVideoAvailable: (userId, isVideoAvailable) => {},
        onUserAudioAvailable: (userId, isAudioAvailable) => {},
        onUserNetworkQualityChanged: (networkQualityList) => {},
        onCallReceived: (callerId, calleeIdList, groupId, callMediaType) => {},
        onUserVoiceVolumeChanged: (volumeMap) => {},
        onKickedOffline: () => {},
        onUserSigExpired: () => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onError: (code, message) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserInviting: (userId) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onCallReceived: (callId, callerId, calleeIdList, mediaType, info) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onCallNotConnected: (callId, mediaType, reason, userId, info) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onCallBegin: (callId, mediaType, info) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onCallEnd: (callId, mediaType, reason, userId, totalTime, info) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onCallMediaTypeChanged: (oldCallMediaType, newCallMediaType) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserReject: (userId) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserNoResponse: (userId) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserLineBusy: (onUserLineBusy) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserJoin: (userId) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserLeave: (userId) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserVideoAvailable: (userId, isVideoAvailable) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserAudioAvailable: (userId, isAudioAvailable) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserVoiceVolumeChanged: (volumeMap) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserNetworkQualityChanged: (networkQualityList) => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onKickedOffline: () => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onUserSigExpired: () => {},
      }),
    ),
  () =>
    TUICallEngine.instance.addObserver(
      new TUICallObserver({
        onCallCancelled: (userId) => {},
      }),
    ),
];
