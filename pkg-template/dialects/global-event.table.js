// @ts-check
import { isMissed } from './shared.js';

/** @import { GlobalEventMap } from '../global-event.js' */
/** @import { ObjectTable } from './canonical.js' */
/** @import { CallPayload } from '../index.js' */

/** @param {CallPayload} event */
const call = ({ roomID, callMediaType, callRole }) => ({ roomID, callMediaType, callRole });

/**
 * The older plugin has five events.
 *
 * @satisfies {ObjectTable<GlobalEventMap>}
 */
export const table = {
  onError: ({ code, message }) => [['onError', { code, msg: message }]],
  sdkReady: null,
  onKickedOffLine: null,
  onUserSigExpired: null,
  onCallReceived: ({ callerId, calleeIdList, isFromGroup, callMediaType }) => [
    ['onCallReceived', { callerId, calleeIdList, isGroupCall: isFromGroup, callMediaType }],
  ],
  onCallBegin: (event) => [['onCallBegin', call(event)]],
  onCallNotConnected: (event) => (isMissed(event) ? [['onCallCancelled', { callerId: event.callerId }]] : []),
  onCallEnd: (event) => [['onCallEnd', { ...call(event), totalTime: event.durationMs }]],
  onCallingTimeout: null,
  onCallMediaTypeChanged: null,
  onUserAccept: null,
  onUserJoin: null,
  onUserLeave: null,
  onUserReject: null,
  onUserNoResponse: null,
  onUserLineBusy: null,
  onUserInviting: null,
  onGroupCallInviteeListUpdate: null,
  onUserVideoAvailable: null,
  onUserAudioAvailable: null,
  onUserScreenAvailable: null,
  onUserVoiceVolumeChanged: null,
  onUserNetworkQualityChanged: null,
  onDeviceUpdated: null,
  onConnectionStateChanged: null,
  onUserConnectionChanged: null,
  onAutoplayFailed: null,
  onUserFirstVideoFrame: null,
  onUserVideoFrozen: null,
  onActiveSpeakerChanged: null,
};
