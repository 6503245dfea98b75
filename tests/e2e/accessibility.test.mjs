// Every screen of the demo under axe-core, in light and dark, and what the keyboard does with the dialogs.
import { after, before, test as run } from 'node:test';
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { logIn, openDemo } from './support/person.mjs';
import { startServer } from './support/server.mjs';

const test = (name, body) => run(name, { skip: onlyInChromium }, body);

/** Everything that axe-core knows of WCAG 2.2 A and AA, and its best practices. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser({ devices: 'fps=5' })]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

async function isAccessible(person, what) {
  await person.page.evaluate(axe.source);
  // Colours are judged where they have come to rest.
  await person.page.evaluate(() => Promise.all(document.getAnimations().filter(({ effect }) => (
    Number.isFinite(effect.getComputedTiming().endTime))).map((animation) => animation.finished.catch(() => {}))));
  const { violations, passes } = await person.page.evaluate((values) => axe.run({ runOnly: { type: 'tag', values } }), RULES);
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
  assert.deepEqual(found, [], `${person.name}: ${what}`);
  assert.ok(passes.length > 15, `${what}: ${passes.length} rules had something to check`);
}

for (const colorScheme of ['light', 'dark']) {
  test(`every screen is accessible, ${colorScheme}`, async () => {
    const context = { colorScheme };
    const alice = await openDemo(browser, server.url, `alice-${colorScheme}`, { context });
    await isAccessible(alice, 'login');
    await alice.click('login-button');
    await isAccessible(alice, 'login with a mistake');
    await alice.logIn();
    await isAccessible(alice, 'home');
    for (const sheet of ['join', 'profile']) {
      await alice.click(`${sheet}-open`);
      await isAccessible(alice, sheet);
      await alice.page.keyboard.press('Escape');
    }
    await alice.click('precheck-open');
    await alice.until('has checked everything', () => document.querySelectorAll('#precheck-list [data-outcome]').length === 5);
    await isAccessible(alice, 'the check of devices and network');
    await alice.page.keyboard.press('Escape');
    const [bob, carol] = await Promise.all(['bob', 'carol'].map((name) => logIn(browser, server.url, `${name}-${colorScheme}`, { context })));

    await alice.call(bob.name, 'video');
    await bob.isRung();
    await isAccessible(bob, 'incoming');
    await isAccessible(alice, 'outgoing');
    await bob.click('accept');
    await Promise.all([alice.sees(bob.name), bob.sees(alice.name)]);
    await bob.click('toggle-microphone');
    await alice.until('shows who is muted', () => !document.querySelector('.tile-muted').hidden);
    await isAccessible(alice, 'a call of two');
    await bob.click('toggle-screen');
    await alice.sees(bob.name, `#screen-${bob.name} video`);
    await isAccessible(alice, 'a shared screen');
    await isAccessible(bob, 'sharing a screen');
    await bob.click('toggle-screen');
    await alice.until('shows no screen any more', () => !document.querySelector('.tile.shared'));
    await alice.click('settings-open');
    await alice.page.waitForSelector('#settings[open]');
    await isAccessible(alice, 'devices');
    await alice.click('figures-toggle');
    await alice.until('shows figures', () => document.querySelector('#figures tbody tr'));
    await isAccessible(alice, 'the figures of a call');
    await alice.click('settings-open');
    await alice.click('figures-toggle');

    await alice.click('invite-open');
    await isAccessible(alice, 'inviting');
    await alice.page.fill('#invitee', carol.name);
    await alice.page.keyboard.press('Enter');
    await carol.isRung();
    await isAccessible(alice, 'somebody rings');
    await carol.click('accept');
    await carol.sees(alice.name);
    await isAccessible(carol, 'a call of three');
    await carol.click('log-toggle');
    await isAccessible(carol, 'the event log');
    await carol.click('hang-up');
    await carol.hasReleased();
    await isAccessible(carol, 'home with a recent call');
    await bob.click('hang-up');
    await alice.hasReleased();
    await isAccessible(alice, 'home with a message');
    await Promise.all([alice, bob, carol].map((person) => person.close()));
  });
}

test('dialogs take the focus and give it back', async () => {
  const [dave, erin] = await Promise.all(['dave', 'erin'].map((name) => logIn(browser, server.url, name)));
  const focus = () => dave.page.evaluate(() => document.activeElement.id);
  await dave.page.focus('#join-open');
  await dave.page.keyboard.press('Enter');
  assert.equal(await focus(), 'join-id');
  await dave.page.keyboard.press('Escape');
  assert.equal(await focus(), 'join-open');

  await dave.call('erin', 'video');
  await erin.isRung();
  await erin.click('accept');
  await dave.sees('erin');
  await dave.page.focus('#invite-open');
  await dave.page.keyboard.press('Enter');
  assert.equal(await focus(), 'invitee');
  await dave.page.keyboard.type('vm');
  assert.equal(await dave.liveTracks('video'), 1, 'what is typed into a dialog is no shortcut');
  await dave.page.keyboard.press('Escape');
  assert.equal(await focus(), 'invite-open');
  await dave.page.keyboard.press('v');
  await dave.until('turned the camera off', () => probe.liveTracks('video') === 0);
  await erin.click('hang-up');
  await Promise.all([dave.hasReleased(), erin.hasReleased()]);
  await Promise.all([dave.close(), erin.close()]);
});
