import { TUICallEngineError } from 'glue:common';

/** What a browser says when it won't compile or start the wasm, as an error with a code. */
export function startError(cause, functionName) {
  if (cause instanceof TUICallEngineError) return cause;
  if (isRefusal(cause)) {
    return new TUICallEngineError(
      60006,
      `WebAssembly is missing or refused (a Content-Security-Policy needs script-src 'wasm-unsafe-eval'): ${cause}`,
      functionName,
      cause,
    );
  }
  // Chrome up to 113 compiles and instantiates at most 4 KB in one go.
  const advice = cause instanceof RangeError && functionName !== 'ready' ? ', await TUICallEngine.ready() before' : '';
  return new TUICallEngineError(-1, `the engine could not start${advice}: ${cause}`, functionName, cause);
}

function isRefusal(cause) {
  if (typeof WebAssembly !== 'object') return true;
  return cause instanceof WebAssembly.CompileError || cause instanceof EvalError;
}
