// An example application, installed from npm with our package in place of the vendor's, and built for production.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE, REPOSITORY } from '../../package/support.mjs';

const run = promisify(execFile);
const SOURCES = ['index.html', 'vite.config.js', 'src'];
/** What npm says when there is no registry to be reached; anything else is a mistake of ours. */
const NO_REGISTRY = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|E40[134]|E50\d)\b/;

/**
 * Installs once and keeps it in `target/`, builds each time.
 * @returns {Promise<{dist: string, skip?: undefined} | {skip: string}>}
 */
export async function buildExample(name) {
  const app = join(REPOSITORY, 'target/uikit', name);
  const example = join(REPOSITORY, 'examples', name);
  await mkdir(app, { recursive: true });
  await rm(join(app, 'src'), { recursive: true, force: true });
  await Promise.all(SOURCES.map((source) => cp(join(example, source), join(app, source), { recursive: true })));
  const refusal = await install(app, await manifest(example));
  if (refusal) return { skip: refusal };
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd: app });
  return { dist: join(app, 'dist') };
}

/** The example's, with the way to the package from where it is installed here. */
async function manifest(example) {
  const text = await readFile(join(example, 'package.json'), 'utf8');
  return text.replaceAll('file:../../pkg', `file:${PACKAGE}`);
}

async function install(app, text) {
  const written = join(app, 'package.json');
  const installed = join(app, 'node_modules/.package-lock.json');
  const before = await readFile(written, 'utf8').catch(() => '');
  if (before === text && existsSync(installed)) return undefined;
  await rm(join(app, 'node_modules'), { recursive: true, force: true });
  await writeFile(written, text);
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  try {
    await run('npm', ['install', ...options], { cwd: app, maxBuffer: 1 << 24 });
    return undefined;
  } catch (error) {
    const reason = NO_REGISTRY.exec(error.stderr)?.[0];
    if (!reason) throw error;
    return `the vendor's kit could not be installed from npm (${reason})`;
  }
}
