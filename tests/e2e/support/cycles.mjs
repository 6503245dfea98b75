// Everything that people do in calls, again and again in the same pages, and what is left of it there.
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from './browser.mjs';
import { openCrowd } from './crowd.mjs';
import { openLeftovers, watchTimers } from './leftovers.mjs';
import { startServer } from './server.mjs';
import { SHARING, openShared } from './shared-page.mjs';

/** Until code is compiled, caches are full and the browser has what it makes once. */
const WARM_UP = 3;
/** Milliseconds in which a browser lets go of what is no longer used. */
const SETTLING = 30_000;

/**
 * Plays so many cycles; `tell` gets a line now and then.
 * @returns for each person: kinds of which at least one a cycle is left, with both numbers, and the heap's growth in bytes a cycle
 */
export async function playCycles(cycles, tell = () => {}) {
  const [server, browser] = await Promise.all([startServer(), launchBrowser({ ...SHARING, devices: 'device-count=2' })]);
  try {
    const crowd = await openCrowd(browser, server.url, ['ann', 'ben', 'cat'], { video: true, init: watchTimers });
    await openShared(crowd.profile, server.url);
    const leftovers = await Promise.all(crowd.members.map(({ page }) => openLeftovers(page)));
    for (let i = 0; i < WARM_UP; i += 1) await cycle(crowd);
    await sleep(1000);
    const before = await Promise.all(crowd.members.map((member, i) => most(member, leftovers[i])));
    for (let i = 1; i <= cycles; i += 1) {
      await cycle(crowd);
      if (i % 20 === 0) tell(`${i} of ${cycles} cycles`);
    }
    const after = await Promise.all(crowd.members.map((member, i) => settled(member, leftovers[i], before[i].counts, cycles)));
    return crowd.members.map(({ name }, i) => ({
      name, more: more(before[i].counts, after[i].counts, cycles), heap: (after[i].heap - before[i].heap) / cycles, counts: after[i].counts,
    }));
  } finally {
    await browser.close();
    await server.remove();
  }
}

/** A video call of two with other devices, and a group call that one person joins late and another one shows a screen. */
async function cycle(crowd) {
  const [ann, ben, cat] = crowd.members;
  await ann.engine('calls', { userIDList: ['ben'], type: 2 });
  await ben.accepts();
  await Promise.all([ann.receives('sees', 1), ben.receives('hears', 1)]);
  for (const type of ['video', 'audio']) await changeDevice(ann, type);
  await ann.engine('hangup');
  await ben.gets('onCallEnd');

  const { callId } = await ann.engine('groupCall', { userIDList: ['ben'], type: 2, groupID: 'crowd' });
  await ben.accepts();
  await cat.engine('join', { callId });
  await Promise.all([ann.receives('sees', 2), ben.receives('sees', 2), cat.receives('sees', 2)]);
  await ann.engine('startScreenSharing');
  await Promise.all([ben, cat].map((member) => member.receives('sees', 3)));
  await ann.engine('stopScreenSharing');
  await cat.gets('onUserScreenAvailable', { userID: 'ann', isScreenAvailable: false });
  // The last one is not left alone in it.
  for (const member of [ann, ben]) await member.engine('hangup');
  await Promise.all(crowd.members.map((member) => member.gets('onCallEnd')));
  await Promise.all(crowd.members.map((member) => member.forgetEverything()));
}

async function changeDevice(member, type) {
  await member.page.evaluate(async (kind) => {
    const devices = await member.engine.getDeviceList(kind);
    globalThis.turn = ((globalThis.turn ?? 0) + 1) % devices.length;
    await member.engine.switchDevice({ deviceType: kind, deviceId: devices[turn].deviceId });
  }, type);
}

async function count(member, leftovers) {
  await member.forgetEverything();
  return leftovers.count();
}

/** The most of each kind within a while: a browser lets go of things when it likes. */
async function most(member, leftovers) {
  const all = [];
  for (let i = 0; i < 4; i += 1) {
    all.push(await count(member, leftovers));
    await sleep(500);
  }
  const kinds = Object.keys(all[0].counts);
  const counts = Object.fromEntries(kinds.map((kind) => [kind, Math.max(...all.map((one) => one.counts[kind]))]));
  return { counts, heap: all.at(-1).heap };
}

async function settled(member, leftovers, before, cycles) {
  const end = Date.now() + SETTLING;
  for (;;) {
    const now = await count(member, leftovers);
    if (Object.keys(more(before, now.counts, cycles)).length === 0 || Date.now() > end) return now;
    await sleep(500);
  }
}

/** What is left behind each time is more by one a cycle at least; less than that, the browser has not let go of yet. */
function more(before, after, cycles) {
  const grown = Object.keys(before).filter((kind) => after[kind] - before[kind] >= cycles);
  return Object.fromEntries(grown.map((kind) => [kind, [before[kind], after[kind]]]));
}
