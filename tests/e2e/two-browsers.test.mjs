// Chromium and Firefox call each other.
import { after, before, test } from 'node:test';
import { launchBrowser } from './support/browser.mjs';
import { REASON } from './support/expect.mjs';
import { logIn } from './support/person.mjs';
import { startServer } from './support/server.mjs';

let server;
let browsers = [];
let chris;
let fiona;

before(async () => {
  [server, ...browsers] = await Promise.all([startServer(), launchBrowser({ name: 'chromium' }), launchBrowser({ name: 'firefox' })]);
  const [chromium, firefox] = browsers;
  [chris, fiona] = await Promise.all([logIn(chromium, server.url, 'chris'), logIn(firefox, server.url, 'fiona')]);
});

after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server?.remove();
});

async function call(caller, callee) {
  await Promise.all([caller.startEvents(), callee.startEvents()]);
  await caller.call(callee.name, 'video');
  await callee.isRung();
  await callee.click('accept');
  await Promise.all([caller.sees(callee.name), callee.sees(caller.name), caller.hears(), callee.hears()]);
  await caller.engine('closeCamera');
  await callee.gets('onUserVideoAvailable', { userID: caller.name, isVideoAvailable: false });
  await callee.click('hang-up');
  await caller.gets('onCallEnd', { userID: callee.name, reason: REASON.hangup });
  await Promise.all([caller.hasReleased(), callee.hasReleased()]);
}

test('Chromium calls Firefox', () => call(chris, fiona));
test('Firefox calls Chromium', () => call(fiona, chris));
