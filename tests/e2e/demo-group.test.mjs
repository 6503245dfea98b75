// Group calls in the demo: several people at once, inviting, joining by link, voice and video, devices.
import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './support/browser.mjs';
import { logIn, PHONE } from './support/person.mjs';
import { startServer } from './support/server.mjs';

let server;
let browser;
let people;

before(async () => {
  // Four pictures each on few cores.
  [server, browser] = await Promise.all([startServer(), launchBrowser({ devices: 'fps=5' })]);
  people = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((name) => (
    logIn(browser, server.url, name, name === 'carol' ? { context: PHONE } : {}))));
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

beforeEach(async () => {
  people = await Promise.all(people.map((person) => person.ready(browser, server.url)));
});

const answer = async (person) => {
  await person.isRung();
  await person.click('accept');
};

const isInCall = (person) => person.page.waitForSelector('#call-timer:not([hidden])');

const tiles = (person) => person.page.locator('.tile').evaluateAll((all) => all.map((tile) => tile.dataset.user).sort());

const hasTiles = (person, ...names) => person.until(`has tiles of ${names}`, (wanted) => (
  [...document.querySelectorAll('.tile')].map((tile) => tile.dataset.user).sort().join() === wanted), names.sort().join());

test('a call of three; one more is invited, one declines, one leaves and comes back by the link', async () => {
  const [alice, bob, carol, dave] = people;
  await alice.call('bob, carol', 'video');
  await Promise.all([bob, carol].map((person) => person.isRung()));
  assert.match(await carol.text('incoming'), /alice\s+invites you to a group video call\s+with bob/);
  await carol.screenshot('group-incoming');
  await Promise.all([bob, carol].map(answer));
  await Promise.all([alice.sees('bob'), bob.sees('carol'), carol.sees('alice')]);
  assert.deepEqual(await tiles(alice), ['bob', 'carol']);
  assert.equal(await alice.text('call-peer'), 'bob, carol');
  await alice.screenshot('group-of-three');

  await bob.click('invite-open');
  await bob.page.fill('#invitee', 'bob');
  await bob.click('invite-button');
  assert.match(await bob.text('invitee-error'), /That is you/);
  await bob.page.fill('#invitee', 'dave');
  await bob.screenshot('group-inviting');
  await bob.click('invite-button');
  await dave.isRung();
  await Promise.all([alice, bob, carol].map((person) => person.page.waitForSelector('[data-user="dave"][data-state="ringing"]')));
  await dave.click('decline');
  await Promise.all([alice, bob, carol].map((person) => person.notice(/dave declined/)));
  await Promise.all([hasTiles(alice, 'bob', 'carol'), dave.hasReleased()]);

  await carol.click('hang-up');
  await carol.hasReleased();
  await Promise.all([alice.notice(/carol left/), hasTiles(alice, 'bob'), hasTiles(bob, 'alice')]);
  await alice.page.evaluate(() => { navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }; });
  await alice.click('invite-open');
  await alice.click('copy-link');
  await alice.notice(/Link copied/);
  await carol.click('join-open');
  await carol.page.fill('#join-id', await alice.page.evaluate(() => globalThis.copied));
  await carol.click('join-button');
  await Promise.all([hasTiles(carol, 'alice', 'bob'), carol.sees('alice'), carol.sees('bob'), hasTiles(alice, 'bob', 'carol')]);
  await carol.screenshot('group-joined');
  for (const person of [alice, bob]) await person.click('hang-up');
  await Promise.all(people.map((person) => person.hasReleased()));
  people.forEach((person) => person.hasNoProblems());
});

