// What the browser tells of the network makes a call look after its connections before they suffer.
import { after, before, test } from 'node:test';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { credentials, isRestarted } from './support/ice.mjs';
import { logIn } from './support/person.mjs';
import { startServer } from './support/server.mjs';

let server;
let browser;
let alice;
let bob;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  [alice, bob] = await Promise.all([logIn(browser, server.url, 'alice'), logIn(browser, server.url, 'bob')]);
  await alice.call('bob', 'video');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

async function restartsBy(hint) {
  const before = await credentials(alice);
  await alice.page.evaluate(hint);
  await isRestarted(alice, before);
  await Promise.all([alice.sees('bob'), bob.sees('alice')]);
}

test('the network is there again', () => restartsBy(() => dispatchEvent(new Event('online'))));

// The machine's network is what it is: only its kind is made up.
test('the network is of another kind', { skip: onlyInChromium && 'only Chromium has navigator.connection' }, () => restartsBy(() => {
  Object.defineProperty(navigator.connection, 'type', { value: 'cellular', configurable: true });
  navigator.connection.dispatchEvent(new Event('change'));
}));
