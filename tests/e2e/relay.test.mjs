import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './support/browser.mjs';
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
