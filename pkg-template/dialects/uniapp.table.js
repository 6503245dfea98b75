// @ts-check
import { audio, cancelledId, user, video, volumes } from './shared.js';

/** @import { UniappEventMap } from '../uniapp.js' */
/** @import { ObjectTable } from './canonical.js' */
/** @import { CallPayload } from '../index.js' */

/** @param {CallPayload} event */
const call = ({ roomID, callMediaType, callRole }) => ({ roomID, callMediaType, callRole });

/** @satisfies {ObjectTable<UniappEventMap>} */
export const table = {
  onError: ({ code, message }) => [['onError', { code, msg: message }]],
  sdkReady: null,
  onKickedOffLine: () => [['onKickedOffline', {}]],
  onUserSigExpired: () => [['onUserSigExpired', {}]],
  onCallReceived: ({ callerId, calleeIdList, groupID, callMediaType, userData }) => [
    ['onCallReceived', { callerId, calleeIdList, groupId: groupID, callMediaType, userData }],
  ],
  onCallBegin: (event) => [['onCallBegin', call(event)]],
  onCallNotConnected: (event, viewer) => [['onCallCancelled', { userId: cancelledId(event, viewer) }]],
  onCallEnd: (event) => [['onCallEnd', { ...call(event), totalTime: event.totalTime }]],
  onCallingTimeout: null,
  onCallMediaTypeChanged: ({ oldCallMediaType, newCallMediaType }) => [
    ['onCallMediaTypeChanged', { oldCallMediaType, newCallMediaType }],
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
    ['onUserNetworkQualityChanged', { networkQualityList: networkQualityList.map(({ userId, quality }) => ({ userId, quality })) }],
  ],
  onDeviceUpdated: null,
  onConnectionStateChanged: null,
  onUserConnectionChanged: null,
  onAutoplayFailed: null,
  onUserFirstVideoFrame: null,
  onUserVideoFrozen: null,
  onActiveSpeakerChanged: null,
};
