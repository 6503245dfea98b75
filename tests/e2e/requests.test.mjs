// How often a person is asked for devices, and how often the browser opens them.
import { after, before, test as run } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser, onlyInChromium } from './support/browser.mjs';
import { openCrowd } from './support/crowd.mjs';
import { startServer } from './support/server.mjs';

// Browsers without this or that device, and refusals, are made by flags.
const test = (name, body) => run(name, { skip: onlyInChromium }, body);

let server;
const opened = [];

before(async () => { server = await startServer(); });

after(async () => {
  await Promise.all(opened.map((browser) => browser.close()));
  await server?.remove();
});

async function crowd(options = {}) {
  const browser = await launchBrowser({ name: 'chromium', ...options });
  opened.push(browser);
  return openCrowd(browser, server.url, ['ann', 'ben']);
}

/** As applications do: the camera is opened, and not waited for. */
const withCamera = ({ page }, method, ...args) => page.evaluate(([name, list]) => {
  member.engine.openCamera().catch((error) => { globalThis.refused = error.code; });
  return member.engine[name](...list);
}, [method, args]);

const requests = ({ page }) => page.evaluate(() => probe.requests);

test('microphone and camera that are wanted in one breath are one request', async () => {
  const pair = await crowd();
  const [ann, ben] = pair.members;
  await withCamera(ann, 'calls', { userIDList: ['ben'], type: 2 });
  await ben.gets('onCallReceived');
  await withCamera(ben, 'accept');
  await pair.all('sees');
  await pair.all('hears');
  assert.deepEqual(await requests(ben), ['audio and video']);
  await ben.engine('closeCamera');
  await ben.engine('openCamera');
  assert.deepEqual(await requests(ben), ['audio and video', 'video'], 'the microphone stays as it is');
});

test('without a camera the microphone of the same breath is had', async () => {
  const pair = await crowd({ devices: 'device-count=0' });
  const [ann, ben] = pair.members;
  await ann.engine('calls', { userIDList: ['ben'], type: 1 });
  await ben.gets('onCallReceived');
  await withCamera(ben, 'accept');
  await pair.all('hears');
  assert.equal(await ben.page.evaluate(() => globalThis.refused), 60004);
});
