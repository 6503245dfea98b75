import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROBE = fileURLToPath(new URL('./probe.js', import.meta.url));
const SCREENSHOTS = process.env.SCREENSHOTS || fileURLToPath(new URL('../screenshots/', import.meta.url));
const WAIT = { timeout: 60_000, polling: 100 };

export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** What is measured, and so comes when it likes. */
const MEASURED = [
  'onUserVoiceVolumeChanged', 'onUserNetworkQualityChanged', 'onActiveSpeakerChanged', 'onUserFirstVideoFrame', 'onUserVideoFrozen',
];
/** What connections, log-ins, devices and measurements raise beside the call itself. */
const BESIDE = new Set(['sdkReady', 'onConnectionStateChanged', 'onUserConnectionChanged', 'onDeviceUpdated', ...MEASURED]);
const AVAILABLE = new Set(['onUserVideoAvailable', 'onUserAudioAvailable']);

/**
 * A person with a browser profile of their own in front of the demo, not logged in yet.
 * @param {{query?: Record<string, string>, path?: string, init?: Function, context?: object, permissions?: string[]}} options
 */
export async function openDemo(browser, base, name, { query = {}, init, context = {}, permissions = ['camera', 'microphone'] } = {}) {
  const profile = await browser.newContext({ permissions, viewport: { width: 1280, height: 800 }, ...context });
  await profile.addInitScript({ path: PROBE });
  if (init) await profile.addInitScript(init);
  const page = await profile.newPage();
  page.setDefaultTimeout(WAIT.timeout);
  const person = new Person(name, page, profile);
  await page.goto(`${base}/?${new URLSearchParams(query)}`);
  return person;
}

/** The same, logged in and waiting for calls: through the form, unless `form` is false and the query says who it is. */
export async function logIn(browser, base, name, options) {
  const person = await openDemo(browser, base, name, options);
  if (options?.form !== false) await person.logIn();
  return person;
}

export class Person {
  constructor(name, page, profile) {
    Object.assign(this, { name, page, profile, mark: 0, problems: [] });
    page.on('console', (message) => { if (message.type() === 'error') this.problems.push(`console: ${message.text()}`); });
    page.on('pageerror', (error) => this.problems.push(`page: ${error.stack ?? error}`));
  }

  async logIn() {
    await this.page.fill('#login-name', this.name);
    await this.page.click('#login-button');
    await this.isIdle();
  }

  /** Usable for the next test: after a failed one the profile is replaced. */
  async ready(browser, base) {
    const clean = await this.page.evaluate(() => document.body.dataset.screen === 'home' && !document.getElementById('incoming').open
      && probe.liveTracks() === 0 && probe.leftConnections() === 0);
    if (clean && this.problems.length === 0) {
      await this.startEvents();
      return this;
    }
    await this.close();
    return logIn(browser, base, this.name);
  }

  async call(peer, kind) {
    await this.page.fill('#callee', peer);
    await this.page.click(`#call-${kind}`);
  }

  click(id) { return this.page.click(`#${id}`); }
  close() { return this.profile.close(); }
  isIdle() { return this.until('is idle', () => !document.getElementById('screen-home').hidden); }
  isRung() { return this.page.waitForSelector('#incoming[open]'); }
  text(id) { return this.page.locator(`#${id}`).innerText(); }

  /** Runs a method of the engine in the page: 'ok', or the code of its error, with everything else about it. */
  engine(method, ...args) {
    return this.page.evaluate(async ([name, list]) => {
      try {
        return { ok: true, value: (await demo.engine[name](...list)) ?? null };
      } catch (error) {
        return { ok: false, code: error?.code, name: error?.name, message: error?.message, isError: error instanceof Error };
      }
    }, [method, args]);
  }

  /** From here on `events` starts anew. */
  async startEvents() {
    this.mark = await this.page.evaluate(() => demo.events.length);
  }

  async events() {
    return this.page.evaluate((mark) => demo.events.slice(mark), this.mark);
  }

  /** The events of calls, in order, without those of tracks. */
  async callEvents() {
    return (await this.events()).filter(({ event }) => !BESIDE.has(event) && !AVAILABLE.has(event));
  }

