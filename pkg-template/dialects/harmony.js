import { table } from './harmony.table.js';
import { IGNORED, callOptions, listenedSession, outcome, room } from './session.js';

export const TUICallEvent = /* @__PURE__ */ Object.freeze({
  onError: 'onError',
  onCallReceived: 'onCallReceived',
  onCallCancelled: 'onCallCancelled',
  onCallBegin: 'onCallBegin',
  onCallEnd: 'onCallEnd',
  onUserReject: 'onUserReject',
  onUserNoResponse: 'onUserNoResponse',
  onUserLineBusy: 'onUserLineBusy',
  onUserJoin: 'onUserJoin',
  onUserLeave: 'onUserLeave',
  onCallMediaTypeChanged: 'onCallMediaTypeChanged',
  onKickedOffline: 'onKickedOffline',
  onUserSigExpired: 'onUserSigExpired',
  onUserVideoAvailable: 'onUserVideoAvailable',
  onUserAudioAvailable: 'onUserAudioAvailable',
  onUserVoiceVolumeChanged: 'onUserVoiceVolumeChanged',
  onUserNetworkQualityChanged: 'onUserNetworkQualityChanged',
});

export const MediaType = /* @__PURE__ */ Object.freeze({ Audio: 0, Video: 1 });

export const CallRole = /* @__PURE__ */ Object.freeze({ Unknown: 0, Caller: 1, Callee: 2 });

export const NetworkQuality = /* @__PURE__ */ Object.freeze({
  Unknown: 0,
  Excellent: 1,
  Good: 2,
  Poor: 3,
  Bad: 4,
  Vbad: 5,
  Down: 6,
});

/** Methods of the engine that need no translation. */
const FORWARDED = [
  'logout',
  'accept',
  'reject',
  'hangup',
  'join',
  'openCamera',
  'closeCamera',
  'switchCamera',
  'openMicrophone',
  'closeMicrophone',
];

export const TUICallKit = /* @__PURE__ */ createKit();

export default TUICallKit;

function createKit() {
  const { session, add, remove } = listenedSession(table);
  const kit = {
    on: add,
    off: remove,
    login: ({ sdkAppId, userId, userSig }, ...told) => answer(session.login(sdkAppId, userId, userSig), told),
    call: ({ userId, ...options }, ...told) => answer(session.run('call', { userID: userId, ...invitation(options) }), told),
    calls: (options, ...told) => answer(session.run('calls', invitation(options)), told),
    groupCall: ({ groupId, ...options }, ...told) =>
      answer(session.run('groupCall', { groupID: groupId, ...invitation(options) }), told),
    joinInGroupCall: ({ roomId, groupId, mediaType }, ...told) =>
      answer(session.run('joinInGroupCall', { ...room(roomId), groupID: groupId, type: mediaType + 1 }), told),
    inviteUser: ({ userIdList, callParams }, ...told) =>
      answer(session.run('inviteUser', { userIDList: userIdList, ...callOptions(callParams) }), told),
    switchCallMediaType: (mediaType, ...told) => answer(session.run('switchCallMediaType', mediaType + 1), told),
    startRemoteView: ({ userId, ...view }, ...told) => answer(session.run('startRemoteView', { userID: userId, ...view }), told),
    stopRemoteView: ({ userId }, ...told) => answer(session.run('stopRemoteView', { userID: userId }), told),
    setSelfInfo: (nickName, avatar, ...told) => answer(session.run('setSelfInfo', { nickName, avatar }), told),
  };
  for (const name of FORWARDED) {
    kit[name] = (...args) => {
      const first = args.findIndex((arg) => typeof arg === 'function');
      const told = first < 0 ? [] : args.splice(first);
      return answer(session.run(name, ...args), told);
    };
  }
  for (const name of IGNORED) kit[name] = (value, ...told) => answer(Promise.resolve(), told);
  return kit;
}

function invitation({ userIdList, mediaType, callParams }) {
  return { userIDList: userIdList, type: mediaType + 1, ...callOptions(callParams) };
}

async function answer(work, [succeeded, failed]) {
  const result = await outcome(work);
  if (result.code === 0) succeeded?.(result);
  else failed?.(result.code, result.message);
  return result;
}
