// node tools/build-package.mjs GLUE_DIR OUT_DIR
// Assembles the npm package from pkg-template/ and the output of wasm-bindgen (--target web), prints what each entry
// weighs, and fails when one is over its limit.
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bytesLiteral } from './bytes-literal.mjs';
import { shortenNames } from './short-names.mjs';

const WEB_ENTRY_LIMIT = 65_536;
const DIALECT_LIMIT = 3_072; // on top of the Web entry
const DIALECTS = ['uniapp', 'global-event', 'observer', 'harmony'];
// Loaded by the engine when somebody asks for what is measured, or for people's names.
const ON_DEMAND = { measure: 'measure/index.js', profiles: 'chat/profiles.js' };
const PLACEHOLDER = '@wasm-bytes@';
const TEMPLATE = join(dirname(fileURLToPath(import.meta.url)), '../pkg-template');
const COPIED = [
  'package.json',
  'README.md',
  'LICENSE-MIT',
  'LICENSE-APACHE',
  'index.d.ts',
  'enums.d.ts',
  'events.d.ts',
  'slim.d.ts',
  'global.d.ts',
  'check.d.ts',
  'overlay.d.ts',
  'stats.d.ts',
  ...DIALECTS.map((dialect) => `${dialect}.d.ts`),
  'chat/package.json',
  'chat/index.d.ts',
];

// One row per entry of the package. `beside` are files that the entry loads at run time.
const WEB = { name: '.', source: 'index.js', file: 'index.js', format: 'esm', load: 'load.js', beside: [], limit: WEB_ENTRY_LIMIT };
const ENTRIES = [
  WEB,
  { name: './global', source: 'global.js', file: 'index.global.js', format: 'iife', load: 'load.js', beside: [] },
  { name: './slim', source: 'index.js', file: 'slim.js', format: 'esm', load: 'load-slim.js', beside: ['engine_bg.wasm'] },
  ...DIALECTS.map((dialect) => ({
    name: `./${dialect}`,
    source: `dialects/${dialect}.js`,
    file: `${dialect}.js`,
    format: 'esm',
    load: 'none',
    beside: [WEB.file],
    limitOverWeb: DIALECT_LIMIT,
  })),
  { name: './chat', source: 'chat/index.js', file: 'chat/index.js', format: 'esm', load: 'none', beside: [] },
  { name: './check', source: 'check/index.js', file: 'check.js', format: 'esm', load: 'none', beside: [] },
  { name: './overlay', source: 'overlay/index.js', file: 'overlay.js', format: 'esm', load: 'none', beside: [] },
  ...Object.entries(ON_DEMAND).map(([name, source]) => ({
    name: 'on demand',
    source,
    file: `${name}.js`,
    format: 'esm',
    load: 'none',
    beside: [],
  })),
];

const [glueDir, outDir] = process.argv.slice(2).map((path) => resolve(path));
if (!outDir) fail('usage: node tools/build-package.mjs GLUE_DIR OUT_DIR');
await main().catch((error) => fail(error.message));

async function main() {
  const glue = await readGlue(glueDir);
  await emptyPackageDir(outDir);
  await Promise.all(COPIED.map((file) => cp(join(TEMPLATE, file), join(outDir, file))));
  await writeFile(join(outDir, 'engine_bg.wasm'), glue.wasm);
  for (const entry of ENTRIES) {
    await writeFile(join(outDir, entry.file), await bundle(entry, glue));
  }
  const sizes = await Promise.all(ENTRIES.map(measure));
  const web = sizes.find((size) => size.name === WEB.name);
  for (const size of sizes) size.limit ??= web.brotli + size.limitOverWeb;
  printTable(sizes);
  const tooBig = sizes.find((size) => size.brotli > size.limit);
  if (tooBig) fail(`entry "${tooBig.name}" needs ${tooBig.brotli} bytes (brotli), more than its limit of ${tooBig.limit}`);
}

async function readGlue(dir) {
  const script = join(dir, 'engine.js');
  if (!existsSync(script)) fail(`no engine.js in ${dir}: run wasm-bindgen first (cargo xtask build does)`);
  const snippets = await readdir(join(dir, 'snippets'), { recursive: true });
  const snippet = (name) => {
    const found = snippets.filter((path) => path.replaceAll('\\', '/').endsWith(`/src/js/${name}.js`));
    if (found.length !== 1) fail(`expected one snippet src/js/${name}.js below ${dir}, found ${found.length}`);
    return join(dir, 'snippets', found[0]);
  };
  const wasm = await readFile(join(dir, 'engine_bg.wasm'));
  if (!WebAssembly.validate(wasm)) fail(`engine_bg.wasm in ${dir} is not valid WebAssembly`);
  const short = shortenNames(wasm, await readFile(script, 'utf8'));
  return { script, common: snippet('common'), browser: snippet('browser'), devices: snippet('devices'), ...short };
}

