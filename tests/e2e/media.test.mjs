import { test } from 'node:test';
import assert from 'node:assert/strict';
import { alice, bob } from './support/alice-and-bob.mjs';

const mine = (view) => `#${view} video`;

async function end() {
  await alice.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
  bob.hasNoProblems();
}

async function showsItself(person, view) {
  await person.until(`shows its own picture in ${view}`, (selector) => {
    const points = probe.pixels(selector);
    return points && points.reduce((sum, value) => sum + value, 0) / points.length > 12;
  }, mine(view));
}

test('the camera can be checked while no call is on', async () => {
  await alice.click('preview-toggle');
  await showsItself(alice, 'preview');
  assert.equal(await alice.liveTracks('video'), 1);
  assert.equal(await alice.liveTracks('audio'), 0);
  await alice.click('preview-toggle');
  await alice.hasReleased();
  assert.deepEqual(await alice.callEvents(), [], 'a preview is no event of a call');
  alice.hasNoProblems();
});

test('the preview while it rings goes live when the call begins, not before', async () => {
  await alice.call('bob', 'video');
  await bob.isRung();
  await showsItself(alice, 'local');
  assert.deepEqual(await bob.trackEvents(), []);
  assert.equal(await bob.liveTracks(), 0, 'nothing is captured before the callee accepts');

  await bob.click('accept');
  await bob.gets('onUserVideoAvailable', { userID: 'alice', isVideoAvailable: true });
  await Promise.all([bob.sees('alice'), alice.sees('bob')]);
  await showsItself(bob, 'local');
  await end();
});

test('a camera that was checked before a voice call stays off in it', async () => {
  await alice.click('preview-toggle');
  await showsItself(alice, 'preview');
  await alice.call('bob', 'audio');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.gets('onCallBegin'), bob.hears()]);
  assert.equal(await alice.liveTracks('video'), 0);
  await end();
  assert.deepEqual((await bob.trackEvents()).filter(({ payload }) => payload.isVideoAvailable), []);
});

test('mute and camera, off and on again', async () => {
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([bob.sees('alice'), alice.sees('bob'), bob.hears()]);
  await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: true });

  await bob.startEvents();
  await alice.click('toggle-microphone');
  await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: false });
  await bob.until('shows who is muted', () => !document.querySelector('.tile-muted').hidden);
  await isSilent(bob);

  await alice.click('toggle-camera');
  await bob.gets('onUserVideoAvailable', { userID: 'alice', isVideoAvailable: false });
  await bob.seesNot('alice');
  await alice.until('stops the camera', () => probe.liveTracks('video') === 0);
  await alice.sees('bob');

  await bob.startEvents();
  await alice.click('toggle-microphone');
  await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: true });
  await hearsAgain(bob);
  await alice.click('toggle-camera');
  await bob.gets('onUserVideoAvailable', { userID: 'alice', isVideoAvailable: true });
  await bob.sees('alice');
  assert.equal(await alice.liveTracks('video'), 1);
  assert.deepEqual((await bob.trackEvents()).map(({ event, payload }) => [event, payload.userID]),
    [['onUserAudioAvailable', 'alice'], ['onUserVideoAvailable', 'alice']], 'one event for each switch');
  assert.deepEqual((await alice.trackEvents()).filter(({ payload }) => payload.userID === 'alice'), [], 'no event to oneself');
  await end();
});

/** The beep of the fake microphone comes every second; muted, the received sound stays without energy. */
async function isSilent(person) {
  await person.until('hears nothing any more', async () => {
    const { audioEnergy } = await probe.stats();
    await new Promise((resolve) => { setTimeout(resolve, 2500); });
    return (await probe.stats()).audioEnergy - audioEnergy < 1e-4;
  });
}

async function hearsAgain(person) {
  const { audioEnergy } = await person.stats();
  await person.until('hears again', async (energy) => (await probe.stats()).audioEnergy > energy + 1e-3, audioEnergy);
}

test('keys m and v switch microphone and camera', async () => {
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
  await bob.startEvents();
  await alice.page.keyboard.press('m');
  await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: false });
  await alice.page.keyboard.press('v');
  await bob.gets('onUserVideoAvailable', { userID: 'alice', isVideoAvailable: false });
  await end();
});
