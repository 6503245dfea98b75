import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './support/browser.mjs';
import { logIn, openDemo } from './support/person.mjs';
import { startServer } from './support/server.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

const stateIs = (person, text) => person.until(`server state is ${text}`, (wanted) => (
  document.getElementById('server-state').textContent === wanted), text);

test('the server goes away and comes back', async () => {
  const [alice, bob, carol] = await Promise.all([
    logIn(browser, server.url, 'alice'), logIn(browser, server.url, 'bob'), openDemo(browser, server.url, 'carol'),
  ]);
  await server.stop();

  await Promise.all([alice, bob].map((person) => stateIs(person, 'Reconnecting')));
  await alice.gets('onConnectionStateChanged', { state: 'reconnecting' });
  await alice.notice(/The call server does not answer.*tries again by itself/is);
  await alice.screenshot('server-away');

  await alice.call('bob', 'video');
  await alice.until('opens the camera', () => probe.liveTracks('video') === 1);
  await alice.click('hang-up');
  await alice.hasReleased();
  const refused = await alice.engine('calls', { userIDList: ['bob'], type: 1 });
  assert.ok([2805, -1401].includes(refused.code), `a call without a server: ${JSON.stringify(refused)}`);
  assert.equal(await alice.liveTracks(), 0, 'a call that failed keeps no microphone');

  await carol.page.fill('#login-name', 'carol');
  await carol.click('login-button');
  await carol.notice(/The call server does not answer/);

  await server.restart();
  await Promise.all([alice, bob].map((person) => stateIs(person, 'Online')));
  await alice.notice(/Back online/);
  await carol.page.click('.notice button:has-text("Try again")');
  await carol.isIdle();

  await alice.startEvents();
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
  await alice.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  assert.deepEqual((await alice.callEvents()).map(({ event }) => event), ['onUserJoin', 'onUserAccept', 'onCallBegin', 'onCallEnd']);
});