async function emptyPackageDir(dir) {
  if (existsSync(dir) && (await readdir(dir)).length > 0) {
    const { name } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8').catch(() => '{}'));
    if (name !== 'open-call-engine') fail(`${dir} holds something else than the package: not overwritten`);
    await rm(dir, { recursive: true });
  }
  await mkdir(dir, { recursive: true });
}

async function bundle(entry, glue) {
  const result = await build({
    entryPoints: [join(TEMPLATE, entry.source)],
    bundle: true,
    write: false,
    minify: true,
    format: entry.format,
    target: 'es2021',
    platform: 'browser',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    // wasm-bindgen lists a snippet's file once for each function that needs no glue.
    logOverride: { 'duplicate-object-key': 'silent' },
    plugins: [resolveParts(entry, glue)],
  });
  const script = result.outputFiles[0].text;
  if (entry.load === WEB.load) return inlineWasm(script, glue.wasm, { ascii: entry.format === 'iife' });
  return script;
}

// The names that the template's sources import but that only the build knows. A dialect imports the built Web entry: an
// application that uses several entries has one engine.
function resolveParts(entry, glue) {
  const paths = {
    'glue:engine': glue.script,
    'glue:common': glue.common,
    'glue:browser': glue.browser,
    'glue:devices': glue.devices,
    'wasm:load': join(TEMPLATE, entry.load),
  };
  // A script for classic pages is one file.
  const onDemand = (name) =>
    entry.format === 'esm' ? { path: `./${name}.js`, external: true } : { path: join(TEMPLATE, ON_DEMAND[name]) };
  return {
    name: 'parts',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^(glue|wasm):/ }, ({ path }) =>
        path === 'wasm:text' ? { path, namespace: 'wasm' } : { path: paths[path], sideEffects: false },
      );
      esbuild.onResolve({ filter: /^package:/ }, ({ path }) => onDemand(path.slice('package:'.length)));
      esbuild.onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: `./${WEB.file}`, external: true }));
      esbuild.onLoad({ filter: /./, namespace: 'wasm' }, () => ({
        contents: `export const text = '${PLACEHOLDER}'; export const length = ${glue.wasm.length};`,
      }));
      // The glue's own init functions can't tell whether another one came first; load.js can.
      esbuild.onLoad({ filter: /[/\\]engine\.js$/ }, ({ path }) =>
        path === glue.script
          ? {
              contents: `${glue.glue}\nexport { __wbg_get_imports as imports, __wbg_finalize_init as finish };`,
              resolveDir: dirname(path),
            }
          : undefined,
      );
    },
  };
}

// After esbuild, because it would print every byte above 126 as an escape.
function inlineWasm(script, wasm, { ascii }) {
  const [before, after, ...more] = script.split(new RegExp(`(?:"|'|\`)${PLACEHOLDER}(?:"|'|\`)`));
  if (after === undefined || more.length > 0) fail('the place for the wasm is not in the bundle exactly once');
  return before + bytesLiteral(wasm, { ascii }) + after;
}

async function measure(entry) {
  const files = await Promise.all([entry.file, ...entry.beside].map((file) => readFile(join(outDir, file))));
  const sum = (pack) => files.reduce((total, file) => total + pack(file).length, 0);
  return {
    name: entry.name,
    files: [entry.file, ...entry.beside].join(' + '),
    limit: entry.limit ?? (entry.limitOverWeb ? undefined : Infinity),
    limitOverWeb: entry.limitOverWeb,
    raw: sum((file) => file),
    gzip: sum((file) => gzipSync(file, { level: 9 })),
    brotli: sum((file) => brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
  };
}

function printTable(sizes) {
  const rows = [
    ['entry', 'loads in all', 'raw', 'gzip -9', 'brotli 11', 'limit'],
    ...sizes.map((size) => [
      size.name,
      size.files,
      ...[size.raw, size.gzip, size.brotli].map((bytes) => bytes.toLocaleString('en')),
      Number.isFinite(size.limit) ? size.limit.toLocaleString('en') : '',
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])));
    console.log(cells.join('  ').trimEnd());
  }
}

function fail(message) {
  console.error(`build-package: ${message}`);
  process.exit(1);
}
