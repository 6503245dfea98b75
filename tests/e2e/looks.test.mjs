import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { logIn, openDemo, PHONE } from './support/person.mjs';
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

/** Nothing sticks out sideways, and every control is on the screen and big enough for a finger. */
async function fits(person, what) {
  const found = await person.page.evaluate(() => {
    const visible = [...document.querySelectorAll('button')].filter((button) => button.checkVisibility({ visibilityProperty: true }));
    const shown = document.querySelector('dialog[open]') ?? document.querySelector('.screen:not([hidden])');
    const wrong = visible.map((button) => [button, button.getBoundingClientRect()]).filter(([button, box]) => (
      box.left < 0 || box.right > innerWidth || box.height < 32 || box.width < 32
      || (shown.contains(button) && button.closest('.controls, dialog') && (box.top < 0 || box.bottom > innerHeight))));
    return { wide: document.documentElement.scrollWidth > innerWidth, wrong: wrong.map(([button, box]) => `${button.id || button.outerHTML.slice(0, 120)} ${JSON.stringify(box)}`) };
  });
  assert.deepEqual(found, { wide: false, wrong: [] }, `${person.name}: ${what}`);
  await person.screenshot(what);
}

async function unnamed(person) {
  return person.page.evaluate(() => [...document.querySelectorAll('button, input')].filter((field) => (
    field.checkVisibility() && !field.textContent.trim() && !field.getAttribute('aria-label') && !field.labels?.length)).map((field) => field.outerHTML));
}

test('a video call on a desktop and on a phone', async () => {
  const alice = await openDemo(browser, server.url, 'alice');
  await fits(alice, 'login');
  await alice.logIn();
  const bob = await openDemo(browser, server.url, 'bob', { context: PHONE });
  await fits(bob, 'login-phone');
  await bob.logIn();
  await Promise.all([fits(alice, 'idle'), fits(bob, 'idle-phone')]);
  assert.deepEqual(await unnamed(alice), []);

  await alice.call('bob', 'video');
  await bob.isRung();
  await alice.until('shows itself', () => probe.pixels('#local video')?.some((value) => value > 20));
  await fits(alice, 'outgoing');
  await fits(bob, 'incoming-phone');
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
  for (const person of [alice, bob]) {
    assert.ok(await person.page.evaluate(() => {
      const box = document.getElementById('self').getBoundingClientRect();
      return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).closest('#self') !== null;
    }), `${person.name}: the own picture lies on the other one`);
  }
  await fits(alice, 'in-call');
  await fits(bob, 'in-call-phone');

  await alice.click('log-toggle');
  await alice.click('toggle-microphone');
  await alice.click('toggle-camera');
  await bob.seesNot('alice');
  await fits(alice, 'in-call-log');
  await fits(bob, 'camera-off-phone');
  await bob.click('log-toggle');
  await fits(bob, 'log-phone');
  await bob.click('log-close');
  await bob.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  await fits(alice, 'ended');
  await fits(bob, 'ended-phone');
});

const onlyThere = onlyInChromium && 'Firefox’s driver sets no colour scheme';

test('dark mode, by the system’s preference', { skip: onlyThere }, async () => {
  const [carol, dave] = await Promise.all([
    logIn(browser, server.url, 'carol', { context: { colorScheme: 'dark' } }),
    logIn(browser, server.url, 'dave', { context: { ...PHONE, colorScheme: 'dark' } }),
  ]);
  const background = await carol.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.ok(background.match(/\d+/g).slice(0, 3).every((value) => Number(value) < 60), `dark background: ${background}`);
  await Promise.all([fits(carol, 'idle-dark'), fits(dave, 'idle-dark-phone')]);
  await dave.call('carol', 'audio');
  await carol.isRung();
  await fits(carol, 'incoming-dark');
  await carol.click('accept');
  await Promise.all([carol.hears(), dave.hears()]);
  await fits(carol, 'voice-call');
  await fits(dave, 'voice-call-phone');
  await dave.click('hang-up');
  await carol.hasReleased();
});

test('the keyboard is enough', async () => {
  const [erin, frank] = await Promise.all([openDemo(browser, server.url, 'erin'), logIn(browser, server.url, 'frank')]);
  await erin.page.keyboard.type('erin');
  await erin.page.keyboard.press('Enter');
  await erin.isIdle();
  await erin.until('is asked whom to call', () => document.activeElement?.id === 'callee');
  await erin.page.keyboard.type('frank');
  await erin.page.keyboard.press('Enter');
  await frank.isRung();

  await frank.page.keyboard.press('Escape');
  await frank.page.keyboard.press('Enter');
  assert.ok(await frank.page.isVisible('#incoming[open]'), 'neither Escape nor Enter answers or hides a call by accident');
  for (const id of ['decline', 'accept']) {
    await frank.page.keyboard.press('Tab');
    assert.equal(await frank.page.evaluate(() => document.activeElement.id), id);
  }
  await frank.page.keyboard.press('Enter');
  await Promise.all([erin.sees('frank'), frank.sees('erin')]);
  // The other window has the focus by now.
  await erin.page.bringToFront();
  await erin.page.focus('#hang-up');
  await erin.page.keyboard.press('Enter');
  await Promise.all([erin.hasReleased(), frank.hasReleased()]);
});
