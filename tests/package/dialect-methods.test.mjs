// What each dialect's methods make of their callers' arguments: the calls that arrive at the one engine, in a real page.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { endOfSuite, installTarball, launchBrowser, modulePage, resultsOf, serve } from './support.mjs';

/** The engine's methods only note their calls; the ones named so far fail. */
const SETTING = `
  import { TUICallEngine as Web, TUICallEngineError } from '/index.js';
  const calls = [];
  const engine = Web.createInstance({ SDKAppID: 7, serverUrl: 'http://localhost:1' });
  const failing = new Set();
  for (const name of ['login', 'logout', 'call', 'calls', 'groupCall', 'accept', 'reject', 'hangup', 'inviteUser', 'join',
    'joinInGroupCall', 'openCamera', 'closeCamera', 'switchCamera', 'openMicrophone', 'closeMicrophone', 'startRemoteView',
    'stopRemoteView', 'switchCallMediaType', 'setVideoRenderParams', 'setVideoQuality', 'setSelfInfo', 'enableMultiDeviceAbility']) {
    engine[name] = async (...args) => {
      calls.push([name, ...args]);
      if (failing.has(name)) throw new TUICallEngineError(-1203, 'no call', name);
      return { code: 0, message: 'success', callId: 'c1' };
    };
  }
  const answers = [];
  const told = (...args) => answers.push(args);
`;

const ACCOUNT = ['login', { userID: 'ann', userSig: 'sig' }];
const params = { timeout: 9, userData: 'u', roomID: 77, strRoomID: undefined, chatGroupID: 'team', offlinePushInfo: undefined };
const plain = (calls) => JSON.parse(JSON.stringify(calls));