  /** All that somebody notices who does not know that there is a server. */
  async noticed() {
    const others = ['onConnectionStateChanged', 'onDeviceUpdated', ...MEASURED];
    return (await this.events()).filter(({ event }) => !others.includes(event));
  }

  async trackEvents() {
    return (await this.events()).filter(({ event }) => AVAILABLE.has(event));
  }

  /** Waits for an event since `startEvents` whose payload has these fields. */
  async gets(event, fields = {}) {
    const match = ([mark, name, wanted]) => demo.events.slice(mark).find((entry) => entry.event === name
      && Object.entries(wanted).every(([key, value]) => entry.payload?.[key] === value));
    try {
      const handle = await this.page.waitForFunction(match, [this.mark, event, fields], WAIT);
      return (await handle.jsonValue()).payload;
    } catch (error) {
      const seen = (await this.events()).map((entry) => `${entry.event} ${JSON.stringify(entry.payload)}`).join('\n  ');
      throw new Error(`${this.name} did not get ${event} ${JSON.stringify(fields)}; got\n  ${seen}`, { cause: error });
    }
  }

  stats() { return this.page.evaluate(() => probe.stats()); }

  async decodesFrames() {
    await this.until('decodes video frames', async () => (await probe.stats()).framesDecoded > 0);
  }

  async hears() {
    await this.until('hears a sound', async () => probe.audible() && (await probe.stats()).audioEnergy > 0);
  }

  /** The picture of `peer` is not black and moves. */
  async sees(peer, video = `#remote-${peer} video`) {
    await this.until(`sees ${peer}`, (selector) => {
      const points = probe.pixels(selector);
      return points && points.reduce((sum, value) => sum + value, 0) / points.length > 12;
    }, video);
    const first = await this.page.waitForFunction((selector) => probe.pixels(selector), video, WAIT);
    await this.until(`sees ${peer} move`, ([selector, before]) => {
      const now = probe.pixels(selector);
      return now && now.some((value, i) => Math.abs(value - before[i]) > 8);
    }, [video, await first.jsonValue()]);
  }

  async seesNot(peer) {
    await this.until(`no longer sees ${peer}`, (selector) => {
      const video = document.querySelector(selector);
      if (!video || !video.checkVisibility({ visibilityProperty: true })) return true;
      const points = probe.pixels(selector);
      return !points || Math.max(...points) < 12;
    }, `#remote-${peer} video`);
  }

  liveTracks(kind) { return this.page.evaluate((which) => probe.liveTracks(which), kind); }

  /** Camera, microphone and connection are given back, and the page is ready for the next call. */
  async hasReleased() {
    await this.until('releases camera and microphone', () => probe.liveTracks() === 0);
    await this.until('closes its peer connections', () => probe.leftConnections() === 0);
    await this.isIdle();
  }

  /** Logged out, nothing at all is left. */
  async logsOut() {
    await this.click('log-out');
    await this.page.waitForSelector('#screen-login:not([hidden])');
    await this.until('closes everything', () => probe.openConnections() === 0 && probe.liveTracks() === 0);
  }

  async until(what, condition, argument) {
    try {
      await this.page.waitForFunction(condition, argument, WAIT);
    } catch (error) {
      const state = await this.page.evaluate(async () => ({
        stats: await probe.stats(), audible: probe.audible(), live: probe.liveTracks(), open: probe.openConnections(),
        states: probe.connections.map((c) => `${c.connectionState}/${c.iceConnectionState}/${c.signalingState}`),
        notices: document.getElementById('notices')?.innerText, latest: globalThis.demo?.events.slice(-5),
      })).catch(() => null);
      throw new Error(`${this.name}: not within time: ${what}; ${JSON.stringify(state)}; ${this.problems.join('; ')}`, { cause: error });
    }
  }

  async notice(pattern) {
    const notices = this.page.locator('#notices');
    try {
      await notices.locator('.notice', { hasText: pattern }).first().waitFor();
    } catch (error) {
      throw new Error(`${this.name}: no message like ${pattern}; there is: ${await notices.innerText()}`, { cause: error });
    }
  }

  hasNoProblems() {
    assert.deepEqual(this.problems, [], `${this.name}: errors in the page`);
  }

  async screenshot(name) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled', timeout: 60_000 });
  }
}
