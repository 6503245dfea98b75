import { test } from 'node:test';
import assert from 'node:assert/strict';
import { alice, bob } from './support/alice-and-bob.mjs';
import {
  assertCallEvents, assertFields, assertOneCall, AUDIO, begun, CALLEE, CALLER, ended, notConnected, REASON, received, VIDEO,
} from './support/expect.mjs';

async function bothReleased() {
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
  bob.hasNoProblems();
}

async function connect(kind) {
  await alice.call('bob', kind);
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.gets('onCallBegin'), bob.gets('onCallBegin')]);
}

const joined = (media) => ({
  caller: [['onUserJoin', { userID: 'bob' }], ['onUserAccept', { userID: 'bob' }], begun(CALLER, media)],
  callee: [...received('alice', 'bob', media), begun(CALLEE, media), ['onUserJoin', { userID: 'alice' }]],
});

test('a video call: both see and hear each other, and one hangs up', async () => {
  await alice.call('bob', 'video');
  await bob.isRung();
  assert.match(await bob.text('incoming'), /alice\s+invites you to a video call/);
  assert.match(await alice.text('waiting'), /Calling bob/);
  await bob.click('accept');

  await Promise.all([alice, bob].map(async (person) => {
    await person.gets('onCallBegin');
    await person.decodesFrames();
  }));
  await Promise.all([alice.sees('bob'), bob.sees('alice'), alice.hears(), bob.hears()]);
  await Promise.all([alice, bob].map((person) => person.until('the timer runs', () => {
    const text = document.getElementById('call-timer').textContent;
    return /^\d+:\d\d$/.test(text) && text !== '0:00';
  })));
  await Promise.all([alice, bob].map((person) => person.until('shows the media connection', () => (
    document.getElementById('peer-state').textContent === 'Connected'))));

  await alice.click('hang-up');
  const end = await bob.gets('onCallEnd');
  assert.ok(end.totalTime >= 1, `the timer ran, so the call had a second: ${end.totalTime}`);
  await alice.gets('onCallEnd');
  await bothReleased();

  const told = await assertCallEvents(alice, [...joined(VIDEO).caller, ended(CALLER, VIDEO, 'alice', REASON.hangup)]);
  const heard = await assertCallEvents(bob, [
    ...joined(VIDEO).callee, ['onUserLeave', { userID: 'alice' }], ended(CALLEE, VIDEO, 'alice', REASON.hangup),
  ]);
  assertOneCall(told, heard);
  for (const [person, peer] of [[alice, 'bob'], [bob, 'alice']]) await assertTracksAnnounced(person, peer, ['video', 'audio']);
  await bob.notice(/alice hung up.*You talked for 0:/s);
});

/** AVAILABLE comes after the person's own BEGIN, with the peer's id and a boolean. */
async function assertTracksAnnounced(person, peer, kinds) {
  const events = await person.events();
  const begin = events.findIndex(({ event }) => event === 'onCallBegin');
  const early = events.slice(0, begin).filter(({ event }) => event.endsWith('Available'));
  assert.deepEqual(early, [], `${person.name}: AVAILABLE before BEGIN`);
  const announced = new Set();
  for (const { event, payload } of await person.trackEvents()) {
    const kind = event === 'onUserVideoAvailable' ? 'video' : 'audio';
    const field = kind === 'video' ? 'isVideoAvailable' : 'isAudioAvailable';
    assertFields(payload, { userID: peer, [field]: (value) => typeof value === 'boolean' }, `${person.name}: ${event}`);
    if (payload[field]) announced.add(kind);
  }
  assert.deepEqual([...announced].sort(), [...kinds].sort(), `${person.name}: tracks announced`);
}

test('a voice call opens no camera, and the callee hangs up', async () => {
  await connect('audio');
  await Promise.all([alice.hears(), bob.hears()]);
  assert.equal(await alice.liveTracks('video'), 0);
  assert.equal(await bob.liveTracks('video'), 0);
  assert.equal(await alice.liveTracks('audio'), 1);

  await bob.click('hang-up');
  await Promise.all([alice.gets('onCallEnd'), bob.gets('onCallEnd')]);
  await bothReleased();
  const told = await assertCallEvents(alice, [
    ...joined(AUDIO).caller, ['onUserLeave', { userID: 'bob' }], ended(CALLER, AUDIO, 'bob', REASON.hangup),
  ]);
  const heard = await assertCallEvents(bob, [...joined(AUDIO).callee, ended(CALLEE, AUDIO, 'bob', REASON.hangup)]);
  assertOneCall(told, heard);
  for (const [person, peer] of [[alice, 'bob'], [bob, 'alice']]) await assertTracksAnnounced(person, peer, ['audio']);
  await alice.notice(/bob hung up/);
});

test('logging out leaves nothing open, and the same page can log in again', async () => {
  await alice.logsOut();
  await bob.call('alice', 'audio');
  await alice.logIn();
  await alice.isRung();
  await alice.click('decline');
  await bothReleased();
  assert.deepEqual((await bob.callEvents()).map(({ event }) => event), ['onUserReject', 'onCallNotConnected', 'onCallCancelled', 'onCallingCancel']);
});

test('the callee declines', async () => {
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('decline');
  await Promise.all([alice.gets('onCallingCancel'), bob.gets('onCallingCancel')]);
  await bothReleased();
  const told = await assertCallEvents(alice, [['onUserReject', { userID: 'bob' }], ...notConnected(CALLER, VIDEO, 'bob', REASON.reject)]);
  const heard = await assertCallEvents(bob, [...received('alice', 'bob', VIDEO), ...notConnected(CALLEE, VIDEO, 'bob', REASON.reject)]);
  assertOneCall(told, heard);
  await alice.notice(/bob declined/);
});

test('the caller cancels', async () => {
  await alice.call('bob', 'video');
  await bob.isRung();
  await alice.click('hang-up');
  await Promise.all([alice.gets('onCallingCancel'), bob.gets('onCallingCancel')]);
  await bothReleased();
  const told = await assertCallEvents(alice, notConnected(CALLER, VIDEO, 'alice', REASON.cancelled));
  const heard = await assertCallEvents(bob, [...received('alice', 'bob', VIDEO), ...notConnected(CALLEE, VIDEO, 'alice', REASON.cancelled)]);
  assertOneCall(told, heard);
  assert.equal(await bob.page.locator('#incoming[open]').count(), 0, 'the panel is gone');
  await bob.notice(/Missed call from alice/);
});

test('the caller cancels while the camera is still opening', async () => {
  await alice.page.evaluate(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      await new Promise((resolve) => { globalThis.letCameraOpen = resolve; });
      return open(constraints);
    };
  });
  await alice.call('bob', 'video');
  await bob.isRung();
  await alice.click('hang-up');
  await alice.gets('onCallingCancel');
  await alice.until('asked for the camera', () => 'letCameraOpen' in globalThis);
  await alice.page.evaluate(async () => {
    delete navigator.mediaDevices.getUserMedia;
    globalThis.letCameraOpen();
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  });
  await bothReleased();
});
