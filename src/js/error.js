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
export function failure(code, message, cause) {
  return new TUICallEngineError(code, message, '', cause);
}
