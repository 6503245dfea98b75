// Two people, logged in to one server from one browser for all tests of a file; each test finds them ready for a call.

import { after, before, beforeEach } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { logIn } from './person.mjs';
import { startServer } from './server.mjs';

export let server;
export let browser;
export let alice;
export let bob;

before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  [alice, bob] = await Promise.all([logIn(browser, server.url, 'alice'), logIn(browser, server.url, 'bob')]);
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

beforeEach(async () => {
  [alice, bob] = await Promise.all([alice.ready(browser, server.url), bob.ready(browser, server.url)]);
});
