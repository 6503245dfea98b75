// @ts-check
import { TUICallEngineError } from '../index.js';

/** Listeners by event name. */
export class Listeners {
  constructor() {
    /** @type {Map<string, Set<Function>>} */
    this.byName = new Map();
  }

  /**
   * @param {string} name
   * @param {Function} listener
   */
  add(name, listener) {
    if (typeof listener !== 'function') throw new TUICallEngineError(-1202, 'the listener must be a function', 'on');
    this.byName.set(name, (this.byName.get(name) ?? new Set()).add(listener));
  }

  /**
   * Without a listener, all of the event's.
   *
   * @param {string} name
   * @param {Function} [listener]
   */
  remove(name, listener) {
    if (listener) this.byName.get(name)?.delete(listener);
    else this.byName.delete(name);
  }

  /** @param {string} name */
  has(name) {
    return !!this.byName.get(name)?.size;
  }

  /**
   * @param {string} name
   * @param {unknown[]} args
   */
  call(name, args) {
    for (const listener of [...(this.byName.get(name) ?? [])]) guard(name, () => listener(...args));
  }
}

/**
 * A listener that throws harms nobody else.
 *
 * @param {string} name
 * @param {() => void} call
 */
export function guard(name, call) {
  try {
    call();
  } catch (error) {
    console.error(`a listener of ${name} threw`, error);
  }
}
