import { after, before, beforeEach, test as run } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { logIn, openDemo } from './support/person.mjs';
import { startServer } from './support/server.mjs';

const test = (name, body) => run(name, { skip: onlyInChromium }, body);

/** One browser per kind of machine: with everything, without a camera, without any device. */
let server;
let browsers;
let bob;

before(async () => {
  server = await startServer();
  const kinds = {
    whole: launchBrowser({ prompt: null, args: ['--host-resolver-rules=MAP lan.test 127.0.0.1'] }),
    noCamera: launchBrowser({ devices: 'device-count=0' }),
    noDevice: launchBrowser({ devices: null }),
  };
  browsers = Object.fromEntries(await Promise.all(Object.entries(kinds).map(async ([name, launched]) => [name, await launched])));
  bob = await logIn(browsers.whole, server.url, 'bob');
});

after(async () => {
  await Promise.all(Object.values(browsers ?? {}).map((browser) => browser.close()));
  await server?.remove();
});

beforeEach(async () => {
  bob = await bob.ready(browsers.whole, server.url);
});

async function callBob(person, kind) {
  await Promise.all([person.startEvents(), bob.startEvents()]);
  await person.call('bob', kind);
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([person.gets('onCallBegin'), bob.gets('onCallBegin')]);
}

async function finish(person) {
  await person.click('hang-up');
  await Promise.all([person.hasReleased(), bob.hasReleased()]);
  person.hasNoProblems();
  bob.hasNoProblems();
  await person.close();
}

test('without a camera a video call is not placed, and the same call by voice is one click away', async () => {
  const alice = await logIn(browsers.noCamera, server.url, 'alice');
  await Promise.all([alice.startEvents(), bob.startEvents()]);
  await alice.call('bob', 'video');
  await alice.notice(/No camera found.*Connect a camera/is);
  await alice.hasReleased();
  await alice.screenshot('no-camera');
  assert.deepEqual(await bob.callEvents(), []);

  await alice.page.click('.notice >> text=Call by voice');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.hears(), bob.hears()]);
  await finish(alice);
});

test('without a camera a video call can be accepted', async () => {
  const alice = await logIn(browsers.noCamera, server.url, 'alice');
  await Promise.all([alice.startEvents(), bob.startEvents()]);
  await bob.call('alice', 'video');
  await alice.isRung();
  await alice.click('accept');
  await Promise.all([alice.gets('onCallBegin'), bob.gets('onCallBegin')]);
  await alice.notice(/No camera found/);
  assert.match(await alice.text('self-note'), /camera is off/);
  await Promise.all([alice.hears(), bob.hears(), alice.sees('bob')]);
  await alice.screenshot('accepted-without-camera');
  await finish(alice);
});

test('without a camera a voice call says nothing about one', async () => {
  const alice = await logIn(browsers.noCamera, server.url, 'alice');
  await callBob(alice, 'audio');
  await Promise.all([alice.hears(), bob.hears()]);
  assert.doesNotMatch(await alice.text('notices'), /camera/i);
  await finish(alice);
});

test('a blocked camera: the call goes on, and the person is told where to allow it', async () => {
  const alice = await logIn(browsers.whole, server.url, 'alice', { permissions: ['microphone'] });
  await callBob(alice, 'video');
  await alice.notice(/The camera is blocked.*site settings/is);
  await alice.screenshot('camera-blocked');
  await Promise.all([alice.hears(), bob.hears(), alice.sees('bob')]);
  await alice.profile.grantPermissions(['microphone', 'camera']);
  await alice.click('toggle-camera');
  await bob.sees('alice');
  await finish(alice);
});

/** Whether the engine refuses the call or begins it without a voice, the person is told, and nothing stays open. */
async function isToldAboutMicrophone(person, pattern, picture) {
  await Promise.all([person.startEvents(), bob.startEvents()]);
  await person.call('bob', 'audio');
  const answer = bob.isRung().then(() => bob.click('accept')).catch(() => {});
  await person.notice(pattern);
  await person.screenshot(picture);
  const goesOn = await person.page.isVisible('#hang-up');
  if (goesOn) {
    await answer;
    await person.gets('onCallBegin');
    await person.click('hang-up');
  }
  await Promise.all([person.hasReleased(), bob.hasReleased()]);
  person.hasNoProblems();
  await person.close();
}

test('no microphone', async () => {
  const alice = await logIn(browsers.noDevice, server.url, 'alice');
  await isToldAboutMicrophone(alice, /No microphone found.*Connect a microphone/is, 'no-microphone');
});

test('accepting without a microphone says why, and the call can still be declined', async () => {
  const alice = await logIn(browsers.noDevice, server.url, 'alice');
  await Promise.all([alice.startEvents(), bob.startEvents()]);
  await bob.call('alice', 'audio');
  await alice.isRung();
  await alice.click('accept');
  await alice.until('is told', () => /No microphone found/.test(document.getElementById('incoming-error').innerText));
  await alice.screenshot('accept-without-microphone');
  await alice.click('decline');
  await bob.gets('onUserReject', { userID: 'alice' });
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
  bob.hasNoProblems();
  await alice.close();
});

test('a blocked microphone', async () => {
  const alice = await logIn(browsers.whole, server.url, 'alice', { permissions: ['camera'] });
  await isToldAboutMicrophone(alice, /The microphone is blocked.*site settings/is, 'microphone-blocked');
});

test('a page that is not secure says how to make it so', async () => {
  const url = server.url.replace('127.0.0.1', 'lan.test');
  const alice = await openDemo(browsers.whole, url, 'alice', { permissions: [] });
  await alice.notice(/not secure.*--dev-tls/is);
  await alice.screenshot('insecure-page');
  await alice.logIn();
  await isToldAboutMicrophone(alice, /not secure.*--dev-tls/is, 'insecure-call');
});

test('a browser without WebRTC is told to be replaced', async () => {
  const alice = await openDemo(browsers.whole, server.url, 'alice', { init: () => { delete globalThis.RTCPeerConnection; } });
  await alice.notice(/cannot make calls.*current Chrome/is);
  await alice.screenshot('unsupported');
  await alice.close();
});

test('a camera preview that fails says why', async () => {
  const alice = await logIn(browsers.noCamera, server.url, 'alice');
  await alice.click('preview-toggle');
  await alice.notice(/No camera found/);
  assert.equal(await alice.text('preview-toggle'), 'Check camera');
  alice.hasNoProblems();
  await alice.close();
});
