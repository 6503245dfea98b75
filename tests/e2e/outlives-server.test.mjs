// A running call does not need the server: what two people do to it goes from page to page, and the server learns it when
// it is back.
import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './support/browser.mjs';
import { REASON } from './support/expect.mjs';
import { agree, breaksDown, credentials, isRestarted } from './support/ice.mjs';
import { logIn } from './support/person.mjs';
import { startServer } from './support/server.mjs';

let server;
let browser;
let alice;
let bob;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

beforeEach(async () => {
  await server.restart();
  await Promise.all([alice?.close(), bob?.close()]);
  [alice, bob] = await Promise.all([logIn(browser, server.url, 'alice'), logIn(browser, server.url, 'bob')]);
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
  await Promise.all([alice, bob].map((person) => person.startEvents()));
});

const bothReconnect = () => Promise.all([alice, bob].map((person) => (
  person.gets('onConnectionStateChanged', { state: 'reconnecting' }))));

const bothAreBack = () => Promise.all([alice, bob].map((person) => (
  person.gets('onConnectionStateChanged', { state: 'connected' }))));

const framesOf = async (person) => (await person.stats()).framesDecoded;

test('mute and camera are told while the server is stopped', async () => {
  await server.stop();
  await bothReconnect();
  await alice.engine('closeMicrophone');
  await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: false });
  await bob.engine('closeCamera');
  await alice.gets('onUserVideoAvailable', { userID: 'bob', isVideoAvailable: false });
  await alice.engine('openMicrophone');
  await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: true });
  await server.restart();
  await bothAreBack();
  assert.deepEqual(await alice.callEvents(), []);
  assert.deepEqual(await bob.callEvents(), []);
});

test('a broken connection is negotiated anew while the server is stopped', async () => {
  const before = await credentials(alice);
  await server.stop();
  await bothReconnect();
  await breaksDown(alice);
  await isRestarted(alice, before);
  await agree(alice, bob);
  const frames = await framesOf(bob);
  await bob.until('goes on seeing alice', async (count) => (await probe.stats()).framesDecoded > count + 10, frames);
});

test('who hangs up is heard at once while the server is stopped, which learns it on return', async () => {
  await server.stop();
  await bothReconnect();
  await alice.click('hang-up');
  const heard = await bob.gets('onCallEnd', { userID: 'alice', reason: REASON.hangup });
  const said = await alice.gets('onCallEnd', { userID: 'alice', reason: REASON.hangup });
  assert.ok(Math.abs(heard.totalTime - said.totalTime) <= 1, 'both tell the same time');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  await server.restart();
  await bothAreBack();
  await Promise.all([alice, bob].map((person) => person.startEvents()));
  await bob.call('alice', 'audio');
  await alice.isRung();
  await alice.click('accept');
  await bob.gets('onCallBegin');
  await bob.click('hang-up');
  await alice.gets('onCallEnd', { userID: 'bob' });
});

test('a server that is killed and started again in mid-call is noticed by nobody', async () => {
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([alice, bob].map((person) => person.startEvents()));
    const frames = await Promise.all([alice, bob].map(framesOf));
    await server.restart();
    await bothAreBack();
    await alice.until('sees more', async (count) => (await probe.stats()).framesDecoded > count + 10, frames[0]);
    await bob.until('sees more', async (count) => (await probe.stats()).framesDecoded > count + 10, frames[1]);
    assert.deepEqual(await alice.noticed(), []);
    assert.deepEqual(await bob.noticed(), []);
  }
  await alice.screenshot('after-server-kills');
  await alice.click('hang-up');
  await bob.gets('onCallEnd', { userID: 'alice', reason: REASON.hangup });
});

test('a page that is loaded anew in mid-call has left it, and its user is free', async () => {
  await alice.page.reload();
  const end = await bob.gets('onCallEnd', { userID: 'alice' });
  assert.ok([REASON.hangup, REASON.offline].includes(end.reason), `reason ${end.reason}`);
  await alice.logIn();
  await alice.startEvents();
  await bob.startEvents();
  await bob.call('alice', 'audio');
  await alice.isRung();
  await alice.click('accept');
  await bob.gets('onCallBegin');
});

test('a tab that is opened in mid-call ends nothing', async () => {
  const tab = await alice.profile.newPage();
  await tab.goto(server.url);
  await tab.fill('#login-name', 'alice');
  await tab.click('#login-button');
  await tab.waitForSelector('#screen-home:not([hidden])');
  const frames = await framesOf(bob);
  await bob.until('goes on seeing alice', async (count) => (await probe.stats()).framesDecoded > count + 10, frames);
  assert.deepEqual(await bob.callEvents(), []);
  assert.deepEqual(await alice.callEvents(), []);
});

test('a duplicated tab is another page', async () => {
  // What a browser does when a tab is duplicated: the new one starts with a copy of the old one's storage.
  const copy = await alice.page.evaluate(() => ({ ...sessionStorage }));
  const tab = await alice.profile.newPage();
  await tab.addInitScript((entries) => {
    for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, copy);
  await tab.goto(server.url);
  await tab.fill('#login-name', 'alice');
  await tab.click('#login-button');
  await tab.waitForSelector('#screen-home:not([hidden])');
  await bob.sees('alice');
  assert.deepEqual(await bob.callEvents(), []);
});
