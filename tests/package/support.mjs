import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const PACKAGE = resolve(REPOSITORY, process.env.PKG_DIR ?? 'pkg');
const MIME = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** For a suite's `before`: what is to be undone after the suite, last first. */
export function endOfSuite() {
  const tasks = [];
  after(async () => {
    for (const task of tasks.reverse()) await task();
  });
  return { after: (task) => tasks.push(task) };
}

/** Packs the built package and installs the tarball into an application in a new folder. `t` is whose end removes it. */
export async function installTarball(t) {
  if (!existsSync(join(PACKAGE, 'package.json'))) {
    throw new Error(`no package in ${PACKAGE}: run "cargo xtask build" first, or set PKG_DIR`);
  }
  const app = await mkdtemp(join(tmpdir(), 'open-call-engine-app-'));
  t.after(() => rm(app, { recursive: true, force: true }));
  const packed = await npm(['pack', PACKAGE, '--json', '--pack-destination', app], app);
  const [{ filename, files }] = JSON.parse(packed);
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', join(app, filename)], app);
  const installed = join(app, 'node_modules/open-call-engine');
  return { app, installed, files: files.map((file) => file.path).sort() };
}

async function npm(args, cwd) {
  const { stdout } = await run('npm', [...args, '--loglevel=error'], { cwd, maxBuffer: 1 << 24 });
  return stdout;
}

/** The browser of a suite. */
export async function launchBrowser(t) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: false, // its own switch would be the old headless mode
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
  t.after(() => browser.close());
  return browser;
}

/** Opens the URL and waits until the page has put its results into `window.results`. */
export async function resultsOf(browser, url, { before } = {}) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    if (before) await page.addInitScript(before);
    await page.goto(url);
    await page.waitForFunction(() => window.results, undefined, { timeout: 60_000 }).catch((error) => {
      throw new Error(`no results from ${url}: ${complaints.join('\n') || error.message}`);
    });
    return await page.evaluate(() => window.results);
  } finally {
    await context.close();
  }
}

/**
 * Serves files from `root`, with its index.html at `/`, and pages made of text on port 0, with exactly the headers given: no charset but where a page
 * asks for one.
 */
export async function serve(t, root, pages = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const page = pages[pathname];
    const file = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const body = page?.body ?? (await readFile(join(root, file)).catch(() => undefined));
    if (body === undefined) return response.writeHead(404).end();
    const type = { 'Content-Type': MIME[extname(file)] ?? 'application/octet-stream' };
    response.writeHead(200, { ...type, ...page?.headers }).end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => new Promise((done) => server.close(done)));
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * Functions for pages: `outcome(action)` is what an action gave or threw, as plain data; `probe(api)` is what every way of
 * loading the package must show: the constants, and the engine's Rust answering for itself.
 */
export const PAGE_TOOLS = `
async function outcome(action) {
  try {
    return { value: await action() };
  } catch (error) {
    return { name: error?.name, code: error?.code, message: String(error?.message ?? error), own: error instanceof window.OwnError };
  }
}
async function probe(api) {
  window.OwnError = api.TUICallEngineError;
  const engine = api.TUICallEngine.createInstance({ SDKAppID: 1400000001 });
  return {
    event: api.TUICallEvent.ON_CALL_RECEIVED,
    same: api.default === api.TUICallEngine,
    login: await outcome(() => engine.login({ userID: 5, userSig: '' })),
    init: await outcome(() => engine.init({ userID: 'alice' })),
    accept: await outcome(() => engine.accept()),
    destroy: await outcome(() => engine.destroyInstance()),
  };
}
`;

export function assertProbe(assert, results) {
  assert.equal(results.event, 'onCallReceived');
  assert.equal(results.same, true);
  assert.equal(results.login.code, -1202, JSON.stringify(results.login));
  assert.equal(results.login.own, true, 'the error of the wasm is the class that the package exports');
  assert.equal(results.init.code, -1202, JSON.stringify(results.init));
  assert.equal(results.accept.code, -1201, JSON.stringify(results.accept));
  assert.equal(results.destroy.code, undefined, JSON.stringify(results.destroy));
}

/** A page with one module script. */
export function modulePage(script, head = '') {
  return `<!doctype html><html><head>${head}</head><body><script type="module">${script}</script></body></html>`;
}

export async function writeApp(dir, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}
