// What people perceive of a call: who speaks, how good the line is, pictures that stand still, ring tones, and the check
// before a call. In the demo, with a real relay.
import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { logIn, openDemo } from './support/person.mjs';
import { startServer } from './support/server.mjs';
import { startTurn, turnMissing } from './support/turn.mjs';

const skip = turnMissing() ?? onlyInChromium;
let turn;
let server;
let browser;
let people;

before(async () => {
  if (skip) return;
  turn = await startTurn();
  [server, browser] = await Promise.all([
    startServer(['--turn-url', turn.url, '--turn-secret', turn.secret]),
    launchBrowser({ devices: 'fps=10' }),
  ]);
  people = await Promise.all(['alice', 'bob'].map((name) => logIn(browser, server.url, name)));
});

after(async () => {
  await browser?.close();
  await server?.remove();
  await turn?.stop();
});

beforeEach(async () => {
  if (!skip) people = await Promise.all(people.map((person) => person.ready(browser, server.url)));
});

async function connect(kind) {
  const [alice, bob] = people;
  await Promise.all(people.map((person) => person.startEvents()));
  await alice.call('bob', kind);
  await bob.isRung();
  await bob.click('accept');
  await Promise.all(people.map((person) => person.gets('onCallBegin')));
}

async function hangUp() {
  await people[0].click('hang-up');
  await Promise.all(people.map((person) => person.hasReleased()));
  people.forEach((person) => person.hasNoProblems());
}

const volumes = (person) => person.page.evaluate(() => demo.events.filter(({ event }) => event === 'onUserVoiceVolumeChanged').length);

test('who speaks is framed, the bars show the quality, and a muted microphone is silent', { skip }, async () => {
  const [alice, bob] = people;
  await connect('audio');
  await bob.click('toggle-microphone');
  await alice.until('shows nobody else than herself to speak', () => document.querySelector('#self[data-speaking]')
    || demo.events.findLast(({ event }) => event === 'onActiveSpeakerChanged')?.payload.userID === 'alice');
  await bob.until('frames alice', () => document.querySelector('.tile[data-user="alice"][data-speaking]'));
  await bob.until('shows the quality', () => document.querySelector('.tile[data-user="alice"] .bars:not([data-quality="0"])'));
  const label = await bob.page.locator('.tile[data-user="alice"] .bars').getAttribute('aria-label');
  assert.match(label, /^Connection: (excellent|good|poor|bad|very bad)$/);
  await bob.until('is silent himself', () => demo.events.findLast(({ event }) => event === 'onUserVoiceVolumeChanged')
    ?.payload.volumeMap.find(({ userId }) => userId === 'bob').audioVolume === 0);
  await hangUp();
  const after = await Promise.all(people.map(volumes));
  await connect('audio');
  await Promise.all(people.map((person, index) => person.until('is told volumes again', (count) => (
    demo.events.filter(({ event }) => event === 'onUserVoiceVolumeChanged').length > count), after[index])));
  await hangUp();
  // Longer than from one look to the next.
  const last = await volumes(alice);
  await alice.page.waitForTimeout(1500);
  assert.equal(await volumes(alice), last, 'outside of calls nothing is measured');
});

test('nobody listens, and nothing is measured', { skip }, async () => {
  const [alice] = people;
  await alice.page.evaluate(() => {
    globalThis.looks = 0;
    const { getStats } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.getStats = function noted(...args) {
      globalThis.looks += 1;
      return getStats.apply(this, args);
    };
    const measured = ['onUserVoiceVolumeChanged', 'onUserNetworkQualityChanged', 'onActiveSpeakerChanged', 'onUserFirstVideoFrame', 'onUserVideoFrozen'];
    for (const event of measured) demo.engine.off(event);
  });
  await connect('audio');
  const looks = await alice.page.evaluate(() => globalThis.looks);
  await alice.page.waitForTimeout(2500);
  assert.equal(await alice.page.evaluate(() => globalThis.looks), looks);
  // Somebody who begins to listen in the middle of a call is told.
  await alice.page.evaluate(() => demo.engine.once('onUserVoiceVolumeChanged', () => { globalThis.heard = true; }));
  await alice.until('is told', () => globalThis.heard);
  await hangUp();
  people[0] = await logIn(browser, server.url, 'alice').then(async (fresh) => { await alice.close(); return fresh; });
});

