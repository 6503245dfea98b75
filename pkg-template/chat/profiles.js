/**
 * What the vendor's UI kits ask a chat about people, answered by the call server.
 */
export class Profiles {
  constructor({ SDKAppID, serverUrl } = {}) {
    this.account = { SDKAppID, server: serverUrl };
  }

  /** An engine tells its chat who is logged in, and where. */
  attach(account) {
    this.account = { ...this.account, ...account };
  }

  async getMyProfile() {
    const [profile] = await this.profilesOf([this.me()]);
    return success(profile);
  }

  async updateMyProfile({ nick, avatar } = {}) {
    const me = this.me();
    const [profile] = await askServer(this.account, { set: { nick, avatar }, get: [me] });
    return success(profile);
  }

  async getUserProfile({ userIDList }) {
    return success(await this.profilesOf(userIDList));
  }

  /** Everybody counts as a friend, so that one question is enough. */
  async getFriendProfile({ userIDList }) {
    const profiles = await this.profilesOf(userIDList);
    const friendList = profiles.map((profile) => ({ userID: profile.userID, remark: '', profile }));
    return success({ friendList, failureUserIDList: [] });
  }

  /** In the order of `userIDs`; of whom nothing can be learned, an empty profile: the kits then show the userID. */
  async profilesOf(userIDs) {
    const known = await this.lookUp(userIDs).catch((error) => {
      console.warn(`no profiles of ${userIDs}: ${error?.message ?? error}`);
      return [];
    });
    return userIDs.map((userID) => ({ nick: '', avatar: '', ...known.find((profile) => profile.userID === userID), userID }));
  }

  async lookUp(userIDs) {
    return askServer(this.account, { get: userIDs });
  }

  me() {
    if (!this.account.userID) throw failure(6014, 'not logged in');
    return this.account.userID;
  }
}

/** `set` is one's own new profile, `get` whose are wanted. */
async function askServer({ server, SDKAppID, userID, userSig }, { set, get }) {
  const url = new URL('/v1/profiles', server || globalThis.TUICALL_SERVER || globalThis.location?.origin);
  url.protocol = url.protocol.replace('ws', 'http');
  // No headers of its own: so a browser sends it to another origin without asking there first.
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ SDKAppID, userID, userSig, set, get }) });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw failure(body.code ?? -1, body.message ?? `HTTP status ${response.status}`);
  return body.profiles;
}

export function success(data) {
  return { code: 0, data };
}

export function failure(code, message) {
  return Object.assign(new Error(message), { code });
}
