// How far two people are connected while the call rings, and what the callee gives away before accepting.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from './support/browser.mjs';
import { logIn, openDemo } from './support/person.mjs';
import { startServer } from './support/server.mjs';
import { startTurn, turnMissing } from './support/turn.mjs';

// Long enough for everything that a browser would gather and connect by itself.
const A_WHILE = 1500;

let browser;

before(async () => {
  browser = await launchBrowser();
});

after(() => browser?.close());

/** alice calls bob, who lets it ring for a while. */
async function ringing(flags, body) {
  const server = await startServer(flags);
  const [alice, bob] = await Promise.all([logIn(browser, server.url, 'alice'), spied(server.url, 'bob')]);
  try {
    await alice.call('bob', 'video');
    await bob.isRung();
    await sleep(A_WHILE);
    await body({ server, alice, bob });
  } finally {
    await Promise.all([alice.close(), bob.close()]);
    await server.remove();
  }
}

/** Keeps what the page says to the server, in the page: not every browser's driver shows it. */
async function spied(url, name) {
  const person = await openDemo(browser, url, name, { init: keepWhatIsSaid });
  await person.logIn();
  return person;
}

/** In the page. */
function keepWhatIsSaid() {
  globalThis.said = [];
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function kept(text) {
    said.push(JSON.parse(text).body);
    return send.call(this, text);
  };
}

const signals = (person) => person.page.evaluate(() => said.flatMap((body) => (body.signal ? [body.signal.signal] : [])));
const candidates = async (person) => (await signals(person)).flatMap(({ candidate }) => (candidate ? [candidate.candidate] : []));
const answers = async (person) => (await signals(person)).filter(({ description }) => description?.kind === 'answer');

const connectionState = (person) => person.page.evaluate(() => (
  probe.connections.find((one) => one.signalingState !== 'closed' && one.remoteDescription)?.connectionState ?? 'none'));

/** Packets of sound or pictures that the person's connections have sent or received. */
const packets = (person) => person.page.evaluate(async () => {
  let sum = 0;
  for (const connection of probe.connections.filter((one) => one.signalingState !== 'closed')) {
    for (const row of (await connection.getStats()).values()) {
      if (row.type === 'outbound-rtp') sum += row.packetsSent ?? 0;
      if (row.type === 'inbound-rtp') sum += row.packetsReceived ?? 0;
    }
  }
  return sum;
});

async function givesNothing(bob) {
  assert.equal(await bob.liveTracks(), 0, 'nothing is captured before it is accepted');
  assert.equal(await packets(bob), 0, 'nothing is sent or received before it is accepted');
}

async function accepted(alice, bob) {
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice'), alice.hears(), bob.hears()]);
}

test('off: no connection is made', () => ringing(['--connect-while-ringing', 'off'], async ({ alice, bob }) => {
  assert.equal(await connectionState(bob), 'none');
  assert.deepEqual(await signals(bob), []);
  await givesNothing(bob);
  await accepted(alice, bob);
}));

test('prepare: no candidate and no answer of the callee leaves', () => ringing(['--connect-while-ringing', 'prepare'], async ({ alice, bob }) => {
  assert.equal(await connectionState(bob), 'new', 'the offer is applied');
  assert.deepEqual(await signals(bob), []);
  await givesNothing(bob);
  await accepted(alice, bob);
  assert.ok((await candidates(bob)).length > 0);
}));

test('always: connected before it is accepted, and silent', () => ringing(['--connect-while-ringing', 'always'], async ({ alice, bob }) => {
  assert.deepEqual([await connectionState(alice), await connectionState(bob)], ['connected', 'connected']);
  await givesNothing(bob);
  const answered = (await answers(bob)).length;
  await accepted(alice, bob);
  const sdps = new Set((await answers(bob)).map(({ description }) => description.sdp));
  assert.equal(sdps.size, answered, 'accepting it negotiates nothing');
}));

test('relay: connected by the relay alone until it is accepted', { skip: turnMissing() ?? false }, async () => {
  const turn = await startTurn();
  try {
    const flags = ['--connect-while-ringing', 'relay', '--turn-url', turn.url, '--turn-secret', turn.secret];
    await ringing(flags, async ({ alice, bob }) => {
      await bob.until('is connected', () => probe.connections.some((one) => one.connectionState === 'connected'));
      const paths = [await alice.stats(), await bob.stats()].map(({ pairs }) => pairs);
      assert.deepEqual(paths, [[{ local: 'relay', remote: 'relay' }], [{ local: 'relay', remote: 'relay' }]]);
      assert.ok((await candidates(bob)).length > 0);
      assert.deepEqual((await candidates(bob)).filter((text) => !text.includes(' typ relay')), []);
      assert.ok((await answers(bob)).every(({ description }) => !/a=candidate.* typ (host|srflx|prflx)/.test(description.sdp)));
      await givesNothing(bob);
      await accepted(alice, bob);
      await bob.until('has a straight way', async () => (await probe.stats()).pairs.some(({ local }) => local !== 'relay'));
    });
  } finally {
    await turn.stop();
  }
});

test('two devices ring, and the second one takes it', async () => {
  const server = await startServer(['--multi-device']);
  const [alice, phone] = await Promise.all([logIn(browser, server.url, 'alice'), spied(server.url, 'bob')]);
  const computer = await spied(server.url, 'bob');
  try {
    await alice.call('bob', 'video');
    await Promise.all([phone.isRung(), computer.isRung()]);
    await sleep(A_WHILE);
    assert.deepEqual([...await signals(phone), ...await signals(computer)], [], 'neither gives anything away');
    await accepted(alice, computer);
    await phone.gets('onCallNotConnected', { reason: 7 });
    await phone.hasReleased();
  } finally {
    await Promise.all([alice, phone, computer].map((person) => person.close()));
    await server.remove();
  }
});

test('a device that logs in while it rings takes the call from the one that is connected', async () => {
  const server = await startServer(['--multi-device']);
  const [alice, phone] = await Promise.all([logIn(browser, server.url, 'alice'), logIn(browser, server.url, 'bob')]);
  await alice.call('bob', 'video');
  await phone.isRung();
  await phone.until('is connected', () => probe.connections.some((one) => one.connectionState === 'connected'));
  const computer = await openDemo(browser, server.url, 'bob');
  try {
    await computer.page.fill('#login-name', 'bob');
    await computer.page.click('#login-button');
    await computer.isRung();
    await accepted(alice, computer);
    await phone.gets('onCallNotConnected', { reason: 7 });
    await phone.hasReleased();
  } finally {
    await Promise.all([alice, phone, computer].map((person) => person.close()));
    await server.remove();
  }
});
