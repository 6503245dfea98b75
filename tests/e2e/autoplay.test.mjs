import { after, before, test as run } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { logIn, openDemo } from './support/person.mjs';
import { startServer } from './support/server.mjs';

const test = (name, body) => run(name, { skip: onlyInChromium }, body);

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser({ autoplay: 'user-gesture-required' })]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

/** Every script that Playwright runs in a page counts as a gesture; this one does not. */
async function untouched(person) {
  const session = await person.profile.newCDPSession(person.page);
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: false });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  const until = async (expression) => {
    for (let i = 0; i < 150; i += 1) {
      if (await run(expression)) return;
      await sleep(100);
    }
    throw new Error(`${person.name}: not within time: ${expression}; events: ${await run('JSON.stringify(demo.events)')}`);
  };
  return { run, until };
}

const REFUSES = `(async () => {
  const audio = new Audio();
  audio.srcObject = new AudioContext().createMediaStreamDestination().stream;
  return audio.play().then(() => false, (error) => error.name === 'NotAllowedError');
})()`;

test('sound that the browser refuses is told, and plays after a gesture', async (t) => {
  const bob = await openDemo(browser, server.url, 'bob', { query: { user: 'bob' } });
  const page = await untouched(bob);
  await page.until('document.body.dataset.screen === "home"');
  if (!(await page.run(REFUSES))) {
    t.skip('this Chromium plays sound without a gesture, whatever its policy');
    return;
  }
  const alice = await logIn(browser, server.url, 'alice');
  await alice.call('bob', 'audio');
  await page.until('document.getElementById("incoming").open');
  await page.run('document.getElementById("accept").click()');
  await page.until('demo.events.some(({ event, payload }) => event === "onAutoplayFailed" && payload.userID === "alice")');
  await page.until('!document.getElementById("unblock").hidden');
  assert.equal(await page.run('probe.audible()'), false, 'silent before the gesture');

  assert.equal(await bob.text('unblock'), 'Tap to hear alice');
  await bob.screenshot('tap-to-hear');
  await bob.click('unblock');
  await bob.hears();
  await bob.page.waitForSelector('#unblock', { state: 'hidden' });
  await alice.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
  bob.hasNoProblems();
});
