// node tools/drop-panics.mjs IN.wasm OUT.wasm
// A panic in the browser traps, and nobody sees its text: wasm has no stderr. The code that puts the text together, the
// formatting of numbers that only panics use and the places in the source are a twentieth of the package, so what never
// returns traps at once.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import binaryen from 'binaryen';
import { Reader, readSections } from './wasm-reader.mjs';

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
  const module = binaryen.readBinary(withoutPlaces(wasm));
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

const DATA = 11;
const I32_CONST = 0x41;

// Zeroes for what is in the data of each `core::panic::Location` (the text of a path, a line, a column): the optimizer
// leaves zeroes out. Whoever should still read one reads an empty text.
function withoutPlaces(wasm) {
  const changed = Buffer.from(wasm);
  const segments = readSegments(readSections(changed).find(({ id }) => id === DATA)?.body ?? Buffer.of(0));
  const at = (address, length) => {
    const home = segments.find(({ start, bytes }) => address >= start && address + length <= start + bytes.length);
    return home?.bytes.subarray(address - home.start, address - home.start + length);
  };
  const places = [];
  for (const { start, bytes } of segments) {
    for (let address = Math.ceil(start / 4) * 4; address + 16 <= start + bytes.length; address += 4) {
      const place = at(address, 16);
      const [path, length, line, column] = [0, 4, 8, 12].map((offset) => place.readUInt32LE(offset));
      const text = at(path, length);
      if (line > 0 && column > 0 && text?.subarray(-3).equals(Buffer.from('.rs'))) places.push(place, text);
    }
  }
  for (const bytes of places) bytes.fill(0);
  return changed;
}

function readSegments(body) {
  const reader = new Reader(body);
  return reader.vector(() => {
    const [mode, instruction] = [reader.byte(), reader.byte()];
    if (mode !== 0 || instruction !== I32_CONST) throw new Error('data at an address that is not a plain number');
    const start = reader.leb();
    reader.byte(); // the end of the address
    return { start, bytes: reader.bytes(reader.leb()) };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [source, target] = process.argv.slice(2);
  writeFileSync(target, dropPanics(readFileSync(source)));
}
