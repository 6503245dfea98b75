// No more is sent than can be seen: by the size of the group, and by that of the tiles.
import { after, before, test as run } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { openCrowd } from './support/crowd.mjs';
import { startServer } from './support/server.mjs';

const test = (name, body) => run(name, { skip: onlyInChromium }, body);

/** Seconds of one look at what is sent. */
const LOOK = 4;
const DEADLINE = 90;
const TILE = { width: 320, height: 240 };

let server;
let browser;
let noisy;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-noise-'));
  const args = [`--use-file-for-fake-video-capture=${noise(join(folder, 'noise.y4m'))}`];
  [server, browser, noisy] = await Promise.all([startServer(), launchBrowser(), launchBrowser({ args })]);
});

after(async () => {
  await Promise.all([browser?.close(), noisy?.close()]);
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A camera whose picture needs all the bits that there are, at ten pictures a second: few, for a busy machine. */
function noise(path) {
  const frame = () => Buffer.concat([Buffer.from('FRAME\n'), randomBytes(640 * 480 * 1.5)]);
  writeFileSync(path, Buffer.concat([Buffer.from('YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n'), ...Array.from({ length: 10 }, frame)]));
  return path;
}

async function withCrowd(people, { from = browser, ...options }, body) {
  const crowd = await openCrowd(from, server.url, people, { video: true, ...options });
  try {
    await crowd.meet();
    await body(crowd);
  } finally {
    await crowd.close();
  }
}

/** This member shows these in tiles of this size. */
const show = (member, names, size) => member.page.evaluate(async ([list, { width, height }]) => {
  document.body.style.cssText = 'display:flex;flex-wrap:wrap;margin:0';
  await Promise.all(list.map((name) => {
    const container = Object.assign(document.createElement('div'), { id: `tile-${name}` });
    container.style.cssText = `width:${width}px;height:${height}px`;
    document.body.append(container);
    return globalThis.member.engine.startRemoteView({ userID: name, videoViewDomID: container });
  }));
}, [names, size]);

const showAll = (crowd, size) => Promise.all(crowd.members.map((member) => (
  show(member, crowd.members.map(({ name }) => name).filter((name) => name !== member.name), size))));

/** What all members together send of pictures, in kilobits a second, and the pictures a second of each tile. */
async function look(crowd) {
  const read = () => Promise.all(crowd.members.map(({ page }) => page.evaluate(async () => {
    const sum = { at: performance.now(), sent: 0, decoded: {}, sizes: [] };
    for (const [index, connection] of probe.connections.entries()) {
      if (connection.connectionState !== 'connected') continue;
      for (const row of (await connection.getStats()).values()) {
        if (row.kind !== 'video') continue;
        if (row.type === 'outbound-rtp') sum.sent += row.bytesSent;
        if (row.type === 'inbound-rtp' && row.framesDecoded) {
          sum.decoded[index] = row.framesDecoded;
          sum.sizes.push(`${row.frameWidth}x${row.frameHeight}`);
        }
      }
    }
    return sum;
  })));
  const before = await read();
  await new Promise((resolve) => { setTimeout(resolve, LOOK * 1000); });
  const now = await read();
  const perSecond = (i, of) => of / ((now[i].at - before[i].at) / 1000);
  return {
    sent: now.reduce((sum, { sent }, i) => sum + perSecond(i, (sent - before[i].sent) * 8 / 1000), 0),
    rates: now.flatMap(({ decoded }, i) => Object.keys(decoded).map((key) => perSecond(i, decoded[key] - (before[i].decoded[key] ?? 0)))),
    sizes: [...new Set(now.flatMap(({ sizes }) => sizes))],
  };
}

const printed = ({ sent, rates, sizes }) => `${sent.toFixed()} kbit/s in all, pictures of ${sizes.join(', ')}, a second and tile: ${
  rates.map((rate) => rate.toFixed()).join(' ')}`;

/** In the page: whatever the engine wants to limit, everybody is sent the whole picture. */
function withoutAdaptation() {
  const { setParameters } = RTCRtpSender.prototype;
  RTCRtpSender.prototype.setParameters = function whole(parameters) {
    for (const encoding of parameters.encodings) Object.assign(encoding, { active: true, maxBitrate: 900_000, scaleResolutionDownBy: 1, maxFramerate: 30 });
    return setParameters.call(this, parameters);
  };
}

const FOUR = ['ann', 'ben', 'cat', 'dan'];

test('four members send each other no more than their tiles show', (context) => withCrowd(FOUR, {}, async (crowd) => {
  await crowd.all('sees');
  await showAll(crowd, TILE);
  await Promise.all(crowd.members.map((member) => member.until('is sent 240 lines by everybody', async () => {
    const heights = [];
    for (const connection of probe.connections.filter((one) => one.connectionState === 'connected')) {
      for (const row of (await connection.getStats()).values()) {
        if (row.type === 'inbound-rtp' && row.kind === 'video' && row.framesDecoded) heights.push(row.frameHeight);
      }
    }
    return heights.length === 3 && heights.every((height) => height <= 240);
  })));
  context.diagnostic(printed(await look(crowd)));
}));

test('at the default quality one of four sends less than half of what it would send without adaptation', async (context) => {
  const alone = async (options, body) => withCrowd(FOUR, { from: noisy, video: false, ...options }, async (crowd) => {
    const [ann, ...others] = crowd.members;
    await ann.engine('openCamera');
    await Promise.all(others.map((member) => member.receives('sees', 1)));
    await Promise.all(others.map((member) => show(member, ['ann'], TILE)));
    await body(crowd);
  });
  let adapted;
  await alone({}, async (crowd) => {
    await crowd.members[0].until('is asked for 240 lines by everybody', () => (
      probe.connections.filter((one) => one.connectionState === 'connected' && (
        one.getTransceivers()[1].sender.getParameters().encodings[0].scaleResolutionDownBy === 2)).length === 3));
    adapted = await look(crowd);
    context.diagnostic(`adapted: ${printed(adapted)}`);
  });
  await alone({ init: withoutAdaptation }, async (crowd) => {
    const end = Date.now() + DEADLINE * 1000;
    // Browsers begin with little and send more as they see that it arrives.
    let whole = await look(crowd);
    while (whole.sent < 2 * adapted.sent && Date.now() < end) whole = await look(crowd);
    context.diagnostic(`without: ${printed(whole)}`);
    assert.ok(whole.sent >= 2 * adapted.sent, `adapted ${printed(adapted)}; without ${printed(whole)}`);
  });
});

test('a hidden tile is sent nothing, and comes back at once', () => withCrowd(['ann', 'ben'], {}, async (crowd) => {
  const [ann, ben] = crowd.members;
  await crowd.all('sees');
  await showAll(crowd, TILE);
  const sent = () => ann.page.evaluate(async () => {
    let bytes = 0;
    for (const connection of probe.connections.filter((one) => one.connectionState === 'connected')) {
      for (const row of (await connection.getStats()).values()) if (row.type === 'outbound-rtp' && row.kind === 'video') bytes += row.bytesSent;
    }
    return bytes;
  });
  const camera = (active) => ann.until(`sends: ${active}`, (wanted) => probe.connections.some((one) => (
    one.connectionState === 'connected' && one.getTransceivers()[1].sender.getParameters().encodings[0].active === wanted)), active);
  const shown = (display) => ben.page.evaluate((value) => { document.getElementById('tile-ann').style.display = value; }, display);
  const moves = async () => {
    const before = await ben.page.evaluate(() => document.querySelector('#tile-ann video').getVideoPlaybackQuality().totalVideoFrames);
    await ben.until('sees new pictures', (count) => document.querySelector('#tile-ann video').getVideoPlaybackQuality().totalVideoFrames > count, before);
  };
  await camera(true);
  await moves();
  await shown('none');
  await camera(false);
  // What was under way has left by now.
  const before = await sent();
  await ben.until('three seconds of its own clock', (start) => (globalThis.start ??= performance.now() + start) < performance.now(), 3000);
  assert.ok(await sent() - before < 5_000, 'nothing more is sent');
  await shown('block');
  await camera(true);
  await moves();

  await ben.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await camera(false);
  await ben.page.evaluate(() => {
    delete document.visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await camera(true);
  await moves();
}));
