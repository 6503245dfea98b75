// Two people on hosts of their own, in a video call by a server and a TURN server on a third one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../../e2e/support/browser.mjs';
import { logIn } from '../../e2e/support/person.mjs';
import { startServer } from '../../e2e/support/server.mjs';
import { startTurn } from '../../e2e/support/turn.mjs';
import { judge } from './flow.mjs';
import { openLab } from './lab.mjs';

const PORT = 8480;
const TURN_PORT = 3478;
const FLOW = readFileSync(new URL('./flow.js', import.meta.url), 'utf8');
const DELAY = fileURLToPath(new URL('./delay.mjs', import.meta.url));
const NAMES = ['alice', 'bob'];
/** A call that has not recovered by then never will. */
const LONGEST_WAIT = 90_000;

/** @param {{relays?: boolean}} options relays: whether there is a TURN server */
export async function openMeeting(options = {}) {
  const meeting = new Meeting();
  try {
    await meeting.open(options);
  } catch (error) {
    await meeting.close();
    throw error;
  }
  return meeting;
}

class Meeting {
  async open({ relays = true }) {
    this.lab = await openLab(NAMES);
    const { lab } = this;
    const inside = lab.inside('server');
    if (relays) this.turn = await startTurn({ address: lab.server, port: TURN_PORT, inside });
    const flags = this.turn ? ['--turn-url', this.turn.url, '--turn-secret', this.turn.secret] : [];
    this.server = await startServer(flags, { listen: `${lab.server}:${PORT}`, inside });
    // Cameras are for pages of https or of this host.
    const args = [`--unsafely-treat-insecure-origin-as-secure=${this.server.url}`];
    this.browsers = await Promise.all(NAMES.map((name) => launchBrowser({ name: 'chromium', args, program: lab.browserOf(name) })));
  }

  async close() {
    await Promise.all((this.browsers ?? []).map((browser) => browser.close()));
    await this.server?.remove();
    await this.turn?.stop();
    await this.ended();
    await this.lab?.close();
  }

  /** alice calls bob with pictures; resolves with the time of accepting when the call has begun. */
  async begin({ query = {} } = {}) {
    const options = { query, init: FLOW };
    this.people = await Promise.all(this.browsers.map((browser, i) => logIn(browser, this.server.url, NAMES[i], options)));
    const [alice, bob] = this.people;
    await alice.call('bob', 'video');
    await bob.isRung();
    await bob.click('accept');
    const accepted = Date.now();
    await Promise.all(this.people.map((person) => person.gets('onCallBegin')));
    return accepted;
  }

  /** The same; resolves when both see and hear, with the milliseconds that it took from accepting. */
  async call({ query = {} } = {}) {
    const accepted = await this.begin({ query });
    await this.until('media both ways', async () => (await this.judged(accepted)).every(({ steady }) => steady), accepted);
    await Promise.all(this.people.map((person) => person.startEvents()));
    return Math.max(...(await this.judged(accepted)).map(({ recovery }) => recovery));
  }

  /** Waits until media flow both ways for good after `since`. What each person went through. */
  async recovery(since) {
    await this.until('recovered', async () => (await this.judged(since)).every(({ steady }) => steady), since);
    return this.judged(since);
  }

  /** Nobody's call has ended, and both still see and hear. */
  async goesOn() {
    for (const person of this.people) {
      const ends = (await person.callEvents()).filter(({ event }) => event === 'onCallEnd');
      if (ends.length > 0) throw new Error(`${person.name}'s call has ended: ${JSON.stringify(ends)}`);
    }
  }

  /** Delays signaling and media by so many milliseconds a passage; media go by the TURN server alone. */
  async delay(time) {
    const [program, ...words] = [...this.lab.inside('server'), process.execPath, DELAY, this.lab.server, String(time)];
    const passages = [['tcp', PORT, PORT + 1], ['udp', TURN_PORT, TURN_PORT + 1]];
    const args = passages.map(([protocol, to, from]) => `${protocol}:${from}:${to}`);
    this.delayer = spawn(program, [...words, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(this.delayer.stdout, 'data');
    await this.lab.divert(passages.map(([protocol, from, to]) => ({ protocol, from, to })));
    await this.separate();
  }

  /** They reach the server's host only. */
  separate() { return this.lab.separate(NAMES); }

  /** The call is over for the test, and the network a good one again. */
  async ended() {
    await Promise.all((this.people ?? []).map((person) => person.close()));
    this.people = [];
    if (!this.lab) return;
    for (const name of NAMES) await this.lab.harm(name).catch(() => {});
    await this.lab.separate([]).catch(() => {});
    if (!this.delayer) return;
    this.delayer.kill('SIGKILL');
    this.delayer = undefined;
    await this.lab.divert([]);
  }

  async judged(since) {
    const samples = await Promise.all(this.people.map((person) => person.page.evaluate((from) => (
      flow.samples.filter(({ at }) => at >= from)), since)));
    return samples.map((list) => judge(list, since));
  }

  async until(what, condition, since) {
    while (!await condition()) {
      await this.goesOn();
      if (Date.now() - since > LONGEST_WAIT) {
        throw new Error(`not within ${LONGEST_WAIT} ms: ${what}: ${JSON.stringify(await this.judged(since))}`);
      }
      await sleep(250);
    }
  }
}
