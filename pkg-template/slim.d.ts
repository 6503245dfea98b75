import { TUICallEngine as WebEngine, type TUICallEngineOptions } from './index.js';

export * from './index.js';

/** As in `open-call-engine`, with the wasm in a file of its own that must be loaded before the first engine. */
export declare class TUICallEngine extends WebEngine {
  /** @throws {TUICallEngineError} -1 before {@link ready} has resolved; else as in `open-call-engine` */
  static createInstance(options: TUICallEngineOptions): TUICallEngine;
  /**
   * Loads, compiles and starts the engine, once; after a failure it may be called again.
   *
   * @param source where `engine_bg.wasm` is: its URL, a response, its bytes, or a compiled module. Default: beside this
   * script.
   * @throws {TUICallEngineError} -1 not loaded; 60006 WebAssembly is missing or refused by a Content-Security-Policy
   */
  static ready(
    source?: string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module,
  ): Promise<void>;
}

export default TUICallEngine;
