// Real pages in a real Chromium, at a real server, for people who use all dialects at once.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import TLSSigAPIv2 from 'tls-sig-api-v2';
import { launchBrowser } from '../../e2e/support/browser.mjs';
import { startServer } from '../../e2e/support/server.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PACKAGE = resolve(ROOT, process.env.PKG_DIR ?? 'pkg');
const PAGE = '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page.js"></script>';
const LONG = 3600; // seconds
const PATIENCE = 15_000; // milliseconds

/** The server, the browser and the pages of a suite. */
export class Setting {
  static async open() {
    const app = { id: 1_400_000_001, secret: randomBytes(32).toString('hex') };
    const setting = new Setting();
    const [server, browser, pages] = await Promise.all([
      startServer(['--app', `${app.id}:${app.secret}`]),
      launchBrowser({ devices: 'device-count=2', prompt: null, args: ['--auto-select-tab-capture-source-by-title=conformance'] }),
      servePages(),
    ]);
    return Object.assign(setting, { app, server, browser, pages });
  }

  /** A page of this user with a profile of its own, that listens for these events of each dialect. */
  async person(name, { events, browser = this.browser, kind = Person } = {}) {
    const profile = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await profile.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
    const query = new URLSearchParams({ app: this.app.id, user: name, server: this.server.url });
    await page.goto(`${this.pages.origin}/page.html?${query}`);
    const session = kind === Untouched ? await profile.newCDPSession(page) : undefined;
    const signer = new TLSSigAPIv2.Api(this.app.id, this.app.secret);
    const person = new kind({ name, page, profile, problems, session, sign: (life) => signer.genSig(name, life) });
    await person.until(() => globalThis.person !== undefined);
    if (events) await person.run((list) => globalThis.person.listen(list), events);
    return person;
  }

  /** The same in a browser that plays no sound before the person has done something there, which nobody does. */
  async untouched(name, options) {
    this.shy ??= await launchBrowser({ autoplay: 'user-gesture-required' });
    return this.person(name, { ...options, browser: this.shy, kind: Untouched });
  }

  async close() {
    await this.shy?.close();
    await this.browser?.close();
    await this.pages?.close();
    await this.server?.remove();
  }
}

class Person {
  constructor(parts) {
    Object.assign(this, parts, { mark: 0 });
  }

  /** @param {number} life of the userSig, in seconds */
  login(life = LONG) {
    return this.run((userSig) => person.login(userSig), this.sign(life));
  }

  /** By the methods of this dialect; rejects where they tell of a failure. */
  act(dialect, name, ...args) {
    const act = ([by, method, list]) => person.act(by, method, ...list);
    return this.run(act, [dialect, name, args]).catch((error) => {
      throw new Error(`${this.name}: ${name} by ${dialect}: ${error.message}`, { cause: error });
    });
  }

  /** What was told since `startLog`. */
  log() {
    return this.run((mark) => person.log.slice(mark), this.mark);
  }

  async startLog() {
    this.mark = await this.run(() => person.log.length);
  }

  /** Waits until the Web dialect has told this event. */
  async gets(event, fields = {}) {
    const there = ([mark, name, wanted]) =>
      person.log.slice(mark).some(({ dialect, event, args }) => dialect === 'web' && event === name
        && Object.entries(wanted).every(([key, value]) => args[0]?.[key] === value));
    await this.until(there, [this.mark, event, fields]).catch(async (error) => {
      const seen = (await this.log()).filter(({ dialect }) => dialect === 'web').map(({ event, args }) => `${event} ${JSON.stringify(args[0])}`);
      throw new Error(`${this.name} did not get ${event} ${JSON.stringify(fields)}; got\n  ${seen.join('\n  ')}`, { cause: error });
    });
  }

  run(script, argument) {
    return this.page.evaluate(script, argument);
  }

  async until(script, argument) {
    const deadline = Date.now() + PATIENCE;
    while (!(await this.run(script, argument))) {
      if (Date.now() > deadline) throw new Error(`not within time: ${script}`);
      await sleep(50);
    }
  }

  /** Takes the permission for the microphone away. */
  async forbidMicrophone() {
    await this.profile.clearPermissions();
    await this.profile.grantPermissions(['camera']);
  }

  async allowMicrophone() {
    await this.profile.grantPermissions(['camera', 'microphone']);
  }

  close() {
    return this.profile.close();
  }
}

/** What Playwright runs in a page counts as a gesture of the person; this does not. */
class Untouched extends Person {
  async run(script, argument) {
    const expression = `(${script})(${JSON.stringify(argument) ?? ''})`;
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: false };
    const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', options);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
}

async function servePages() {
  const files = { '/page.js': join(ROOT, 'tests/conformance/support/page.js') };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/page.html') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
    const [, name] = /^\/pkg\/([\w.-]+\.js)$/.exec(pathname) ?? [];
    const path = name ? join(PACKAGE, name) : files[pathname];
    const body = path && (await readFile(path).catch(() => undefined));
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((done) => server.close(done).closeAllConnections()),
  };
}
