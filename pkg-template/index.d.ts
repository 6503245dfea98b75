// TypeScript 5 and later, `strict`. Times are in seconds unless a name or comment says milliseconds.

import type { Profiles } from './chat/index.js';
import type { CallDevice, CallMediaType, TUICallEventMap } from './events.js';
import type { CallStats } from './stats.js';

export * from './enums.js';
export * from './events.js';
export * from './stats.js';

declare global {
  /** The call server of a page, for engines that are told no other one. */
  var TUICALL_SERVER: string | undefined;
}

/** The one engine of a page, or one of several when made by `new`. Every failure is a {@link TUICallEngineError}. */
export declare class TUICallEngine {
  /**
   * Returns the page's engine and makes it at the first call; until `destroyInstance()`, later calls return the same one
   * and ignore their options. Nothing is compiled or started before the first call.
   *
   * @throws {TUICallEngineError} -1202 SDKAppID is no number, or no server is known (see {@link setServer}); -1 this old
   * browser compiles only in the background: `await TUICallEngine.ready()` first; 60006 WebAssembly is missing or refused
   * by a Content-Security-Policy, or there is no web page.
   */
  static createInstance(options: TUICallEngineOptions): TUICallEngine;
  /** Calls back as soon as the engine is compiled, also when it is already. `createInstance()` throws if it could not be. */
  static once(event: 'ready', listener: () => void): void;
  /**
   * Compiles the engine in the background. Only browsers of 2023 and before (Chrome up to 113) need it.
   *
   * @throws {TUICallEngineError} -1, 60006 as {@link createInstance}
   */
  static ready(): Promise<void>;
  /**
   * The call server of engines that are made without `serverUrl`. Without both it is `globalThis.TUICALL_SERVER`, else the
   * page's own origin.
   *
   * @param url `wss://HOST[:PORT]/v1/ws`, or an http(s) origin; an empty string forgets the one set before
   */
  static setServer(url: string): void;

  /** Another engine beside the page's one. Applications use {@link createInstance}. */
  constructor(options: TUICallEngineOptions);

  /**
   * Logs in at the call server. Resolves when calls can be placed; `SDK_READY` follows.
   *
   * @throws {TUICallEngineError} -1202 a parameter is missing or of the wrong type; 101002 malformed userID; 70001 userSig
   * expired; 70002 empty; 70003 malformed; 70009 signed with another key; 70013 of another user; 70014 of another
   * SDKAppID; 2805 the server cannot be reached; -1401 it did not answer, or could take no login for 10 s
   */
  login(options: LoginOptions): Promise<void>;
  /** The same as {@link login}. */
  init(options: LoginOptions): Promise<void>;
  /**
   * Leaves a running call and logs out.
   *
   * @throws {TUICallEngineError} -1201 not logged in
   */
  logout(): Promise<void>;
  /**
   * Whether you may be logged in on several devices: all ring, and the first to answer has the call. Off at first, unless the
   * call server allows it to everybody; a login on another device then ends this one by KICKED_OUT. Before or after login.
   */
  enableMultiDeviceAbility(enable: boolean): Promise<void>;
  /** Leaves a running call, logs out, and releases devices, connections and listeners. The engine is of no use afterwards. */
  destroyInstance(): Promise<void>;

  /** Where profiles are asked for: the `tim` of the options, else the call server. */
  readonly tim: Profiles;
  /** The same as {@link tim}. */
  getTim(): Profiles;
  /**
   * Puts your name and picture on the call server, where everybody in the app sees them. What is not given stays.
   *
   * @throws {TUICallEngineError} -1201 not logged in; 40001 longer than 500 bytes; 2805 the server cannot be reached; else as
   * {@link login}
   */
  setSelfInfo(info: { nickName?: string; avatar?: string }): Promise<void>;

  // All methods from here on reject with -1201 before login, and those that ask the server with -1401 when it does not
  // answer, and with -1204 while the same method is still at work.

