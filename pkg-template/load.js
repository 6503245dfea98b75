import { finish, imports } from 'glue:engine';
import { TUICallEngineError } from 'glue:common';
import { length, text } from 'wasm:text';
import { startError } from './load-error.js';

let started = false;
let pending;

/** Compiles and starts the wasm before it returns. */
export function start() {
  if (started) return;
  try {
    const module = new WebAssembly.Module(decode(text));
    finish(new WebAssembly.Instance(module, imports()), module);
    started = true;
  } catch (cause) {
    throw startError(cause, 'createInstance');
  }
}

/** The same in the background; a failed attempt may be repeated. */
export function ready() {
  pending ??= startInBackground().catch((cause) => {
    pending = undefined;
    throw startError(cause, 'ready');
  });
  return pending;
}

async function startInBackground() {
  if (started) return;
  const { module, instance } = await WebAssembly.instantiate(decode(text), imports());
  // createInstance() may have started its own meanwhile; engines live in that one.
  if (started) return;
  finish(instance, module);
  started = true;
}

function decode(characters) {
  const binary = characters.length === length ? characters : undoWindows1252(characters);
  if (binary.length !== length) {
    throw new TUICallEngineError(-1, 'the script was read in a wrong charset: serve it as UTF-8', 'ready');
  }
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

// A bundle loaded as a classic script without any charset is read as windows-1252, which loses nothing: a character above
// U+007F has become the two of its UTF-8 form, unless a minifier had escaped it.
function undoWindows1252(characters) {
  const table = new TextDecoder('latin1').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  let binary = '';
  for (let i = 0; i < characters.length; i++) {
    const byte = table.indexOf(characters[i]);
    binary += String.fromCharCode(byte < 0xc2 ? byte : ((byte & 3) << 6) | (table.indexOf(characters[++i]) & 63));
  }
  return binary;
}
