// @ts-check
import { cancelledId, roomId, volumes } from './shared.js';

/** @import { TUICallObserverCallbacks } from '../observer.js' */
/** @import { PositionalTable } from './canonical.js' */
/** @import { CallPayload } from '../index.js' */

/** @param {CallPayload} event */
const info = (event) => ({
  roomId: roomId(event),
  role: event.callRole,
  userData: event.userData,
  chatGroupId: event.chatGroupID,
});

/** @satisfies {PositionalTable<Required<TUICallObserverCallbacks>>} */
export const table = {
  onError: ({ code, message }) => [['onError', code, message]],
  sdkReady: null,
  onKickedOffLine: () => [['onKickedOffline']],
  onUserSigExpired: () => [['onUserSigExpired']],
  onCallReceived: (event) => [
    ['onCallReceived', event.callId, event.callerId, event.calleeIdList, event.callMediaType, info(event)],
  ],
  onCallBegin: (event) => [['onCallBegin', event.callId, event.callMediaType, info(event)]],
  onCallNotConnected: (event, viewer) => [
    ['onCallNotConnected', event.callId, event.callMediaType, event.reason, event.userID, info(event)],
    ['onCallCancelled', cancelledId(event, viewer)],
  ],
  onCallEnd: (event) => [
    ['onCallEnd', event.callId, event.callMediaType, event.reason, event.userID, event.durationMs, info(event)],
  ],
  onCallingTimeout: null,
  onCallMediaTypeChanged: ({ oldCallMediaType, newCallMediaType }) => [
    ['onCallMediaTypeChanged', oldCallMediaType, newCallMediaType],
  ],
  onUserAccept: null,
  onUserJoin: ({ userID }) => [['onUserJoin', userID]],
  onUserLeave: ({ userID }) => [['onUserLeave', userID]],
  onUserReject: ({ userID }) => [['onUserReject', userID]],
  onUserNoResponse: ({ userIDList }) => userIDList.map((userId) => ['onUserNoResponse', userId]),
  onUserLineBusy: ({ userID }) => [['onUserLineBusy', userID]],
  onUserInviting: ({ userID }) => [['onUserInviting', userID]],
  onGroupCallInviteeListUpdate: null,
  onUserVideoAvailable: ({ userID, isVideoAvailable }) => [['onUserVideoAvailable', userID, isVideoAvailable]],
  onUserAudioAvailable: ({ userID, isAudioAvailable }) => [['onUserAudioAvailable', userID, isAudioAvailable]],
  onUserScreenAvailable: null,
  onUserVoiceVolumeChanged: (event) => [['onUserVoiceVolumeChanged', volumes(event)]],
  onUserNetworkQualityChanged: ({ networkQualityList }) => [
    ['onUserNetworkQualityChanged', networkQualityList.map(({ userId, quality }) => ({ userId, quality }))],
  ],
  onDeviceUpdated: null,
  onConnectionStateChanged: null,
  onUserConnectionChanged: null,
  onAutoplayFailed: null,
  onUserFirstVideoFrame: null,
  onUserVideoFrozen: null,
  onActiveSpeakerChanged: null,
};