  /**
   * Calls one user. Resolves when the invitation is on its way; what becomes of it is told by events.
   *
   * @throws {TUICallEngineError} -1202 a parameter is missing, wrong, or your own userID; -1203 already in a call; 101002
   * malformed userID; 60003 no microphone; 60004 no camera, for a video call; -1101 not permitted; 30000 the page is neither
   * https nor localhost; 60006 a browser without WebRTC
   */
  call(options: CallOptions): Promise<CallResult>;
  /**
   * Calls several users; one user and no chatGroupID is the same as {@link call}. Your own userID is dropped, one that
   * comes twice counts once.
   *
   * @throws {TUICallEngineError} as {@link call}; -1202 also for nobody to call, 101002 also for more than 8 callees
   */
  calls(options: CallsOptions): Promise<CallResult>;
  /**
   * Calls users of a chat group; a group call, however many are called. Others may join it by groupID and room.
   *
   * @throws {TUICallEngineError} as {@link calls}
   */
  groupCall(options: GroupCallOptions): Promise<CallResult>;
  /**
   * Invites more users into the running call. A call of two becomes a group call.
   *
   * @throws {TUICallEngineError} -1203 not in a call; -1202, 101002 as {@link calls}
   */
  inviteUser(options: InviteUserOptions): Promise<TUICallResult>;
  /**
   * Joins a running group call by its id, as ON_CALL_RECEIVED or the caller's result gave it.
   *
   * @throws {TUICallEngineError} -1203 a call is already running, or there is no such call
   */
  join(options: { callId: string }): Promise<TUICallResult>;
  /**
   * Joins the group call that runs in a chat group and room.
   *
   * @throws {TUICallEngineError} as {@link join}
   */
  joinInGroupCall(options: JoinInGroupCallOptions): Promise<TUICallResult>;
  /**
   * Makes the call of two a voice or a video call, for both; the other side need not agree. To voice, both cameras stop.
   *
   * @throws {TUICallEngineError} -1203 not in a call; -1204 it has this type already; -1205 a group call
   */
  switchCallMediaType(type: CallMediaType): Promise<TUICallResult>;
  /**
   * Accepts the incoming call. The microphone starts by itself at `ON_CALL_BEGIN`.
   *
   * @throws {TUICallEngineError} -1203 no incoming call; 60003 no microphone; -1101 not permitted; 30000 the page is neither
   * https nor localhost; 60006 a browser without WebRTC
   */
  accept(): Promise<TUICallResult>;
  /** @throws {TUICallEngineError} -1203 no incoming call */
  reject(): Promise<TUICallResult>;
  /**
   * Ends your part of the call; before anybody has answered it cancels the call.
   *
   * @throws {TUICallEngineError} -1203 no call
   */
  hangup(): Promise<TUICallResult>;

