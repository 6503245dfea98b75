// A small stand-in for the vendor's chat SDK: what its call UI kits ask of it, and no messages.

/** What one user shows of themselves. Both texts may be empty; the kits then show the userID. */
export interface Profile {
  userID: string;
  nick: string;
  /** The URL of a picture. */
  avatar: string;
}

/** Where an application's own users and groups are looked up, instead of at the call server. */
export interface Directory {
  /** In any order; users may be missing. */
  profilesOf?(userIDs: string[]): Profile[] | Promise<Profile[]>;
  /** Who may be invited into a call of this chat group. Without it, groups are empty. */
  membersOf?(groupID: string): string[] | Promise<string[]>;
}

export interface ChatOptions {
  SDKAppID: number;
  /** Of the call server. Default: the engine's own, `globalThis.TUICALL_SERVER`, the page's origin. */
  serverUrl?: string;
  directory?: Directory;
}

export interface Answer<Data> {
  code: 0;
  data: Data;
}

export type ChatListener = (event: { name: string; data: unknown }) => void;

/**
 * Names and pictures. Every failure is an Error with a `code`: 6014 not logged in, 6017 a parameter is missing, else the call
 * server's. Of whom nothing is known, the profile is empty.
 */
export interface Profiles {
  getMyProfile(): Promise<Answer<Profile>>;
  /** Puts one's profile on the call server, where everybody in the app sees it. What is not given stays. */
  updateMyProfile(profile: { nick?: string; avatar?: string }): Promise<Answer<Profile>>;
  getUserProfile(options: { userIDList: string[] }): Promise<Answer<Profile[]>>;
  getFriendProfile(options: { userIDList: string[] }): Promise<
    Answer<{ friendList: { userID: string; remark: string; profile: Profile }[]; failureUserIDList: { userID: string }[] }>
  >;
}

export interface Chat extends Profiles {
  setDirectory(directory: Directory): void;

  /** For applications that begin with `TUILogin`; an engine tells its chat who is logged in. */
  login(options: { userID: string; userSig: string }): Promise<Answer<{ repeatLogin: boolean }>>;
  logout(): Promise<Answer<object>>;
  destroy(): Promise<Answer<object>>;
  isReady(): boolean;
  getLoginUser(): string;
  on(event: string, listener: ChatListener, context?: unknown): void;
  off(event: string, listener: ChatListener, context?: unknown): void;

  getGroupMemberList(options: {
    groupID: string;
    /** At most so many. Default: 15. */
    count?: number;
    offset?: number;
  }): Promise<Answer<{ memberList: Profile[]; offset: number }>>;
  getGroupProfile(options: { groupID: string }): Promise<
    Answer<{ group: { groupID: string; name: string; memberCount: number } }>
  >;
  getGroupAttributes(options: { groupID: string; keyList?: string[] }): Promise<Answer<{ groupAttributes: object }>>;

  setLogLevel(level: number): void;
  registerPlugin(plugins: object): void;
  callExperimentalAPI(api: string, params?: unknown): Promise<Answer<object>>;
}

export interface ChatEvents {
  readonly SDK_READY: string;
  readonly SDK_NOT_READY: string;
  readonly KICKED_OUT: string;
  readonly GROUP_ATTRIBUTES_UPDATED: string;
}

export interface ChatTypes {
  readonly KICKED_OUT_USERSIG_EXPIRED: string;
  readonly KICKED_OUT_MULT_DEVICE: string;
  readonly KICKED_OUT_MULT_ACCOUNT: string;
}

declare const TencentCloudChat: {
  readonly VERSION: string;
  readonly EVENT: ChatEvents;
  readonly TYPES: ChatTypes;
  readonly TSignaling: object;
  /** The chat of this app: always the same one until its `destroy()`. */
  create(options: ChatOptions): Chat;
};
export default TencentCloudChat;
