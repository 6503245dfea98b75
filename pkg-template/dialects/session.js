// @ts-check
import { TUICallEngine, TUICallEngineError } from '../index.js';
import { Listeners } from './listeners.js';

/** @import { CanonicalEvent } from './canonical.js' */

/** Methods about the screens of the vendor's kits. There are none here, so they do nothing. */
export const IGNORED = ['enableFloatWindow', 'enableMuteMode', 'enableVirtualBackground', 'setCallingBell', 'setScreenOrientation'];

/** Measured only while somebody listens; every dialect that has them names them alike. */
const MEASURED = ['onUserVoiceVolumeChanged', 'onUserNetworkQualityChanged'];

/**
 * The page's engine as the callers of a dialect see it: there from the login on, which tells its SDKAppID, and heard by the
 * dialect's table.
 */
export class Session {
  /**
   * @param {Record<CanonicalEvent, null | ((event: any, viewer: string) => [string, ...any[]][])>} table
   * @param {(name: string, args: unknown[]) => void} deliver
   * @param {(name: string) => boolean} hasListener of this dialect's event
   */
  constructor(table, deliver, hasListener) {
    this.deliver = deliver;
    this.hasListener = hasListener;
    /** Listeners of the engine's events. */
    this.heard = Object.entries(table).flatMap(([event, row]) => {
      const tell = (/** @type {unknown} */ payload) =>
        row?.(payload, this.viewer).forEach(([name, ...args]) => this.deliver(name, args));
      return row ? [{ event, tell }] : [];
    });
    /** @type {TUICallEngine | undefined} */
    this.engine = undefined;
    this.app = 0;
    this.viewer = '';
  }

  /**
   * @param {number} SDKAppID
   * @param {string} userID
   * @param {string} userSig
   */
  async login(SDKAppID, userID, userSig) {
    if (this.engine && this.app !== SDKAppID) await this.close();
    const engine = this.open(SDKAppID);
    const before = this.viewer;
    // Events may come before the login's own answer.
    this.viewer = userID;
    try {
      await engine.login({ userID, userSig });
    } catch (error) {
      this.viewer = before;
      throw error;
    }
  }

  /**
   * @param {string} method of the engine
   * @param {...unknown} args
   */
  async run(method, ...args) {
    if (!this.engine) throw new TUICallEngineError(-1201, 'not logged in', method);
    return /** @type {any} */ (this.engine)[method](...args);
  }

  async close() {
    const engine = this.engine;
    this.engine = undefined;
    await engine?.destroyInstance();
  }

  /**
   * The page's engine, listened to once. It is another one when somebody has destroyed the one before.
   *
   * @param {number} SDKAppID
   */
  open(SDKAppID) {
    const engine = TUICallEngine.createInstance({ SDKAppID });
    if (engine === this.engine) return engine;
    this.engine = engine;
    this.app = SDKAppID;
    for (const { event, tell } of this.heard) if (!isMeasured(event)) engine.on(event, tell);
    this.measure();
    return engine;
  }

  /** After the dialect's listeners have changed. */
  measure() {
    for (const { event, tell } of this.heard.filter(({ event }) => isMeasured(event))) {
      this.engine?.off(event, tell);
      if (this.hasListener(event)) this.engine?.on(event, tell);
    }
  }
}

/**
 * A session with listeners by name.
 *
 * @param {ConstructorParameters<typeof Session>[0]} table
 */
export function listenedSession(table) {
  const listeners = new Listeners();
  const session = new Session(table, (name, args) => listeners.call(name, args), (name) => listeners.has(name));
  return {
    session,
    /**
     * @param {string} name
     * @param {Function} listener
     */
    add(name, listener) {
      listeners.add(name, listener);
      session.measure();
    },
    /**
     * @param {string} name
     * @param {Function} [listener]
     */
    remove(name, listener) {
      listeners.remove(name, listener);
      session.measure();
    },
  };
}

/** @param {string} event */
const isMeasured = (event) => MEASURED.includes(event);

/**
 * How a method ended, for callers who want no exception.
 *
 * @param {Promise<any>} work
 * @returns {Promise<{ code: number, message: string, [key: string]: unknown }>}
 */
export function outcome(work) {
  return work.then(
    (result) => ({ code: 0, message: 'success', ...result }),
    (error) => ({ code: error.code ?? -1, message: error.message }),
  );
}

/**
 * The rooms and options of a call as the native dialects nest them, as the engine takes them.
 *
 * @param {{ roomId?: { intRoomId?: number, strRoomId?: string }, chatGroupId?: string, [option: string]: unknown } | null} [params]
 */
export function callOptions(params) {
  const { roomId, chatGroupId, timeout, userData, offlinePushInfo } = params ?? {};
  return { ...room(roomId), chatGroupID: chatGroupId, timeout, userData, offlinePushInfo };
}

/** @param {{ intRoomId?: number, strRoomId?: string }} [roomId] */
export function room({ intRoomId, strRoomId } = {}) {
  // 0 and '' mean none.
  return { roomID: intRoomId || undefined, strRoomID: strRoomId || undefined };
}
