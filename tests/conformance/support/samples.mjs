// The samples of the vendor's pages, read where those are: SEEDS_DIR, or ../shared/seeds beside the repository.

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const FOLDER = resolve(ROOT, process.env.SEEDS_DIR ?? '../shared/seeds');

/** How a page is known, and where its samples begin. The first sample of some declares what all the others use. */
const PAGES = {
  web: { sign: 'tuiCallEngine.on(', begins: /^(let|tuiCallEngine\.)/ },
  uniapp: { sign: "requireNativePlugin('TencentCloud-TUICallKit-TUICallEngine')", begins: /^(const|TUICallEngine\.)/, shared: /^const/ },
  'global-event': { sign: "requireNativePlugin('globalEvent')", begins: /^(const|TUICallingEvent\.)/, shared: /^const/ },
  harmony: { sign: 'TUICallKit.on(', begins: /^TUICallKit\./ },
  observer: { sign: 'TUICallObserver(', begins: /^TUICallEngine\.instance/ },
};

export const missing = existsSync(FOLDER) ? undefined : `no vendor pages in ${FOLDER} (SEEDS_DIR names another folder)`;

/** By dialect: the code of each sample, ready to run in a scope of its own; Dart as it stands. */
export async function readSamples() {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.txt'));
  const texts = await Promise.all(names.map((name) => readFile(join(FOLDER, name), 'utf8')));
  const samples = {};
  for (const [dialect, page] of Object.entries(PAGES)) {
    const text = texts.find((candidate) => candidate.includes(page.sign));
    if (!text) throw new Error(`${FOLDER} has no page of the dialect ${dialect}`);
    samples[dialect] = dialect === 'observer' ? dartSamples(text) : await scriptSamples(text, page);
  }
  return samples;
}

/** Statements that follow each other without an empty line are one sample. */
async function scriptSamples(text, { begins, shared }) {
  const samples = [];
  let code = '';
  let isOpen = false;
  for (const line of [...text.split('\n').map((line) => line.trim()), '']) {
    if (!isOpen && code && !begins.test(line)) {
      samples.push(code);
      code = '';
    }
    if (!isOpen && !begins.test(line)) continue;
    code += `${line}\n`;
    isOpen = !(line.endsWith(';') && (await isWhole(code)));
  }
  if (isOpen) throw new Error(`a sample that does not end:\n${code}`);
  const common = samples.filter((sample) => shared?.test(sample)).join('');
  const own = samples.filter((sample) => !shared?.test(sample));
  return Promise.all(own.map(async (sample) => (await transform(common + borrowed(sample, own) + sample, { loader: 'ts' })).code));
}

const isWhole = (code) => transform(code, { loader: 'ts', logLevel: 'silent' }).then(() => true, () => false);

/** One sample registers the listener of another one: it is run with that one's declaration. */
function borrowed(sample, samples) {
  const [, listener] = /, (\w+)\);\s*$/.exec(sample) ?? [];
  if (!listener || sample.includes(`let ${listener} `)) return '';
  const owner = samples.find((other) => other.includes(`let ${listener} `));
  return owner.slice(0, owner.indexOf('};') + 3);
}

function dartSamples(text) {
  return [...text.matchAll(/^TUICallEngine\.instance\.addObserver\(TUICallObserver\([^]*?^\s*\)\);/gm)].map(([sample]) => sample);
}

/** The callbacks of a sample in Dart or JavaScript with the names of their parameters. */
export function callbacksOf(code) {
  const callbacks = [...code.matchAll(/(on[A-Z]\w+): \(([^)]*)\)/g)];
  const names = (parameters) => parameters.replace(/<[^>]*>/g, '').split(',').map((one) => one.trim().split(/\s+/).pop());
  return callbacks.map(([, callback, parameters]) => [callback, names(parameters).filter(Boolean)]);
}