  /**
   * Starts the camera and shows it in a container element. Works from login on: outside a call as a preview, which goes
   * live when the call begins. Need not be awaited before `call()` or `accept()`.
   *
   * @param videoViewDomID id of the container, or the element; without one the camera starts unseen
   * @param isFrontCamera false for the camera at the back of a phone; default true
   * @throws {TUICallEngineError} -1202 no such container; 60004 no camera; -1101 not permitted; -1003 the system does not let
   * the browser; -1102 in use by another program; 60103 no camera fits what is asked of it; -1100 any other failure; 30000
   * the page is neither https nor localhost
   */
  openCamera(videoViewDomID?: string | HTMLElement, isFrontCamera?: boolean): Promise<void>;
  /** Stops the camera: its light goes off. */
  closeCamera(): Promise<void>;
  /**
   * To the camera at the front or the back of a phone, at once if one is on. If it can't be had, the old one stays.
   *
   * @param cameraPosition 0 front, 1 back
   * @throws {TUICallEngineError} -1202 another position; else as {@link openCamera}
   */
  switchCamera(cameraPosition: 0 | 1): Promise<void>;
  /**
   * Starts or unmutes the microphone.
   *
   * @throws {TUICallEngineError} -1203 no call; 60003 no microphone; -1101 not permitted; -1003 the system does not let the
   * browser; -1106 in use by another program; 60103 no microphone fits what is asked of it; -1104 any other failure; 30000 the
   * page is neither https nor localhost
   */
  openMicrophone(): Promise<void>;
  /**
   * Mutes the microphone.
   *
   * @throws {TUICallEngineError} -1203 no call
   */
  closeMicrophone(): Promise<void>;
  /**
   * Asks the person for a screen, a window or a tab and shares it with everybody in the call, beside the camera, until
   * {@link stopScreenSharing}, the browser's own bar or the end of the call; `USER_SCREEN_AVAILABLE` tells everybody, you
   * included. Shared once more, another one takes its place. Browsers want it called in a click; those of phones have no
   * screen to share.
   *
   * @throws {TUICallEngineError} -1203 not in a call, or it ended before a screen was chosen; -1101 nothing was chosen, or
   * not permitted; -1003 the system does not let the browser; 60006 this browser cannot share; 65535 any other failure
   */
  startScreenSharing(options?: ScreenSharingOptions): Promise<void>;
  /** Resolves, too, where nothing is shared. */
  stopScreenSharing(): Promise<void>;
  /**
   * Shows another member's camera or screen in a container element. Resolves when the picture plays, or was stopped before.
   * From then on the member sends no more than the element shows, and nothing while nobody can see it.
   *
   * @throws {TUICallEngineError} -1202 no such container, or a wrong parameter; -1203 no call with this user
   */
  startRemoteView(options: RemoteViewOptions): Promise<void>;
  /** @throws {TUICallEngineError} -1202 wrong parameter */
  stopRemoteView(options: { userID: string; streamType?: StreamType }): Promise<void>;
  /** The older way to show the camera once it is open: {@link openCamera} with a container. */
  startLocalView(options: { userID?: string; videoViewDomID: string | HTMLElement; options?: ViewOptions }): Promise<void>;
  /** Takes the preview down; the camera stays open. */
  stopLocalView(options: { userID: string }): Promise<void>;
  /**
   * Shows a picture in another way from now on; without a userID all of them. Your own goes by your own userID.
   *
   * @throws {TUICallEngineError} -1202 wrong parameter; -1203 this user is not shown
   */
  setVideoRenderParams(options: { userID?: string; streamType?: StreamType } & ViewOptions): Promise<void>;
  /**
   * The size that the camera is asked for, and the bitrate that fits it; the browser gives the nearest that it can.
   *
   * @throws {TUICallEngineError} -1202 unknown profile
   */
  setVideoQuality(profile: VideoProfile): Promise<void>;
  getVideoQuality(): Promise<VideoProfile>;
  /**
   * How the media of the call come and go now, by member; no members outside of calls. Rates are of the time since the last
   * call of this method, or of half a second that it waits.
   *
   * @throws {TUICallEngineError} -1201 not logged in; 2805 the module that reads statistics cannot be loaded
   */
  getStats(): Promise<CallStats>;

  /**
   * What there is of one type, the browser's default first; empty for what is no type.
   *
   * @throws {TUICallEngineError} -1102 the devices cannot be listed
   */
  getDeviceList(deviceType: DeviceType): Promise<CallDevice[]>;
  /** The device in use, or the one that would be. */
  getCurrentDevice(deviceType: DeviceType): Promise<CallDevice>;
  /**
   * Another device from now on, at once in place of the one that is open: nobody is interrupted. `DEVICED_UPDATED` follows. If
   * it can't be had, the old one stays.
   *
   * @throws {TUICallEngineError} -1202 no such device; 60006 this browser lets no page choose the speaker; else as
   * {@link openCamera} and {@link openMicrophone}
   */
  switchDevice(options: { deviceType: DeviceType; deviceId: string }): Promise<true>;
  /** Whether microphone and camera open without asking the person, as far as the browser tells. */
  getDevicePermission(): { audio: boolean; video: boolean };
  /** Silences all other members until the end of the call, or has them heard again. */
  muteAllRemoteAudio(muted: boolean): void;
  getCallStatus(): 'idle' | 'calling' | 'connected';

