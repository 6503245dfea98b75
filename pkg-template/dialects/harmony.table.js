// @ts-check
import { audio, cancelledId, roomId, user, userMap, video, volumes } from './shared.js';

/** @import { HarmonyEventMap, MediaType } from '../harmony.js' */
/** @import { ObjectTable } from './canonical.js' */
/** @import { CallMediaType, CallPayload } from '../index.js' */

/**
 * Here voice is 0 and video 1.
 *
 * @param {CallMediaType} type
 */
const media = (type) => /** @type {MediaType} */ (type - 1);

/** @param {CallPayload} event */
const call = (event) => ({
  roomId: roomId(event),
  callMediaType: media(event.callMediaType),
  callRole: event.callRole,
});

/** @satisfies {ObjectTable<HarmonyEventMap>} */
export const table = {
  // The page's table and its sample name the keys differently.
  onError: ({ code, message }) => [['onError', { code, message, errorCode: code, errorMessage: message }]],
  sdkReady: null,
  onKickedOffLine: () => [['onKickedOffline', {}]],
  onUserSigExpired: () => [['onUserSigExpired', {}]],
  onCallReceived: ({ callerId, calleeIdList, groupID, callMediaType, userData }) => [
    ['onCallReceived', { callerId, calleeIdList, groupId: groupID, callMediaType: media(callMediaType), userData }],
  ],
  onCallBegin: (event) => [['onCallBegin', call(event)]],
  onCallNotConnected: (event, viewer) => [['onCallCancelled', { callerId: cancelledId(event, viewer) }]],
  onCallEnd: (event) => [['onCallEnd', { ...call(event), totalTime: event.totalTime }]],
  onCallingTimeout: null,
  onCallMediaTypeChanged: ({ oldCallMediaType, newCallMediaType }) => [
    ['onCallMediaTypeChanged', { oldCallMediaType: media(oldCallMediaType), newCallMediaType: media(newCallMediaType) }],
  ],
  onUserAccept: null,
  onUserJoin: (event) => [['onUserJoin', user(event)]],
  onUserLeave: (event) => [['onUserLeave', user(event)]],
  onUserReject: (event) => [['onUserReject', user(event)]],
  onUserNoResponse: ({ userIDList }) => userIDList.map((userId) => ['onUserNoResponse', { userId }]),
  onUserLineBusy: (event) => [['onUserLineBusy', user(event)]],
  onUserInviting: null,
  onGroupCallInviteeListUpdate: null,
  onUserVideoAvailable: (event) => [['onUserVideoAvailable', video(event)]],
  onUserAudioAvailable: (event) => [['onUserAudioAvailable', audio(event)]],
  onUserScreenAvailable: null,
  onUserVoiceVolumeChanged: (event) => [['onUserVoiceVolumeChanged', { volumeMap: volumes(event) }]],
  onUserNetworkQualityChanged: ({ networkQualityList }) => [
    ['onUserNetworkQualityChanged', userMap(networkQualityList.map(({ userId, quality }) => [userId, quality]))],
  ],
  onDeviceUpdated: null,
  onConnectionStateChanged: null,
  onUserConnectionChanged: null,
  onAutoplayFailed: null,
  onUserFirstVideoFrame: null,
  onUserVideoFrozen: null,
  onActiveSpeakerChanged: null,
};
