import { finish, imports } from 'glue:engine';
import { TUICallEngineError } from 'glue:common';
import { startError } from './load-error.js';

let started = false;
let pending;

export function start() {
  if (!started) throw new TUICallEngineError(-1, 'await TUICallEngine.ready() first', 'createInstance');
}

/** Fetches, compiles and starts the wasm once; a failed attempt may be repeated. */
export function ready(source) {
  pending ??= load(source).catch((cause) => {
    pending = undefined;
    throw startError(cause, 'ready');
  });
  return pending;
}

async function load(source = new URL('./engine_bg.wasm', import.meta.url)) {
  const instance = await instantiate(await source);
  finish(instance);
  started = true;
}

async function instantiate(source) {
  if (source instanceof WebAssembly.Module) return WebAssembly.instantiate(source, imports());
  const bytes = ArrayBuffer.isView(source) || source instanceof ArrayBuffer ? source : await download(source);
  return (await WebAssembly.instantiate(bytes, imports())).instance;
}

async function download(source) {
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`HTTP status ${response.status} for ${response.url}`);
  return response.arrayBuffer();
}