  /**
   * Calls the listener at each event, after the method or message that caused it. A listener may call any method; what it
   * throws is logged.
   *
   * @param context `this` of the listener
   */
  on<K extends keyof TUICallEventMap, C = undefined>(
    event: K,
    listener: (this: C, event: TUICallEventMap[K]) => void,
    context?: C,
  ): void;
  /** Other event names; one that no version of the contract has is logged as a warning, and never comes. */
  on<C = undefined>(event: string, listener: (this: C, event: unknown) => void, context?: C): void;
  /** As {@link on}, for one time. */
  once<K extends keyof TUICallEventMap, C = undefined>(
    event: K,
    listener: (this: C, event: TUICallEventMap[K]) => void,
    context?: C,
  ): void;
  once<C = undefined>(event: string, listener: (this: C, event: unknown) => void, context?: C): void;
  /** Removes the listener, with this context if one is given; without a listener all of the event's. */
  off<K extends keyof TUICallEventMap, C = undefined>(
    event: K,
    listener?: (this: C, event: TUICallEventMap[K]) => void,
    context?: C,
  ): void;
  off<C = undefined>(event: string, listener?: (this: C, event: unknown) => void, context?: C): void;

  /** A stand-in for the vendor's media object, with what UI kits ask of it. */
  getTRTCCloudInstance(): TRTCCloud;
  /** The same as {@link getTRTCCloudInstance}. */
  readonly trtcCloud: TRTCCloud;

  // Not offered here. Off is what they are, so that alone resolves; all else is 60006.

  /** @throws {TUICallEngineError} 60006 for any level but 0 */
  setBlurBackground(level: number): Promise<void>;
  /** @throws {TUICallEngineError} 60006 for any image but '' */
  setVirtualBackground(imagePath: string): Promise<void>;
  /** @throws {TUICallEngineError} 60006 for any level but 0 */
  setBeautyLevel(options: {
    style?: number;
    beautyLevel?: number;
    whitenessLevel?: number;
    ruddinessLevel?: number;
  }): Promise<void>;

  // Accepted from code written for the vendor's engine, and without effect.

  enableAIVoice(enable: boolean): Promise<void>;
  callExperimentalAPI(json: string): Promise<void>;
  reportLog(data?: unknown): void;
  /** There are no chat messages of calls here: an empty text. */
  extractCallingInfoFromMessage(message: unknown): '';

  /** @param level 0 everything, 1 life cycle (default), 2 warnings, 3 errors, 4 nothing */
  setLogLevel(level: 0 | 1 | 2 | 3 | 4): void;
}

export default TUICallEngine;

export interface TUICallEngineOptions {
  /** Number of the app at the call server. */
  SDKAppID: number;
  /** `wss://HOST[:PORT]/v1/ws`, or an http(s) origin. Default: see {@link TUICallEngine.setServer}. */
  serverUrl?: string;
  /** `relay` sends media by TURN servers only, so that no address is told to other members. Default `all`. */
  iceTransportPolicy?: 'all' | 'relay';
  /**
   * The codec of pictures where both sides have it; it must be one that the browser offers at all. Default VP8, which every
   * browser has and which takes the least of a processor; H264 where phones encode it in hardware, VP9 or AV1 for less to send.
   */
  videoCodec?: 'VP8' | 'H264' | 'VP9' | 'AV1';
  /**
   * How far a connection is made while a call rings, so that accepting it only opens the media. `off` nothing; `prepare` the
   * callee keeps its answer and its network addresses to itself; `relay` both connect by TURN servers alone; `always` both
   * connect. The server allows at most its `--connect-while-ringing`, which is also the default; without a TURN server
   * `relay` is `prepare`. In group calls, and where a user is rung on several devices, it is `prepare` at most.
   */
  connectWhileRinging?: 'off' | 'prepare' | 'relay' | 'always';
  /** What answers for profiles instead of the call server: a chat of `open-call-engine/chat`, or the vendor's. */
  tim?: unknown;
  /** Accepted from code written for the vendor's engine, and ignored. */
  callkitVersion?: string;
  framework?: string;
  frameWork?: string;
  isFromChat?: boolean;
  isSharedInstance?: boolean;
  language?: number;
  component?: number;
  scene?: number;
}

