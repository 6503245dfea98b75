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
