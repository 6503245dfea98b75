// The names by which wasm and glue find each other carry a hash each, which no packer makes smaller, and stand in both.
// Nobody else reads them, so the package uses short ones.

import { Reader, readSections } from './wasm-reader.mjs';

const IMPORTS = 2;
const EXPORTS = 7;

/** The wasm and its glue's text with short names for what one imports from the other. Names that are used in a way not
 * known here stay. */
export function shortenNames(wasm, glue) {
  const sections = readSections(wasm);
  const imports = readImports(sections.find(({ id }) => id === IMPORTS)?.body ?? Buffer.of(0));
  const exports = readExports(sections.find(({ id }) => id === EXPORTS)?.body ?? Buffer.of(0));

  const modules = new Map();
  const fields = new Map();
  const exported = new Map();
  let text = glue;
  // `known` finds every use that is understood, `all` whatever looks like a use.
  const rename = (names, name, known, all) => {
    if (names.has(name)) return;
    const short = shortName(names.size);
    const uses = text.match(known)?.length ?? 0;
    const understood = uses > 0 && uses === text.match(all)?.length;
    names.set(name, understood ? short : name);
    if (understood) text = text.replace(known, short);
  };

  for (const { module, field } of imports) {
    const [path, key] = [module, field].map(escapeForPattern);
    rename(modules, module, new RegExp(`(?<=")${path}(?=":)`, 'g'), new RegExp(`(?<=")${path}(?=":)`, 'g'));
    rename(fields, field, new RegExp(`(?<=^\\s*)${key}(?=: |\\()`, 'gm'), new RegExp(`(?<![\\w$])${key}(?![\\w$])`, 'g'));
  }
  for (const { name } of exports) {
    const key = escapeForPattern(name);
    rename(exported, name, new RegExp(`(?<=\\bwasm\\.)${key}(?![\\w$])`, 'g'), new RegExp(`(?<=[."'])${key}(?![\\w$])`, 'g'));
  }

  const body = ({ id, body: old }) => {
    if (id === IMPORTS) {
      return vector(imports.map((one) => [text8(modules.get(one.module)), text8(fields.get(one.field)), one.rest]));
    }
    return id === EXPORTS ? vector(exports.map((one) => [text8(exported.get(one.name)), one.rest])) : old;
  };
  const parts = sections.map((section) => {
    const bytes = body(section);
    return Buffer.concat([Buffer.of(section.id), leb(bytes.length), bytes]);
  });
  return { wasm: Buffer.concat([wasm.subarray(0, 8), ...parts]), glue: text };
}

function readImports(body) {
  const reader = new Reader(body);
  return reader.vector(() => ({
    module: reader.text(),
    field: reader.text(),
    rest: reader.slice(() => skipImportType(reader)),
  }));
}

function readExports(body) {
  const reader = new Reader(body);
  return reader.vector(() => ({
    name: reader.text(),
    rest: reader.slice(() => {
      reader.byte();
      reader.leb();
    }),
  }));
}

function skipImportType(reader) {
  const kind = reader.byte();
  if (kind === 0) return reader.leb(); // function
  if (kind === 1) reader.byte(); // table: its type before the limits
  if (kind === 1 || kind === 2) return reader.byte() & 1 ? [reader.leb(), reader.leb()] : reader.leb();
  if (kind === 3) return [reader.byte(), reader.byte()]; // global
  throw new Error(`engine_bg.wasm imports something of an unknown kind (${kind})`);
}

function vector(items) {
  return Buffer.concat([leb(items.length), ...items.flat()]);
}

function text8(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([leb(bytes.length), bytes]);
}

function leb(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.of(...bytes, rest);
    bytes.push((rest % 128) | 0x80);
  }
}

function shortName(index) {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return index < 26 ? letters[index] : shortName(Math.floor(index / 26) - 1) + letters[index % 26];
}

function escapeForPattern(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