test('a picture that stands still is told from one that moves, and its figures are read', { skip }, async () => {
  const [alice, bob] = people;
  await connect('video');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
  const first = await alice.gets('onUserFirstVideoFrame', { userID: 'bob' });
  assert.ok(first.width > 0 && first.height > 0, JSON.stringify(first));

  await alice.until('reads figures of both ways', async () => {
    const { members: [member] } = await demo.engine.getStats();
    globalThis.figures = member;
    return member?.sent.video?.bitrate > 0 && member.received.video?.bitrate > 0 && member.received.audio?.bitrate > 0
      && member.received.video.frameRate > 0 && member.sent.video.packetLoss !== undefined;
  });
  const figures = await alice.page.evaluate(() => globalThis.figures);
  assert.equal(figures.userID, 'bob');
  assert.equal(figures.state, 'connected');
  assert.equal(figures.received.audio.codec.toLowerCase(), 'opus');
  assert.match(figures.received.video.codec, /VP8|VP9|H264|AV1/);
  assert.ok(figures.received.video.width >= 160 && figures.received.video.height >= 120, JSON.stringify(figures.received.video));
  assert.ok(figures.sent.video.packetLoss >= 0 && figures.sent.video.packetLoss <= 100);
  assert.ok(['host', 'srflx', 'prflx', 'relay'].includes(figures.localCandidate), figures.localCandidate);
  assert.equal(figures.relayed, [figures.localCandidate, figures.remoteCandidate].includes('relay'));
  assert.equal(typeof figures.roundTripTime, 'number');

  await alice.click('settings-open');
  await alice.click('figures-toggle');
  await alice.until('shows the figures', () => /kbit\/s/.test(document.querySelector('#figures tbody th')?.parentElement.textContent ?? ''));
  await alice.screenshot('figures');
  await alice.click('settings-open');
  await alice.click('figures-toggle');
  assert.equal(await alice.page.locator('#figures table').count(), 0);

  const stall = (on) => bob.page.evaluate((stop) => {
    const senders = probe.connections.filter(({ connectionState }) => connectionState === 'connected').map((one) => one.getTransceivers()[1].sender);
    globalThis.stalled ??= senders.map(({ track }) => track);
    return Promise.all(senders.map((sender, index) => sender.replaceTrack(stop ? null : globalThis.stalled[index])));
  }, on);
  await stall(true);
  await alice.gets('onUserVideoFrozen', { userID: 'bob', isFrozen: true });
  await alice.page.waitForSelector('.tile[data-user="bob"][data-frozen] .tile-frozen:not([hidden])');
  await stall(false);
  await alice.gets('onUserVideoFrozen', { userID: 'bob', isFrozen: false });
  await alice.page.waitForSelector('.tile[data-user="bob"]:not([data-frozen])');
  const told = (await bob.events()).filter(({ event }) => event === 'onUserVideoFrozen' && !event.isFrozen);
  assert.ok(told.every(({ payload }) => payload.userID === 'alice'));
  await hangUp();
});

