// Many people, each with a bare page and an engine: group calls without the demo around them.
import { fileURLToPath } from 'node:url';

const PROBE = fileURLToPath(new URL('./probe.js', import.meta.url));
const WAIT = { timeout: 60_000, polling: 250 };

/** People who are logged in; with `video` everybody's camera opens when a call begins; `init` runs first in each page. */
export async function openCrowd(browser, base, names, options = {}) {
  const profile = await browser.newContext({ permissions: ['camera', 'microphone'] });
  await profile.addInitScript({ path: PROBE });
  if (options.init) await profile.addInitScript(options.init);
  const members = await Promise.all(names.map((name) => openMember(profile, base, name, options)));
  return new Crowd(profile, base, members, options);
}

async function openMember(profile, base, name, { video = false } = {}) {
  const page = await profile.newPage();
  await page.goto(`${base}/healthz`);
  await page.evaluate(enter, [base, name, video]);
  return new Member(name, page);
}

class Crowd {
  constructor(profile, base, members, options) {
    Object.assign(this, { profile, base, members, options });
  }

  close() { return this.profile.close(); }

  member(name) { return this.members.find((member) => member.name === name); }

  async add(name) {
    this.members.push(await openMember(this.profile, this.base, name, this.options));
    return this.member(name);
  }

  /** The first one calls all the others, and all accept. */
  async meet() {
    const [first, ...others] = this.members;
    const userIDList = others.map(({ name }) => name);
    const call = await first.engine('groupCall', { userIDList, type: this.options.video ? 2 : 1, groupID: 'crowd' });
    await Promise.all(others.map((member) => member.accepts()));
    return call;
  }

  /** Everybody receives a sound, or a picture, of everybody else: kind is 'hears' or 'sees'. */
  async all(kind) {
    await Promise.all(this.members.map((member) => member.receives(kind, this.members.length - 1)));
  }
}

class Member {
  constructor(name, page) {
    Object.assign(this, { name, page });
  }

  engine(method, ...args) {
    return this.page.evaluate(async ([name, list]) => (await member.engine[name](...list)) ?? null, [method, args]);
  }

  async accepts() {
    await this.gets('onCallReceived');
    await this.engine('accept');
    await this.gets('onCallBegin');
  }

  async receives(kind, count) {
    const enough = async ([what, wanted]) => (await member.media())[what] === wanted;
    try {
      await this.page.waitForFunction(enough, [kind, count], WAIT);
    } catch (error) {
      const media = await this.page.evaluate(() => member.media());
      throw new Error(`${this.name} ${kind} not ${count}: ${JSON.stringify(media)}`, { cause: error });
    }
  }

  async gets(event, fields = {}) {
    const match = ([wanted, values]) => member.events.some((entry) => entry.event === wanted
      && Object.entries(values).every(([key, value]) => entry.payload?.[key] === value));
    try {
      await this.page.waitForFunction(match, [event, fields], WAIT);
    } catch (error) {
      throw new Error(`${this.name} did not get ${event} ${JSON.stringify(fields)}: ${JSON.stringify(await this.events())}`, { cause: error });
    }
  }

  async until(what, condition, argument) {
    try {
      await this.page.waitForFunction(condition, argument, WAIT);
    } catch (error) {
      throw new Error(`${this.name}: not within time: ${what}`, { cause: error });
    }
  }

  events(event) {
    return this.page.evaluate((wanted) => member.events.filter((entry) => !wanted || entry.event === wanted), event);
  }

  /** So that the test itself holds nothing of past calls. */
  forgetEverything() {
    return this.page.evaluate(() => {
      member.events.length = 0;
      probe.connections = probe.connections.filter((one) => one.signalingState !== 'closed');
      probe.tracks = probe.tracks.filter((one) => one.readyState === 'live');
      probe.players.clear();
    });
  }

  forgetEvents() {
    return this.page.evaluate(() => { member.events.length = 0; });
  }
}

/** In the page. */
async function enter([base, userID, video]) {
  const { TUICallEngine, TUICallEvent } = await import(`${base}/pkg/index.js`);
  await TUICallEngine.ready();
  const { SDKAppID, userSig } = await (await fetch(`${base}/dev/usersig?userID=${userID}`)).json();
  const engine = TUICallEngine.createInstance({ SDKAppID, serverUrl: base });
  const events = [];
  for (const event of new Set(Object.values(TUICallEvent))) {
    engine.on(event, (payload) => events.push({ event, payload }));
  }
  if (video) engine.on(TUICallEvent.ON_CALL_BEGIN, () => engine.openCamera());
  const media = async () => {
    const sum = { hears: 0, sees: 0 };
    for (const connection of probe.connections) {
      if (connection.signalingState === 'closed') continue;
      for (const row of (await connection.getStats()).values()) {
        if (row.type === 'inbound-rtp' && row.kind === 'audio' && row.totalAudioEnergy > 0) sum.hears += 1;
        if (row.type === 'inbound-rtp' && row.kind === 'video' && row.framesDecoded > 0) sum.sees += 1;
      }
    }
    return sum;
  };
  globalThis.member = { engine, events, media };
  await engine.login({ userID, userSig });
}
