import { TUICallEngine as WasmEngine } from 'glue:engine';
import { measureWith } from 'glue:browser';
import { TUICallEngineError } from 'glue:common';
import { ready, start } from 'wasm:load';

// The methods that the wasm runs by their names.
const METHODS = [
  'login',
  'logout',
  'enableMultiDeviceAbility',
  'call',
  'calls',
  'groupCall',
  'inviteUser',
  'join',
  'joinInGroupCall',
  'switchCallMediaType',
  'accept',
  'reject',
  'hangup',
  'openCamera',
  'closeCamera',
  'switchCamera',
  'openMicrophone',
  'closeMicrophone',
  'startScreenSharing',
  'stopScreenSharing',
  'startRemoteView',
  'stopRemoteView',
  'setVideoRenderParams',
  'getDeviceList',
  'getCurrentDevice',
  'switchDevice',
  'setVideoQuality',
  'getVideoQuality',
  'getStats',
];

let instance;
let configuredServer = '';

function withMethods(Engine) {
  for (const name of METHODS) {
    Engine.prototype[name] = function (...args) {
      return this.run(name, ...args);
    };
  }
  return Engine;
}

export class TUICallEngine extends /* @__PURE__ */ withMethods(WasmEngine) {
  static createInstance(options) {
    instance ??= new TUICallEngine(options);
    return instance;
  }

  static ready(source) {
    return ready(source);
  }

  static once(event, listener) {
    if (event !== 'ready' || typeof listener !== 'function') {
      throw parameterError("once('ready', listener) is the only form", 'once');
    }
    // A refusal calls back too: createInstance() then throws it, and nobody waits for ever.
    const call = () => listener();
    ready().then(call, call);
  }

  static setServer(url) {
    configuredServer = serverText(url, 'setServer');
  }

  constructor(options) {
    const checked = checkOptions(options);
    start();
    measureWith(loadMeasuring);
    super(checked);
    this.chat = checked.tim ?? new LazyProfiles(checked);
    this.account = { SDKAppID: checked.SDKAppID, server: checked.serverUrl };
  }

  get tim() {
    return this.chat;
  }

  getTim() {
    return this.chat;
  }

  async login(options) {
    const { userID, userSig } = options ?? {};
    const { account } = this.chat;
    // Before the login, because SDK_READY lets applications ask for profiles. A chat that is not ours has its own account.
    this.chat.attach?.({ ...this.account, userID, userSig });
    try {
      await super.login(options);
    } catch (error) {
      this.chat.attach?.({ userID: undefined, userSig: undefined, ...account });
      throw error;
    }
  }

  logout() {
    this.chat.attach?.({ userID: undefined, userSig: undefined });
    return super.logout();
  }

  async setSelfInfo({ nickName, avatar } = {}) {
    try {
      await this.chat.updateMyProfile({ nick: nickName, avatar });
    } catch (cause) {
      const code = cause.code === 6014 ? -1201 : (cause.code ?? 2805);
      throw new TUICallEngineError(code, cause.message, 'setSelfInfo', cause);
    }
  }

  init(options) {
    return this.login(options);
  }

  startLocalView({ videoViewDomID } = {}) {
    return this.openCamera(videoViewDomID);
  }

  stopLocalView(options) {
    return this.stopRemoteView(options);
  }

  get trtcCloud() {
    return this.getTRTCCloudInstance();
  }

  getTRTCCloudInstance() {
    this.cloud ??= {
      on() {},
      off() {},
      muteAllRemoteAudio: (muted) => this.muteAllRemoteAudio(muted),
      callExperimentalAPI: (json) => this.callExperimentalAPI(json),
    };
    return this.cloud;
  }

  async setBlurBackground(level) {
    if (level) throw notOffered('blurred backgrounds', 'setBlurBackground');
  }

  async setVirtualBackground(imagePath) {
    if (imagePath) throw notOffered('virtual backgrounds', 'setVirtualBackground');
  }

  async setBeautyLevel({ beautyLevel, whitenessLevel, ruddinessLevel } = {}) {
    if (beautyLevel || whitenessLevel || ruddinessLevel) throw notOffered('beauty filters', 'setBeautyLevel');
  }

  async enableAIVoice() {}

  async callExperimentalAPI() {}

  reportLog() {}

  extractCallingInfoFromMessage() {
    return '';
  }

  async destroyInstance() {
    if (instance === this) instance = undefined;
    await super.destroyInstance();
  }
}

/** The chat of an engine that was given no other one. What answers is loaded with the first question. */
class LazyProfiles {
  constructor({ SDKAppID, serverUrl }) {
    this.account = { SDKAppID, server: serverUrl };
    for (const question of ['getMyProfile', 'updateMyProfile', 'getUserProfile', 'getFriendProfile']) {
      this[question] = async (options) => {
        const { Profiles } = await load('profiles.js', question, () => import('package:profiles'));
        return Object.assign(new Profiles(), { account: this.account })[question](options);
      };
    }
  }

  attach(account) {
    this.account = { ...this.account, ...account };
  }
}

const loadMeasuring = () => load('measure.js', 'getStats', () => import('package:measure'));

async function load(file, method, attempt) {
  try {
    return await attempt();
  } catch (cause) {
    throw new TUICallEngineError(2805, `${file}, a file of this package, cannot be loaded: ${cause}`, method, cause);
  }
}

function checkOptions(options) {
  const SDKAppID = options?.SDKAppID ?? options?.sdkAppID;
  if (!Number.isSafeInteger(SDKAppID)) {
    throw parameterError('SDKAppID must be a number', 'createInstance');
  }
  if (options.videoCodec != null && !['VP8', 'H264', 'VP9', 'AV1'].includes(options.videoCodec)) {
    throw parameterError("videoCodec must be 'VP8', 'H264', 'VP9' or 'AV1'", 'createInstance');
  }
  if (typeof document === 'undefined') {
    throw new TUICallEngineError(60006, 'calls need a web page: there is no document here', 'createInstance');
  }
  return { ...options, SDKAppID, serverUrl: findServer(options.serverUrl) };
}

function findServer(option) {
  const server =
    serverText(option, 'createInstance') ||
    configuredServer ||
    serverText(globalThis.TUICALL_SERVER, 'createInstance') ||
    location.origin;
  // A page from a file or in a sandbox has the origin "null".
  if (!/^(https?|wss?):/i.test(server)) {
    throw parameterError(
      `no call server at "${server}": give serverUrl or call TUICallEngine.setServer() with a ws(s) or http(s) URL`,
      'createInstance',
    );
  }
  return server;
}

function serverText(url, functionName) {
  if (url == null) return '';
  if (typeof url !== 'string') throw parameterError('the server URL must be a string', functionName);
  return url;
}

function notOffered(what, functionName) {
  return new TUICallEngineError(60006, `this engine has no ${what}`, functionName);
}

function parameterError(message, functionName) {
  return new TUICallEngineError(-1202, message, functionName);
}