test('the ring tones sound, and end when the call begins', { skip }, async () => {
  await Promise.all(people.map(({ page }) => page.evaluate(() => {
    globalThis.notes = 0;
    globalThis.sounding = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function noted(...args) {
      globalThis.notes += this.context.state === 'running' ? 1 : 0;
      globalThis.sounding += 1;
      this.addEventListener('ended', () => { globalThis.sounding -= 1; });
      return start.apply(this, args);
    };
  })));
  const [alice, bob] = people;
  await bob.page.mouse.click(5, 5);
  await alice.call('bob', 'audio');
  await bob.isRung();
  await Promise.all(people.map((person) => person.until('plays notes', () => globalThis.notes >= 2)));
  await bob.click('accept');
  await Promise.all(people.map((person) => person.page.waitForSelector('#call-timer:not([hidden])')));
  await Promise.all(people.map((person) => person.until('is silent', () => globalThis.sounding === 0)));
  const notes = await alice.page.evaluate(() => globalThis.notes);
  await alice.page.waitForTimeout(4500);
  assert.equal(await alice.page.evaluate(() => globalThis.notes), notes);
  await hangUp();
});

test('the check before a call: every part is really tried, and nothing stays open', { skip }, async () => {
  const [alice] = people;
  await alice.startEvents();
  await alice.click('precheck-open');
  await alice.until('has all results', () => document.querySelectorAll('#precheck-list [data-outcome]').length === 5);
  const rows = await alice.page.locator('#precheck-list li').evaluateAll((all) => all.map((row) => [row.dataset.check, row.dataset.outcome, row.textContent]));
  for (const [name, outcome, text] of rows) assert.equal(outcome, 'passed', `${name}: ${text}`);
  await alice.until('says so', () => document.getElementById('precheck-state').textContent === 'You can call.');
  await alice.screenshot('check');
  const report = await alice.page.evaluate(async () => {
    const [{ checkCall }, ticket] = await Promise.all([import('/pkg/check.js'), fetch('/dev/usersig?userID=alice').then((answer) => answer.json())]);
    return checkCall({ ...ticket, userID: 'alice', only: ['server', 'turn', 'bandwidth'] });
  });
  const [, relay, bandwidth] = report.results;
  assert.equal(report.ok, true);
  assert.ok(relay.candidates >= 2 && relay.roundTripTime >= 0, JSON.stringify(relay));
  assert.ok(bandwidth.relayed && bandwidth.bitrate > 100, JSON.stringify(bandwidth));
  await alice.until('has closed everything', () => probe.liveTracks() === 0 && probe.leftConnections() === 0);
  assert.deepEqual((await alice.callEvents()).map(({ event }) => event), [], 'the session stays');
  await alice.page.keyboard.press('Escape');
  alice.hasNoProblems();
});

test('the check says what does not work, with a code and what to do', { skip }, async () => {
  const bare = await launchBrowser({ devices: null });
  try {
    const page = await openDemo(bare, server.url, 'carol');
    const check = (options) => page.page.evaluate(async (given) => {
      const [{ checkCall }, ticket] = await Promise.all([import('/pkg/check.js'), fetch('/dev/usersig?userID=carol').then((answer) => answer.json())]);
      const { ok, results } = await checkCall({ ...ticket, userID: 'carol', ...given });
      return { ok, outcomes: Object.fromEntries(results.map(({ name, outcome, code, advice }) => [name, [outcome, code, advice !== '']])) };
    }, options);
    const devices = await check({ only: ['camera', 'microphone'] });
    assert.deepEqual(devices, { ok: false, outcomes: { camera: ['warned', 60004, true], microphone: ['failed', 60003, true] } });
    const away = await check({ only: ['server', 'turn'], serverUrl: 'http://127.0.0.1:9' });
    assert.deepEqual(away.outcomes, { server: ['failed', 2805, true], turn: ['warned', 60102, true] });
    const refused = await check({ only: ['server'], userSig: 'nonsense' });
    assert.equal(refused.outcomes.server[0], 'failed');
    assert.ok(String(refused.outcomes.server[1]).startsWith('7000'), JSON.stringify(refused));
    const [wrong] = [await check({ only: ['turn'], iceServers: [{ urls: turn.url, username: 'nobody', credential: 'wrong' }] })];
    assert.deepEqual(wrong.outcomes.turn, ['failed', 60102, true]);
  } finally {
    await bare.close();
  }
});
