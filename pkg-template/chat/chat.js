import { Profiles, failure, success } from './profiles.js';

export const EVENT = Object.freeze({
  SDK_READY: 'sdkStateReady',
  SDK_NOT_READY: 'sdkStateNotReady',
  KICKED_OUT: 'kickedOut',
  GROUP_ATTRIBUTES_UPDATED: 'groupAttributesUpdated',
});

export const TYPES = Object.freeze({
  KICKED_OUT_USERSIG_EXPIRED: 'userSigExpired',
  KICKED_OUT_MULT_DEVICE: 'multipleDevice',
  KICKED_OUT_MULT_ACCOUNT: 'multipleAccount',
});

/** The methods of the vendor's chat SDK that its UI kits and TUILogin use. There are no messages here. */
export class Chat extends Profiles {
  constructor(options, forget = () => {}) {
    super(options);
    this.setDirectory(options?.directory);
    this.listeners = [];
    this.ready = false;
    this.forget = forget;
  }

  setDirectory(directory) {
    this.directory = { ...directory };
  }

  async login({ userID, userSig } = {}) {
    if (!userID || !userSig) throw failure(6017, 'login() needs userID and userSig');
    const repeatLogin = this.ready && this.account.userID === userID;
    this.attach({ userID, userSig });
    this.ready = true;
    // After the caller has its answer: TUILogin listens only then.
    if (!repeatLogin) setTimeout(() => this.ready && this.emit(EVENT.SDK_READY), 0);
    return success({ actionStatus: 'OK', errorCode: 0, errorInfo: '', repeatLogin });
  }

  async logout() {
    this.ready = false;
    this.attach({ userID: undefined, userSig: undefined });
    return success({});
  }

  async destroy() {
    await this.logout();
    this.listeners = [];
    this.forget();
    return success({});
  }

  isReady() {
    return this.ready;
  }

  getLoginUser() {
    return this.account.userID ?? '';
  }

  on(event, listener, context) {
    this.listeners.push({ event, listener, context });
  }

  off(event, listener, context) {
    this.listeners = this.listeners.filter(
      (known) => known.event !== event || known.listener !== listener || (context !== undefined && known.context !== context),
    );
  }

  async getGroupMemberList({ groupID, count = 15, offset = 0 }) {
    const members = await this.membersOf(groupID);
    const memberList = await this.profilesOf(members.slice(offset, offset + count));
    return success({ memberList, offset: offset + memberList.length });
  }

  async getGroupProfile({ groupID }) {
    const memberCount = (await this.membersOf(groupID)).length;
    return success({ group: { groupID, name: groupID, memberCount } });
  }

  async getGroupAttributes() {
    return success({ groupAttributes: {} });
  }

  setLogLevel() {}

  registerPlugin() {}

  async callExperimentalAPI() {
    return success({});
  }

  async lookUp(userIDs) {
    return this.directory.profilesOf ? this.directory.profilesOf(userIDs) : super.lookUp(userIDs);
  }

  async membersOf(groupID) {
    return (await this.directory.membersOf?.(groupID)) ?? [];
  }

  emit(name) {
    const heard = this.listeners.filter(({ event }) => event === name);
    for (const { listener, context } of heard) listener.call(context, { name, data: [] });
  }
}
