import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from './support/browser.mjs';
import { breaksDown, credentials, isRestarted } from './support/ice.mjs';
import { logIn } from './support/person.mjs';
import { startServer } from './support/server.mjs';
import { startTurn, turnMissing } from './support/turn.mjs';

const skip = turnMissing() ?? false;
let turn;
let server;
let browser;

before(async () => {
  if (skip) return;
  turn = await startTurn();
  [server, browser] = await Promise.all([startServer(['--turn-url', turn.url, '--turn-secret', turn.secret]), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
  await turn?.stop();
});

test('a call that may only use the TURN relay', { skip }, async () => {
  const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => logIn(browser, server.url, name, { query: { relay: '1' } })));
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice'), alice.hears(), bob.hears()]);
  for (const person of [alice, bob]) {
    assert.deepEqual((await person.stats()).pairs, [{ local: 'relay', remote: 'relay' }], `${person.name}: selected candidate pair`);
  }
  await bob.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
  bob.hasNoProblems();
});

/** The TURN server that the connection of the call is to use from its next ICE restart on. */
const turnOf = (person) => person.page.evaluate(() => {
  const connection = probe.connections.find((one) => one.signalingState !== 'closed' && one.remoteDescription);
  return connection.getConfiguration().iceServers.find(({ username }) => username);
});

/** Whether the TURN server takes these credentials. */
const isTaken = (person, iceServer) => person.page.evaluate(async (server) => {
  const connection = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: 'relay' });
  connection.createDataChannel('probe');
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete') await new Promise((resolve) => { setTimeout(resolve, 100); });
  const { sdp } = connection.localDescription;
  connection.close();
  return sdp.includes(' typ relay');
}, iceServer);

test('TURN credentials that expire in mid-call are renewed', { skip }, async () => {
  // Seconds; the least that the server takes.
  const flags = ['--turn-url', turn.url, '--turn-secret', turn.secret, '--turn-life', '10'];
  const ofShortLife = await startServer(flags);
  const people = await Promise.all(['alice', 'bob'].map((name) => logIn(browser, ofShortLife.url, name, { query: { relay: '1' } })));
  const [alice, bob] = people;
  try {
    await alice.call('bob', 'video');
    await bob.isRung();
    await bob.click('accept');
    await Promise.all([alice.sees('bob'), bob.sees('alice')]);
    const first = await turnOf(alice);
    await sleep(Math.max(0, Number(first.username.split(':')[0]) * 1000 - Date.now()));
    await alice.page.waitForFunction((old) => probe.connections.some((one) => one.signalingState !== 'closed'
      && one.getConfiguration().iceServers.some(({ username }) => username && username !== old)), first.username);
    assert.equal(await isTaken(alice, await turnOf(alice)), true, 'the new ones are good');
    const before = await credentials(alice);
    await breaksDown(alice);
    await isRestarted(alice, before);
    await Promise.all([alice.sees('bob'), bob.sees('alice')]);
    assert.deepEqual((await alice.stats()).pairs, [{ local: 'relay', remote: 'relay' }]);
    while (await isTaken(alice, first)) await sleep(500);
  } finally {
    await Promise.all(people.map((person) => person.close()));
    await ofShortLife.remove();
  }
});
