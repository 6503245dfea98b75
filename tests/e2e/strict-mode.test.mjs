// What React's StrictMode does to every component: mount, unmount and mount again in one go.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './support/browser.mjs';
import { openCrowd } from './support/crowd.mjs';
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

/** In the page: `member.engine` is what is left mounted; resolves to what became of each login. */
async function mountTwice([base, userID, unmounts]) {
  const { TUICallEngine, TUICallEvent } = await import(`${base}/pkg/index.js`);
  const { SDKAppID, userSig } = await (await fetch(`${base}/dev/usersig?userID=${userID}`)).json();
  const events = [];
  const logins = [];
  const sockets = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  };
  const mount = () => {
    const engine = TUICallEngine.createInstance({ SDKAppID, serverUrl: base });
    const heard = (payload) => events.push({ event: TUICallEvent.ON_CALL_RECEIVED, payload });
    engine.on(TUICallEvent.ON_CALL_RECEIVED, heard);
    logins.push(engine.login({ userID, userSig }).then(() => 'in', ({ code }) => code));
    globalThis.member = { engine, events, media: member?.media };
    return () => {
      engine.off(TUICallEvent.ON_CALL_RECEIVED, heard);
      engine[unmounts]();
    };
  };
  globalThis.member = undefined;
  const unmount = mount();
  unmount();
  mount();
  const outcomes = await Promise.all(logins);
  const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
  return { outcomes, open };
}

/** Somebody who has mounted twice is rung once, and can talk. */
async function remounted(userID, unmounts) {
  const crowd = await openCrowd(browser, server.url, ['caller']);
  try {
    const page = await crowd.profile.newPage();
    await page.goto(`${server.url}/healthz`);
    const { outcomes, open } = await page.evaluate(mountTwice, [server.url, userID, unmounts]);
    assert.equal(outcomes[1], 'in', `the second login: ${outcomes[1]}`);
    assert.notEqual(outcomes[0], undefined, 'the first login settles as well');
    assert.equal(open, 1, 'one connection to the server');
    await crowd.member('caller').engine('calls', { userIDList: [userID], type: 1 });
    await page.waitForFunction(() => member.events.length > 0);
    await page.evaluate(() => member.engine.accept());
    await crowd.member('caller').gets('onCallBegin');
    await crowd.member('caller').receives('hears', 1);
    assert.equal(await page.evaluate(() => member.events.length), 1, 'it rings once');
    assert.equal(await page.evaluate(() => probe.connections.filter((one) => one.remoteDescription && one.signalingState !== 'closed').length), 1);
  } finally {
    await crowd.close();
  }
}

test('create, log in and destroy, and once more in the same task', () => remounted('destroyed', 'destroyInstance'));

test('log in and out, and in once more in the same task', () => remounted('logged-out', 'logout'));