export interface LoginOptions {
  /** 1 to 32 characters of `A-Z a-z 0-9 _ -`. */
  userID: string;
  /** Made by your back end for this user. */
  userSig: string;
  /** Accepted and ignored. */
  assetsPath?: string;
}

interface InvitationOptions {
  type: CallMediaType;
  /** Seconds until an unanswered invitation ends, up to 86400; 0 = never. Default 30. */
  timeout?: number;
  /** 1 to 2147483647; random by default. Wins over strRoomID. */
  roomID?: number;
  /** Up to 128 bytes. */
  strRoomID?: string;
  /** Up to 4096 bytes, handed to the callees as it is, in `ON_CALL_RECEIVED`. */
  userData?: string;
  /** Accepted and ignored: a browser gets no mobile push. */
  offlinePushInfo?: object;
}

export interface CallOptions extends InvitationOptions {
  userID: string;
}

export interface GroupCallOptions extends Omit<CallsOptions, 'chatGroupID'> {
  /** The chat group. 1 to 128 bytes. */
  groupID: string;
}

export interface InviteUserOptions {
  /** At most 8. */
  userIDList: readonly string[];
  /** Seconds of ringing, default 30; 0 = for ever. */
  timeout?: number;
  /** Handed to the callees as it is; at most 4096 bytes. */
  userData?: string;
}

export interface JoinInGroupCallOptions {
  /** Taken from the running call, whatever is given here. */
  type?: CallMediaType;
  groupID: string;
  /** Wins over strRoomID. */
  roomID?: number;
  strRoomID?: string;
}

export interface CallsOptions extends InvitationOptions {
  /** 1 to 8 users. */
  userIDList: string[];
  /** The chat group that the call belongs to, up to 128 bytes. */
  chatGroupID?: string;
}

export type StreamType = 'camera' | 'screen';

export interface ScreenSharingOptions {
  /** With the sound of what is shared, where the browser and the person give it; no mute silences it. Default true. */
  systemAudio?: boolean;
}

export interface RemoteViewOptions {
  userID: string;
  /** Default `camera`. */
  streamType?: StreamType;
  /** Id of the container, or the element. */
  videoViewDomID: string | HTMLElement;
  options?: ViewOptions & { [vendorOption: string]: unknown };
}

export interface ViewOptions {
  /** How the picture fills its container. Default `cover`; of a screen `contain`. */
  objectFit?: 'contain' | 'cover' | 'fill';
  /** The same in other words: 0 `cover`, 1 `contain`. */
  fillMode?: 0 | 1;
  mirror?: boolean;
  /** Quarter turns, clockwise. */
  rotation?: 0 | 1 | 2 | 3;
}

/** 480p is the default. */
export type VideoProfile = '120p' | '180p' | '240p' | '360p' | '480p' | '540p' | '720p' | '1080p' | '1440p' | '4K';

/** The names of one type that versions of the contract have had: `camera`, `microphone` and `speaker` are the current ones. */
export type DeviceType = 'camera' | 'video' | 'microphone' | 'microphones' | 'audio' | 'speaker';

export interface TRTCCloud {
  /** Accepted; nothing comes. */
  on(event: string, listener: (...args: never[]) => void, context?: unknown): void;
  off(event: string, listener?: (...args: never[]) => void, context?: unknown): void;
  /** As the engine's. */
  muteAllRemoteAudio(muted: boolean): void;
  /** Without effect. */
  callExperimentalAPI(json: string): Promise<void>;
}

export interface TUICallResult {
  code: 0;
  message: string;
  data?: undefined;
}

export interface CallResult extends TUICallResult {
  callId: string;
  /** 0 when the room is named by strRoomID. */
  roomID: number;
  strRoomID: string;
  /** The callee of a call to one user. */
  userID?: string;
}

/** What every method throws or rejects with. */
export declare class TUICallEngineError extends Error {
  constructor(code: number, message: string, functionName: string, cause?: unknown);
  readonly name: 'TUICallEngineError';
  readonly code: number;
  /** The method that failed. */
  readonly functionName: string;
  /** What the browser or the server said, where there is something. */
  readonly cause?: unknown;
  getCode(): number;
}
