import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './support/browser.mjs';
import { logIn } from './support/person.mjs';
import { startServer } from './support/server.mjs';
import { assertCallEvents, AUDIO, begun, CALLEE, CALLER, ended, notConnected, REASON, received, VIDEO } from './support/expect.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

const open = (name, query) => logIn(browser, server.url, name, { query });
const noResponse = (caller, callee) => ['onUserNoResponse', { userIDList: [callee], sponsor: caller }];

test('nobody answers: both are told after the timeout', async () => {
  const [alice, bob] = await Promise.all([open('alice', { timeout: '2' }), open('bob')]);
  await alice.call('bob', 'video');
  await bob.isRung();
  await Promise.all([alice.gets('onCallingCancel'), bob.gets('onCallingCancel')]);
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  await assertCallEvents(alice, [noResponse('alice', 'bob'), ...notConnected(CALLER, VIDEO, 'bob', REASON.noResponse)]);
  await assertCallEvents(bob, [
    ...received('alice', 'bob', VIDEO), ['onCallingTimeout', { sponsor: 'alice' }], ...notConnected(CALLEE, VIDEO, 'bob', REASON.noResponse),
  ]);
  await alice.notice(/bob did not answer/);
  await bob.notice(/Missed call from alice/);
  for (const person of [alice, bob]) {
    person.hasNoProblems();
    await person.close();
  }
});

test('the callee is in another call, which goes on', async () => {
  const [carol, dave, erin] = await Promise.all([open('carol'), open('dave'), open('erin')]);
  await carol.call('dave', 'audio');
  await dave.isRung();
  await dave.click('accept');
  await Promise.all([carol.gets('onCallBegin'), dave.gets('onCallBegin')]);
  await dave.hears();

  await erin.call('dave', 'video');
  await erin.gets('onCallingCancel');
  await erin.hasReleased();
  await assertCallEvents(erin, [['onUserLineBusy', { userID: 'dave' }], ...notConnected(CALLER, VIDEO, 'dave', REASON.busy)]);
  await erin.notice(/dave is in another call/);

  const before = (await dave.stats()).audioEnergy;
  await dave.until('still hears', async (energy) => (await probe.stats()).audioEnergy > energy, before);
  await carol.click('hang-up');
  await Promise.all([carol.gets('onCallEnd'), dave.gets('onCallEnd')]);
  await assertCallEvents(dave, [
    ...received('carol', 'dave', AUDIO), begun(CALLEE, AUDIO), ['onUserJoin', { userID: 'carol' }],
    ['onUserLeave', { userID: 'carol' }], ended(CALLEE, AUDIO, 'carol', REASON.hangup),
  ]);
  await Promise.all([carol.hasReleased(), dave.hasReleased()]);
  for (const person of [carol, dave, erin]) {
    person.hasNoProblems();
    await person.close();
  }
});

test('a callee who logs in before the timeout is rung and can answer', async () => {
  const frank = await open('frank');
  await frank.call('grace', 'video');
  await frank.until('shows that it is calling', () => /Calling grace/.test(document.getElementById('waiting').innerText));
  const grace = await logInWhileRung('grace');
  assert.match(await grace.text('incoming'), /frank/);
  await grace.click('accept');
  await Promise.all([frank.gets('onCallBegin'), grace.gets('onCallBegin')]);
  await Promise.all([frank.sees('grace'), grace.sees('frank')]);
  await frank.click('hang-up');
  await Promise.all([frank.hasReleased(), grace.hasReleased()]);
  await assertCallEvents(grace, [
    ...received('frank', 'grace', VIDEO), begun(CALLEE, VIDEO), ['onUserJoin', { userID: 'frank' }],
    ['onUserLeave', { userID: 'frank' }], ended(CALLEE, VIDEO, 'frank', REASON.hangup),
  ]);
  for (const person of [frank, grace]) {
    person.hasNoProblems();
    await person.close();
  }
});

async function logInWhileRung(name) {
  const person = await open(name);
  await person.isRung();
  return person;
}

test('a callee who is not logged in does not answer', async () => {
  const heidi = await open('heidi', { timeout: '1' });
  await heidi.call('nobody', 'audio');
  await heidi.gets('onCallingCancel');
  await heidi.hasReleased();
  await assertCallEvents(heidi, [noResponse('heidi', 'nobody'), ...notConnected(CALLER, AUDIO, 'nobody', REASON.noResponse)]);
  await heidi.notice(/nobody did not answer/);
  heidi.hasNoProblems();
  await heidi.close();
});
