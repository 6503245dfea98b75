// @ts-check
// The native plugins of uni-app: one object with the methods of all of them, whose last argument is a callback.

import { IGNORED, listenedSession, outcome } from './session.js';

const PLUGINS = [
  'TencentCloud-TUICallKit-TUICallEngine',
  'TencentCloud-TUICallKit',
  'TUICallingUniPlugin-TUICallingModule',
  'globalEvent',
];

/** Taken by the engine as they are. */
const FORWARDED = [
  'logout',
  'accept',
  'reject',
  'hangup',
  'inviteUser',
  'join',
  'openCamera',
  'closeCamera',
  'switchCamera',
  'openMicrophone',
  'closeMicrophone',
  'startRemoteView',
  'stopRemoteView',
  'switchCallMediaType',
  'setVideoRenderParams',
  'setVideoQuality',
  'setSelfInfo',
  'enableMultiDeviceAbility',
];

/** By TRTCVideoResolution, as the plugin names sizes. */
const PROFILES = /** @type {Record<number, string>} */ ({ 62: '480p', 108: '360p', 110: '540p', 112: '720p', 114: '1080p' });

/** @param {Parameters<typeof listenedSession>[0]} table */
export function createPlugin(table) {
  const { session, add, remove } = listenedSession(table);

  /** @type {Record<string, (...args: any[]) => unknown>} */
  const plugin = {
    addEventListener: add,
    removeEventListener: remove,
    login: ({ SDKAppID, userID, userSig }, callback) => answer(session.login(SDKAppID, userID, userSig), callback),
    call: (options, callback) => answer(session.run('call', invitation(options)), callback),
    calls: (options, callback) => answer(session.run('calls', invitation(options)), callback),
    groupCall: (options, callback) => answer(session.run('groupCall', invitation(options)), callback),
    joinInGroupCall: (options, callback) => answer(session.run('joinInGroupCall', invitation(options)), callback),
    setVideoEncoderParams: ({ resolution }, callback) => answer(session.run('setVideoQuality', PROFILES[resolution]), callback),
  };
  for (const name of FORWARDED) {
    plugin[name] = (...args) => {
      const callback = typeof args[args.length - 1] === 'function' ? args.pop() : undefined;
      return answer(session.run(name, ...args), callback);
    };
  }
  for (const name of IGNORED) plugin[name] = (value, callback) => answer(Promise.resolve(), callback);
  return plugin;
}

/**
 * Makes `uni.requireNativePlugin` give the plugin, and returns what undoes it.
 *
 * @param {object} plugin
 * @param {{ requireNativePlugin?: (name: string) => unknown }} [uni]
 */
export function installPlugin(plugin, uni = (/** @type {any} */ (globalThis).uni ??= {})) {
  const before = uni.requireNativePlugin;
  uni.requireNativePlugin = (name) => (PLUGINS.includes(name) ? plugin : before?.call(uni, name));
  return () => {
    uni.requireNativePlugin = before;
  };
}

/** @param {{ callMediaType?: number, callParams?: { roomID?: number }, roomID?: number, [option: string]: unknown }} options */
function invitation({ callMediaType, callParams, ...options }) {
  const call = { type: callMediaType, ...options, ...callParams };
  // 0 means none.
  return { ...call, roomID: call.roomID || undefined };
}

/**
 * @param {Promise<unknown>} work
 * @param {(result: object) => void} [callback]
 */
async function answer(work, callback) {
  const { message, ...result } = await outcome(work);
  const told = { ...result, msg: message };
  callback?.(told);
  return told;
}
