// node tools/drop-panics.mjs IN.wasm OUT.wasm
// A panic in the browser traps, and nobody sees its text: wasm has no stderr. The text, the code that puts it together and
// the formatting of numbers that only panics use are a twentieth of the package, so what never returns traps at once.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import binaryen from 'binaryen';

// Functions of Rust's library that do nothing but panic, and what only those call. All that are named here end in a trap.
const PANICS = [
  /^core::panicking::/,
  /^core::(?:cell|option|result|slice|str)::.*(?:panic|_fail)/,
  /^alloc::raw_vec::(?:handle_error|capacity_overflow)$/,
  /^std::panicking::(?:begin_panic|default_hook|panic_handler|panic_with_hook)/,
  /^<std::panicking::.* as core::panic::PanicPayload>::/,
  /^__rustc::(?:rust_begin_unwind|rust_panic)$/,
];
const FORMATTING = /^core::fmt::|^<core::fmt::Formatter>::|^<.* as core::fmt::\w+>::/;

/** The module, which has to have its names, with traps in place of panics. */
export function dropPanics(wasm) {
  const module = binaryen.readBinary(wasm);
  const functions = readFunctions(module.emitText());
  const panics = functions.filter(({ name }) => PANICS.some((pattern) => pattern.test(name)));
  if (panics.length === 0) throw new Error('the wasm has no function that panics: were its names removed before?');
  const formatting = functions.filter(({ name }) => FORMATTING.test(name));
  const others = functions.filter((one) => !panics.includes(one) && !formatting.includes(one));
  const used = formatting.some(({ id }) => others.some(({ calls }) => calls.has(id)));
  for (const { id } of used ? panics : [...panics, ...formatting]) {
    binaryen.Function(module.getFunction(id)).body = module.unreachable();
  }
  return module.emitBinary();
}

// From the text form, because the binary one can only be walked with a case for each kind of instruction.
function readFunctions(text) {
  const name = /\$("(?:[^"\\]|\\.)*"|[^\s()]+)/;
  const call = new RegExp(`\\((?:return_)?call ${name.source}`, 'g');
  return text.split(/^ \(func (?=\$)/m).slice(1).map((body) => {
    const id = unquoted(body.match(name)[1]);
    return { id, name: plain(id), calls: new Set([...body.matchAll(call)].map((match) => unquoted(match[1]))) };
  });
}

function unquoted(text) {
  return text.startsWith('"') ? JSON.parse(text) : text;
}

// Without the hashes that tell crates and instances apart.
function plain(id) {
  return id.replaceAll(/\[[0-9a-f]+\]/g, '').replace(/::h[0-9a-f]{16}$/, '');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [source, target] = process.argv.slice(2);
  writeFileSync(target, dropPanics(readFileSync(source)));
}