describe("the methods of the dialects, by their callers' arguments", () => {
  const scope = endOfSuite();
  let browser;
  let installed;

  before(async () => {
    ({ installed } = await installTarball(scope));
    browser = await launchBrowser(scope);
  });

  async function run(t, imports, script) {
    const page = modulePage(`${imports}${SETTING}
      const run = async () => { ${script} };
      run().then(() => { window.results = JSON.parse(JSON.stringify({ calls, answers })); }, (error) => { window.results = { error: String(error.stack) }; });`);
    const origin = await serve(t, installed, { '/page.html': { body: page } });
    const { calls, answers, error } = await resultsOf(browser, `${origin}/page.html`);
    assert.equal(error, undefined);
    return { calls, answers };
  }

  for (const [entry, name] of [['uniapp', 'TUICallEngine'], ['global-event', 'TUICallingEvent']]) {
    it(`${entry}: an object, and a callback that comes last`, async (t) => {
      const { calls, answers } = await run(t, `import { ${name} as plugin } from '/${entry}.js';`, `
        await plugin.login({ SDKAppID: 7, userID: 'ann', userSig: 'sig' }, told);
        await plugin.call({ userID: 'ben', callMediaType: 1 }, told);
        await plugin.calls({ userIDList: ['ben'], callMediaType: 2,
          callParams: { roomID: 77, timeout: 9, userData: 'u', chatGroupID: 'team' } });
        await plugin.calls({ userIDList: ['ben'], callMediaType: 2, callParams: { roomID: 0 } });
        await plugin.groupCall({ groupID: 'g', userIDList: ['ben', 'cat'], callMediaType: 1 });
        await plugin.joinInGroupCall({ roomID: 5, groupID: 'g', callMediaType: 2 });
        await plugin.join({ callId: 'c1' });
        await plugin.inviteUser({ userIDList: ['dan'] });
        await plugin.openCamera('local', told);
        await plugin.openCamera(told);
        await plugin.switchCamera(1);
        await plugin.startRemoteView({ userID: 'ben', videoViewDomID: 'v' });
        await plugin.setVideoEncoderParams({ resolution: 110, resolutionMode: 0 });
        await plugin.setVideoRenderParams({ userID: 'ben', fillMode: 1, rotation: 2 });
        await plugin.setSelfInfo({ nickName: 'Ann' });
        failing.add('hangup');
        await plugin.hangup(told);
        await plugin.setCallingBell('x.mp3', told);`);
      assert.deepEqual(calls, plain([
        ACCOUNT,
        ['call', { userID: 'ben', type: 1 }],
        ['calls', { userIDList: ['ben'], type: 2, roomID: 77, timeout: 9, userData: 'u', chatGroupID: 'team' }],
        ['calls', { userIDList: ['ben'], type: 2 }],
        ['groupCall', { groupID: 'g', userIDList: ['ben', 'cat'], type: 1 }],
        ['joinInGroupCall', { roomID: 5, groupID: 'g', type: 2 }],
        ['join', { callId: 'c1' }],
        ['inviteUser', { userIDList: ['dan'] }],
        ['openCamera', 'local'],
        ['openCamera'],
        ['switchCamera', 1],
        ['startRemoteView', { userID: 'ben', videoViewDomID: 'v' }],
        ['setVideoQuality', '540p'],
        ['setVideoRenderParams', { userID: 'ben', fillMode: 1, rotation: 2 }],
        ['setSelfInfo', { nickName: 'Ann' }],
        ['hangup'],
      ]));
      const success = { code: 0, msg: 'success' };
      const placed = { ...success, callId: 'c1' };
      assert.deepEqual(answers, [[success], [placed], [placed], [placed], [{ code: -1203, msg: 'no call' }], [success]]);
    });
  }

  it('has volumes measured only while somebody listens', async (t) => {
    const imports = `import { TUICallEngine as plugin } from '/uniapp.js';
      import { TUICallEngine as Flutter, TUICallObserver } from '/observer.js';`;
    const { answers } = await run(t, imports, `
      const listeners = new Map();
      const count = (event, change) => listeners.set(event, (listeners.get(event) ?? 0) + change);
      const { on, off } = engine;
      const heard = new Set();
      engine.on = (event, listener) => { heard.add(listener); count(event, 1); on.call(engine, event, listener); };
      engine.off = (event, listener) => { if (heard.delete(listener)) count(event, -1); off.call(engine, event, listener); };
      const measured = () => told(listeners.get('onUserVoiceVolumeChanged') ?? 0, listeners.get('onUserNetworkQualityChanged') ?? 0);
      const before = () => {};
      plugin.addEventListener('onUserVoiceVolumeChanged', before);
      await plugin.login({ SDKAppID: 7, userID: 'ann', userSig: 'sig' });
      await Flutter.instance.init(7, 'ann', 'sig');
      measured();
      const observer = new TUICallObserver({ onUserNetworkQualityChanged() {} });
      await Flutter.instance.addObserver(observer);
      await Flutter.instance.addObserver(new TUICallObserver({ onCallEnd() {} }));
      measured();
      plugin.removeEventListener('onUserVoiceVolumeChanged', before);
      await Flutter.instance.removeObserver(observer);
      measured();
      told(listeners.get('onCallEnd'));`);
    assert.deepEqual(answers, [[1, 0], [1, 1], [0, 0], [2]]);
  });

  it('observer: positional, and a result whose code is a text', async (t) => {
    const { calls, answers } = await run(t, `import { TUICallEngine } from '/observer.js';`, `
      const flutter = TUICallEngine.instance;
      told(await flutter.init(7, 'ann', 'sig'));
      const params = { roomId: { intRoomId: 77, strRoomId: '' }, timeout: 9, userData: 'u', chatGroupId: 'team' };
      await flutter.call('ben', 1, params);
      await flutter.calls(['ben', 'cat'], 2, params);
      await flutter.groupCall('g', ['ben'], 2, {});
      await flutter.joinInGroupCall({ intRoomId: 0, strRoomId: 'r' }, 'g', 1);
      await flutter.join('c1');
      await flutter.iniviteUser(['dan'], {}, { onSuccess: told });
      failing.add('inviteUser');
      await flutter.inviteUser(['dan'], {}, { onError: told });
      await flutter.ignore();
      await flutter.switchCallMediaType(1);
      await flutter.openCamera(1, 'local');
      await flutter.startRemoteView('ben', 'v');
      await flutter.stopRemoteView('ben');
      await flutter.setVideoEncoderParams({ resolution: 2, resolutionMode: 0 });
      await flutter.setVideoRenderParams('ben', { fillMode: 1, rotation: 3 });
      await flutter.setSelfInfo('Ann', 'a.png');
      await flutter.enableMultiDeviceAbility(true);
      failing.add('hangup');
      told(await flutter.hangup());`);
    assert.deepEqual(calls, plain([
      ACCOUNT,
      ['call', { userID: 'ben', type: 1, ...params }],
      ['calls', { userIDList: ['ben', 'cat'], type: 2, ...params }],
      ['groupCall', { groupID: 'g', userIDList: ['ben'], type: 2 }],
      ['joinInGroupCall', { strRoomID: 'r', groupID: 'g', type: 1 }],
      ['join', { callId: 'c1' }],
      ['inviteUser', { userIDList: ['dan'] }],
      ['inviteUser', { userIDList: ['dan'] }],
      ['reject'],
      ['switchCallMediaType', 1],
      ['openCamera', 'local', false],
      ['startRemoteView', { userID: 'ben', videoViewDomID: 'v' }],
      ['stopRemoteView', { userID: 'ben' }],
      ['setVideoQuality', '720p'],
      ['setVideoRenderParams', { userID: 'ben', objectFit: 'contain', rotation: 3 }],
      ['setSelfInfo', { nickName: 'Ann', avatar: 'a.png' }],
      ['enableMultiDeviceAbility', true],
      ['hangup'],
    ]));
    assert.deepEqual(answers, [
      [{ code: '', message: 'success' }], [['dan']], [-1203, 'no call'], [{ code: '-1203', message: 'no call' }],
    ]);
  });

  it('harmony: an object, voice 0 and video 1, and two callbacks', async (t) => {
    const { calls, answers } = await run(t, `import { TUICallKit } from '/harmony.js';`, `
      const failed = (...args) => told('failed', ...args);
      await TUICallKit.login({ sdkAppId: 7, userId: 'ann', userSig: 'sig' }, told, failed);
      const callParams = { roomId: { intRoomId: 77 }, timeout: 9, userData: 'u', chatGroupId: 'team' };
      await TUICallKit.call({ userId: 'ben', mediaType: 0, callParams });
      await TUICallKit.calls({ userIdList: ['ben', 'cat'], mediaType: 1, callParams });
      await TUICallKit.groupCall({ groupId: 'g', userIdList: ['ben'], mediaType: 1 });
      await TUICallKit.joinInGroupCall({ roomId: { strRoomId: 'r' }, groupId: 'g', mediaType: 0 });
      await TUICallKit.join({ callId: 'c1' });
      await TUICallKit.inviteUser({ userIdList: ['dan'] });
      await TUICallKit.switchCallMediaType(0);
      await TUICallKit.openCamera('local');
      await TUICallKit.startRemoteView({ userId: 'ben', videoViewDomID: 'v' });
      await TUICallKit.setSelfInfo('Ann', 'a.png');
      failing.add('hangup');
      await TUICallKit.hangup(told, failed);
      await TUICallKit.enableMuteMode(true);`);
    assert.deepEqual(calls, plain([
      ACCOUNT,
      ['call', { userID: 'ben', type: 1, ...params }],
      ['calls', { userIDList: ['ben', 'cat'], type: 2, ...params }],
      ['groupCall', { groupID: 'g', userIDList: ['ben'], type: 2 }],
      ['joinInGroupCall', { strRoomID: 'r', groupID: 'g', type: 1 }],
      ['join', { callId: 'c1' }],
      ['inviteUser', { userIDList: ['dan'] }],
      ['switchCallMediaType', 1],
      ['openCamera', 'local'],
      ['startRemoteView', { userID: 'ben', videoViewDomID: 'v' }],
      ['setSelfInfo', { nickName: 'Ann', avatar: 'a.png' }],
      ['hangup'],
    ]));
    assert.deepEqual(answers, [[{ code: 0, message: 'success' }], ['failed', -1203, 'no call']]);
  });
});
