import { guard } from './listeners.js';
import { table } from './observer.table.js';
import { Session, callOptions, outcome, room } from './session.js';

export * from './observer.enums.js';

/** The callbacks that it is made with, by name. */
export class TUICallObserver {
  constructor(callbacks) {
    Object.assign(this, callbacks);
  }
}

export class TUICallEngine {
  static get instance() {
    return (instance ??= new TUICallEngine());
  }

  constructor() {
    this.observers = new Set();
    const deliver = (name, args) => {
      for (const observer of [...this.observers]) guard(name, () => observer[name]?.(...args));
    };
    this.session = new Session(table, deliver, (name) => [...this.observers].some((observer) => observer[name]));
  }

  async addObserver(observer) {
    this.observers.add(observer);
    this.session.measure();
  }

  async removeObserver(observer) {
    this.observers.delete(observer);
    this.session.measure();
  }

  init(sdkAppID, userId, userSig) {
    return answer(this.session.login(sdkAppID, userId, userSig));
  }

  unInit() {
    return answer(this.session.close());
  }

  call(userId, mediaType, params) {
    return this.run('call', { userID: userId, type: mediaType, ...callOptions(params) });
  }

  calls(userIdList, mediaType, params) {
    return this.run('calls', { userIDList: userIdList, type: mediaType, ...callOptions(params) });
  }

  groupCall(groupId, userIdList, mediaType, params) {
    return this.run('groupCall', { groupID: groupId, userIDList: userIdList, type: mediaType, ...callOptions(params) });
  }

  accept() {
    return this.run('accept');
  }

  reject() {
    return this.run('reject');
  }

  /** There is one way to decline. */
  ignore() {
    return this.run('reject');
  }

  hangup() {
    return this.run('hangup');
  }

  async inviteUser(userIdList, params, callback) {
    const result = await this.run('inviteUser', { userIDList: userIdList, ...callOptions(params) });
    if (result.code === '') callback?.onSuccess?.(userIdList);
    else callback?.onError?.(Number(result.code), result.message);
    return result;
  }

  /** As the vendor's method is spelt. */
  iniviteUser(userIdList, params, callback) {
    return this.inviteUser(userIdList, params, callback);
  }

  join(callId) {
    return this.run('join', { callId });
  }

  joinInGroupCall(roomId, groupId, mediaType) {
    return this.run('joinInGroupCall', { ...room(roomId), groupID: groupId, type: mediaType });
  }

  switchCallMediaType(mediaType) {
    return this.run('switchCallMediaType', mediaType);
  }

  startRemoteView(userId, viewId) {
    return this.run('startRemoteView', { userID: userId, videoViewDomID: viewId });
  }

  stopRemoteView(userId) {
    return this.run('stopRemoteView', { userID: userId });
  }

  openCamera(camera, viewId) {
    return this.run('openCamera', viewId, camera === 0);
  }

  closeCamera() {
    return this.run('closeCamera');
  }

  switchCamera(camera) {
    return this.run('switchCamera', camera);
  }

  openMicrophone() {
    return this.run('openMicrophone');
  }

  closeMicrophone() {
    return this.run('closeMicrophone');
  }

  setSelfInfo(nickname, avatar) {
    return this.run('setSelfInfo', { nickName: nickname, avatar });
  }

  setVideoRenderParams(userId, { fillMode, rotation }) {
    return this.run('setVideoRenderParams', { userID: userId, objectFit: fillMode === 1 ? 'contain' : 'cover', rotation });
  }

  setVideoEncoderParams({ resolution }) {
    return this.run('setVideoQuality', ['360p', '540p', '720p', '1080p'][resolution]);
  }

  enableMultiDeviceAbility(enable) {
    return this.run('enableMultiDeviceAbility', enable);
  }

  run(method, ...args) {
    return answer(this.session.run(method, ...args));
  }
}

let instance;

export default TUICallEngine;

/** The code is a text here, and empty for success. */
async function answer(work) {
  const { code, message } = await outcome(work);
  return { code: code === 0 ? '' : String(code), message };
}