test('who opens a link to a call is in it after the login', async () => {
  const [alice, bob, carol] = people;
  await alice.call('bob, carol', 'audio');
  await carol.isRung();
  await carol.click('decline');
  await answer(bob);
  await isInCall(alice);
  const { callId } = (await alice.events()).find(({ event }) => event === 'onCallBegin').payload;
  const erin = await logIn(browser, server.url, 'erin', { query: { join: callId, user: 'erin' }, form: false });
  await Promise.all([hasTiles(erin, 'alice', 'bob'), erin.hears(), hasTiles(alice, 'bob', 'erin')]);
  assert.doesNotMatch(await erin.page.evaluate(() => location.search), /join/, 'loading the page again does not join again');
  for (const person of [alice, bob]) await person.click('hang-up');
  await Promise.all([alice, bob, erin].map((person) => person.hasReleased()));
  await erin.close();
});

test('a link to a call that is over says so', async () => {
  const [alice] = people;
  await alice.click('join-open');
  await alice.click('join-button');
  assert.match(await alice.text('join-error'), /link or the id/);
  await alice.page.fill('#join-id', 'c0ffee00c0ffee00c0ffee00c0ffee00');
  await alice.click('join-button');
  await alice.notice(/no such call/i);
});

test('a voice call becomes a video call, and a voice call again', async () => {
  const [alice, bob] = people;
  await alice.call('bob', 'audio');
  await answer(bob);
  await Promise.all([alice.hears(), bob.hears()]);
  assert.equal(await alice.page.isVisible('#toggle-camera'), false);
  await alice.click('settings-open');
  await alice.click('switch-media');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
  await bob.notice(/This is a video call now/);
  await bob.click('settings-open');
  await bob.click('switch-media');
  await Promise.all([alice, bob].map((person) => person.until('has no camera open', () => probe.liveTracks('video') === 0)));
  await alice.notice(/This is a voice call now/);
  await alice.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
});

test('the devices that there are can be chosen in a call', async () => {
  const [alice, bob] = people;
  await alice.call('bob', 'video');
  await answer(bob);
  await bob.sees('alice');
  await alice.click('settings-open');
  await alice.page.waitForSelector('#settings[open] #device-speaker');
  const menus = await alice.page.locator('#device-menus select').evaluateAll((all) => all.map(({ id, options }) => [id, options.length]));
  assert.deepEqual(menus.map(([id]) => id), ['device-camera', 'device-microphones', 'device-speaker']);
  await alice.screenshot('devices');
  const [microphone] = await alice.page.locator('#device-microphones option').evaluateAll((all) => all.slice(-1).map(({ value }) => value));
  await alice.page.selectOption('#device-microphones', microphone);
  await alice.page.keyboard.press('Escape');
  await bob.hears();
  await bob.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
});

test('names and pictures that people give themselves', async () => {
  const [alice, bob] = people;
  await alice.click('profile-open');
  await alice.page.fill('#profile-nick', 'Alice Liddell');
  await alice.page.fill('#profile-avatar', 'a picture');
  await alice.click('profile-button');
  assert.match(await alice.text('profile-error'), /https/);
  await alice.page.fill('#profile-avatar', '');
  await alice.click('profile-button');
  await alice.until('shows the new name', () => document.getElementById('me-name').textContent === 'Alice Liddell');
  await alice.call('bob', 'audio');
  await bob.isRung();
  await bob.until('shows her name', () => document.getElementById('incoming-name').textContent === 'Alice Liddell');
  await bob.click('accept');
  await isInCall(bob);
  assert.equal(await bob.text('call-peer'), 'Alice Liddell');
  await bob.click('hang-up');
  await bob.hasReleased();
  await alice.notice(/bob hung up/);
});

test('it rings: a tone for who is called, another one for who waits', async () => {
  const [alice, bob] = people;
  await alice.call('bob', 'audio');
  await bob.isRung();
  const ringing = (person) => person.page.evaluate(() => document.body.dataset.ringing);
  assert.deepEqual(await Promise.all([ringing(alice), ringing(bob)]), ['waiting', 'called']);
  await bob.click('accept');
  await Promise.all([isInCall(alice), isInCall(bob)]);
  assert.deepEqual(await Promise.all([ringing(alice), ringing(bob)]), [undefined, undefined]);
  await alice.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
});
