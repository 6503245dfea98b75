import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { alice, bob, browser, server } from './support/alice-and-bob.mjs';
import { openDemo } from './support/person.mjs';
import { assertFields, VIDEO } from './support/expect.mjs';

const NOT_LOGGED_IN = -1201;
const PARAMETER = -1202;
const STATE = -1203;
const BAD_USER = 101002;

/** Whatever was tried: connected as before, no event, and the next call works. */
afterEach(async () => {
  assert.equal(await alice.text('server-state'), 'Online');
  await Promise.all([alice.startEvents(), bob.startEvents()]);
  await alice.call('bob', 'audio');
  await bob.isRung();
  await bob.click('accept');
  await Promise.all([alice.gets('onCallBegin'), bob.gets('onCallBegin')]);
  await alice.click('hang-up');
  await Promise.all([alice.hasReleased(), bob.hasReleased()]);
  alice.hasNoProblems();
  bob.hasNoProblems();
});

async function refuses(person, code, method, ...args) {
  const what = `${method}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  const answer = await person.engine(method, ...args);
  assert.equal(answer.ok, false, `${what} is refused`);
  assert.equal(answer.code, code, `${what}: ${answer.message}`);
  assert.equal(answer.name, 'TUICallEngineError', what);
  assert.ok(answer.isError && answer.message, `${what}: an Error with a message`);
}

async function nothingHappened() {
  assert.deepEqual(await alice.callEvents(), []);
  assert.deepEqual(await bob.callEvents(), []);
  assert.equal(await alice.liveTracks(), 0);
}

const wrongLists = [undefined, null, 42, 'bob', [], {}, { userIDList: 'bob' }, { userIDList: null, type: VIDEO }, { userIDList: [42], type: VIDEO }, { userIDList: [null], type: VIDEO }];
const wrongValues = [
  { type: undefined }, { type: null }, { type: '2' }, { type: 0 }, { type: 3 }, { type: 1.5 }, { type: {} },
  { timeout: 'soon' }, { timeout: -1 }, { timeout: {} }, { roomID: 'x' }, { roomID: 0 }, { roomID: 2 ** 31 }, { roomID: 1.5 },
  { strRoomID: 7 }, { userData: 7 }, { userData: {} },
];
const badUsers = ['bad name', 'a/b', 'ä', 'x'.repeat(33), '<script>', 'a\nb'];

test('calls: arguments of the wrong type', async () => {
  for (const argument of wrongLists) await refuses(alice, PARAMETER, 'calls', argument);
  for (const value of wrongValues) await refuses(alice, PARAMETER, 'calls', { userIDList: ['bob'], type: VIDEO, ...value });
  await refuses(alice, PARAMETER, 'calls', { userIDList: ['bob'], type: VIDEO, chatGroupID: 5 });
  await nothingHappened();
});

test('calls: users that cannot be called', async () => {
  await refuses(alice, PARAMETER, 'calls', { userIDList: [], type: VIDEO });
  await refuses(alice, PARAMETER, 'calls', { userIDList: [''], type: VIDEO });
  await refuses(alice, PARAMETER, 'calls', { userIDList: ['alice'], type: VIDEO });
  await refuses(alice, PARAMETER, 'calls', { userIDList: ['alice', 'alice'], type: VIDEO });
  for (const userID of badUsers) await refuses(alice, BAD_USER, 'calls', { userIDList: [userID], type: VIDEO });
  await refuses(alice, BAD_USER, 'calls', { userIDList: ['bob', 'bad name'], type: VIDEO });
  await refuses(alice, BAD_USER, 'calls', { userIDList: Array.from({ length: 9 }, (_, i) => `user${i}`), type: VIDEO });
  await nothingHappened();
});

test('call: arguments and users', async () => {
  for (const argument of [undefined, null, 'bob', {}, { userID: 'bob' }, { type: VIDEO }, { userID: 42, type: VIDEO }, { userID: ['bob'], type: VIDEO }]) {
    await refuses(alice, PARAMETER, 'call', argument);
  }
  for (const value of wrongValues) await refuses(alice, PARAMETER, 'call', { userID: 'bob', type: VIDEO, ...value });
  await refuses(alice, PARAMETER, 'call', { userID: '', type: VIDEO });
  await refuses(alice, PARAMETER, 'call', { userID: 'alice', type: VIDEO });
  for (const userID of badUsers) await refuses(alice, BAD_USER, 'call', { userID, type: VIDEO });
  await nothingHappened();
});

test('own id and doubled ids are dropped from the list', async () => {
  for (const userIDList of [['bob', 'bob'], ['alice', 'bob', 'alice', 'bob']]) {
    await Promise.all([alice.startEvents(), bob.startEvents()]);
    const { value } = await alice.engine('calls', { userIDList, type: 1 });
    assertFields(value, { code: 0, message: 'success' }, 'calls() resolves');
    const invitation = await bob.gets('onCallReceived', { callerId: 'alice', isFromGroup: false });
    assert.deepEqual(invitation.calleeIdList, ['bob']);
    assert.equal((await alice.engine('hangup')).ok, true);
    await Promise.all([alice.gets('onCallingCancel'), bob.gets('onCallingCancel')]);
  }
});

test('views: arguments of the wrong type', async () => {
  for (const argument of [42, '', {}, []]) await refuses(alice, PARAMETER, 'openCamera', argument);
  await refuses(alice, PARAMETER, 'openCamera', 'no-such-element');
  for (const argument of [undefined, null, 'bob', {}, { userID: 'bob' }, { userID: 5, videoViewDomID: 'tiles' }, { userID: 'bob', videoViewDomID: 5 }]) {
    await refuses(alice, PARAMETER, 'startRemoteView', argument);
  }
  for (const argument of [undefined, null, 'bob', {}, { userID: 5 }]) await refuses(alice, PARAMETER, 'stopRemoteView', argument);
  await nothingHappened();
});

test('listeners: arguments of the wrong type', async () => {
  for (const args of [[], ['onError'], ['onError', 'text'], ['onError', {}], [42, 'text'], [null, null]]) await refuses(alice, PARAMETER, 'on', ...args);
});

test('login: arguments of the wrong type leave the session alone', async () => {
  for (const argument of [undefined, null, 'alice', {}, { userID: 'alice' }, { userSig: 'x' }, { userID: 7, userSig: 'x' }, { userID: 'alice', userSig: 7 }]) {
    await refuses(alice, PARAMETER, 'login', argument);
  }
});

test('methods that need a call, without one', async () => {
  for (const method of ['accept', 'reject', 'hangup']) await refuses(alice, STATE, method);
  await refuses(alice, STATE, 'startRemoteView', { userID: 'bob', videoViewDomID: 'tiles' });
  await nothingHappened();
});

test('methods that the state of the call forbids', async () => {
  assert.equal((await alice.engine('calls', { userIDList: ['bob'], type: 1 })).ok, true);
  await bob.isRung();
  await refuses(alice, STATE, 'accept');
  await refuses(alice, STATE, 'reject');
  await refuses(alice, STATE, 'calls', { userIDList: ['carol'], type: 1 });
  await refuses(bob, STATE, 'calls', { userIDList: ['carol'], type: 1 });

  await bob.click('accept');
  await Promise.all([alice.gets('onCallBegin'), bob.gets('onCallBegin')]);
  for (const person of [alice, bob]) {
    for (const method of ['accept', 'reject']) await refuses(person, STATE, method);
    await refuses(person, STATE, 'call', { userID: 'carol', type: 1 });
  }
  await alice.hears();
  assert.equal((await alice.engine('hangup')).ok, true);
  await bob.gets('onCallEnd');
  await refuses(alice, STATE, 'hangup');
});

test('an engine that is not logged in, and logins that the server refuses', async () => {
  const page = await openDemo(browser, server.url, 'carol');
  const codes = await page.page.evaluate(async () => {
    const { TUICallEngine } = await import('/pkg/index.js');
    const ticket = async (userID) => (await fetch(`/dev/usersig?userID=${userID}`)).json();
    const code = async (action) => {
      try {
        await action();
        return 'ok';
      } catch (error) {
        return error.code;
      }
    };
    const { SDKAppID, userSig } = await ticket('carol');
    const { userSig: other } = await ticket('dave');
    const engine = new TUICallEngine({ SDKAppID });
    const result = {
      noApp: await code(() => new TUICallEngine({})),
      textApp: await code(() => TUICallEngine.createInstance({ SDKAppID: String(SDKAppID) })),
      calls: await code(() => engine.calls({ userIDList: ['bob'], type: 1 })),
      accept: await code(() => engine.accept()),
      hangup: await code(() => engine.hangup()),
      logout: await code(() => engine.logout()),
      empty: await code(() => engine.login({ userID: 'carol', userSig: '' })),
      malformed: await code(() => engine.login({ userID: 'carol', userSig: 'not a signature' })),
      otherUser: await code(() => engine.login({ userID: 'carol', userSig: other })),
      badUser: await code(() => engine.login({ userID: 'bad name', userSig })),
      good: await code(() => engine.login({ userID: 'carol', userSig })),
    };
    await engine.destroyInstance();
    return result;
  });
  assert.deepEqual(codes, {
    noApp: PARAMETER, textApp: PARAMETER, calls: NOT_LOGGED_IN, accept: NOT_LOGGED_IN, hangup: NOT_LOGGED_IN, logout: NOT_LOGGED_IN,
    empty: 70002, malformed: 70003, otherUser: 70013, badUser: BAD_USER, good: 'ok',
  });
  page.hasNoProblems();
  await page.close();
});

test('the demo refuses bad names before it calls', async () => {
  for (const [name, pattern] of [['', /enter the name/], ['alice', /That is you/], ['bob, b.d', /Only letters/]]) {
    await alice.call(name, 'video');
    assert.match(await alice.text('callee-error'), pattern);
  }
  await nothingHappened();
  const carol = await openDemo(browser, server.url, 'bad name');
  await carol.page.fill('#login-name', 'bad name');
  await carol.click('login-button');
  assert.match(await carol.text('login-error'), /Only letters/);
  await carol.close();
});
