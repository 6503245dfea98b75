/** What every method of the engine rejects with. */
export class TUICallEngineError extends Error {
  constructor(code, message, functionName, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TUICallEngineError';
    this.code = code;
    this.functionName = functionName;
  }

  getCode() {
    return this.code;
  }
}

export const BAD_PARAMETER = -1202;
export const WRONG_STATE = -1203;

/** `cause`: the browser's own error, if there is one. */
export function failure(code, message, cause, functionName = '') {
  return new TUICallEngineError(code, message, functionName, cause);
}

let logLevel = 1;

/** Of all engines in the page. 0 normal, 1 release (default), 2 warning, 3 error, 4 none. */
export function setLogLevel(level) {
  if (![0, 1, 2, 3, 4].includes(level)) {
    throw failure(BAD_PARAMETER, 'the level must be 0 to 4', undefined, 'setLogLevel');
  }
  logLevel = level;
}

export function log(level, ...what) {
  if (level >= logLevel) console[['debug', 'info', 'warn', 'error'][level]](...what);
}

// web.rs: what a value that may be anything holds, each in one crossing from wasm. An application's getter may throw.

/** A text itself; of an object the name of its first member. */
export function tag(value) {
  return typeof value === 'string' ? value : Object.keys(Object(value))[0];
}

/** Undefined also for null. */
export function property(object, key) {
  try {
    return object?.[key] ?? undefined;
  } catch {}
}

export function textProperty(object, key) {
  const value = property(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** Not a number: none. */
export function numberProperty(object, key) {
  const value = property(object, key);
  return typeof value === 'number' ? value : NaN;
}
