import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { assertProbe, endOfSuite, installTarball, launchBrowser, modulePage, PAGE_TOOLS, resultsOf, serve } from './support.mjs';

describe('the packed package in a browser', () => {
  const scope = endOfSuite();
  let browser;
  let installed;

  before(async () => {
    ({ installed } = await installTarball(scope));
    browser = await launchBrowser(scope);
  });

  const open = async (t, body, { headers, script } = {}) => {
    const origin = await serve(t, installed, { '/page.html': { body, headers } });
    return { origin, results: await resultsOf(browser, `${origin}/page.html`, { before: script }) };
  };
  const openModule = (t, script, options) =>
    open(t, modulePage(`import * as api from '/index.js';${PAGE_TOOLS}${script}`), options);

  it('works as a module without any bundler', async (t) => {
    const { results } = await openModule(t, 'window.results = await probe(api);');
    assertProbe(assert, results);
  });

  it('has what kits ask for before a login, and says what it does not offer', async (t) => {
    const { results } = await openModule(
      t,
      `const engine = api.TUICallEngine.createInstance({ SDKAppID: 1400000001 });
       const cloud = engine.getTRTCCloudInstance();
       cloud.on('onRecvCustomCmdMsg', () => {}, cloud);
       cloud.off('onRecvCustomCmdMsg', () => {}, cloud);
       cloud.muteAllRemoteAudio(true);
       await cloud.callExperimentalAPI('{}');
       engine.reportLog({});
       await engine.enableAIVoice(true);
       await engine.callExperimentalAPI('{"api":"nothing known"}');
       const code = (work) => work.then(() => 0, (error) => [error.code, error.functionName]);
       window.results = {
         same: engine.trtcCloud === cloud,
         permission: engine.getDevicePermission(),
         status: engine.getCallStatus(),
         text: engine.extractCallingInfoFromMessage({}),
         off: await Promise.all([
           code(engine.setBlurBackground(0)), code(engine.setVirtualBackground('')), code(engine.setBeautyLevel({ beautyLevel: 0 })),
         ]),
         on: await Promise.all([
           code(engine.setBlurBackground(3)), code(engine.setVirtualBackground('a.png')), code(engine.setBeautyLevel({ beautyLevel: 1 })),
         ]),
         devices: await code(engine.getDeviceList('camera')),
       };`,
    );
    assert.deepEqual(results, {
      same: true,
      permission: { audio: false, video: false },
      status: 'idle',
      text: '',
      off: [0, 0, 0],
      on: [
        [60006, 'setBlurBackground'],
        [60006, 'setVirtualBackground'],
        [60006, 'setBeautyLevel'],
      ],
      devices: [-1201, 'getDeviceList'],
    });
  });

  for (const [name, head] of [
    ['that names no charset', ''],
    ['in latin1', '<meta charset="latin1">'],
    ['in Shift_JIS', '<meta charset="shift_jis">'],
  ]) {
    it(`works by a plain script tag in a page ${name}`, async (t) => {
      const { results } = await open(
        t,
        `<!doctype html><html><head>${head}</head><body><script src="/index.global.js"></script><script>${PAGE_TOOLS}
          probe(TUICall).then((results) => { window.results = { ...results, charset: document.characterSet }; });
        </script></body></html>`,
      );
      assertProbe(assert, results);
      assert.notEqual(results.charset, 'UTF-8');
    });
  }

  it('loads its wasm from a file in the slim build', async (t) => {
    const { results } = await open(
      t,
      modulePage(`import * as api from '/slim.js';${PAGE_TOOLS}
        window.OwnError = api.TUICallEngineError;
        const early = await outcome(() => api.TUICallEngine.createInstance({ SDKAppID: 1400000001 }));
        const missing = await outcome(() => api.TUICallEngine.ready('/nowhere.wasm'));
        await api.TUICallEngine.ready();
        window.results = { early, missing, ...await probe(api) };`),
    );
    assert.equal(results.early.code, -1);
    assert.match(results.early.message, /ready\(\)/);
    assert.equal(results.missing.code, -1);
    assert.match(results.missing.message, /404/);
    assertProbe(assert, results);
  });

  for (const [name, source] of [
    ['a URL', `'/engine_bg.wasm'`],
    ['a response', `fetch('/engine_bg.wasm')`],
    ['bytes', `await (await fetch('/engine_bg.wasm')).arrayBuffer()`],
    ['a module', `await WebAssembly.compileStreaming(fetch('/engine_bg.wasm'))`],
  ]) {
    it(`takes ${name} in the slim build`, async (t) => {
      const script = `import * as api from '/slim.js';${PAGE_TOOLS}
        await api.TUICallEngine.ready(${source});
        window.results = await probe(api);`;
      assertProbe(assert, (await open(t, modulePage(script))).results);
    });
  }

  describe('under a Content-Security-Policy', () => {
    const withPolicy = (t, policy) =>
      openModule(t, `window.OwnError = api.TUICallEngineError;
        const wait = (ms) => new Promise((done) => setTimeout(done, ms));
        const first = await outcome(() => void api.TUICallEngine.createInstance({ SDKAppID: 1400000001 }));
        const ready = await outcome(() => api.TUICallEngine.ready());
        const once = await new Promise((done) => api.TUICallEngine.once('ready', () => done('called')));
        window.results = { first, ready, once, probe: await outcome(() => probe(api)) };`, {
        headers: { 'Content-Security-Policy': `script-src 'self' 'unsafe-inline'${policy}` },
      });

    it('imports, and says 60006 where wasm is refused', async (t) => {
      const { results } = await withPolicy(t, '');
      for (const refused of [results.first, results.ready, results.probe]) {
        assert.equal(refused.code, 60006, JSON.stringify(refused));
        assert.equal(refused.own, true);
        assert.match(refused.message, /wasm-unsafe-eval/);
      }
      assert.equal(results.once, 'called');
    });

    it("works with 'wasm-unsafe-eval'", async (t) => {
      const { results } = await withPolicy(t, " 'wasm-unsafe-eval'");
      assert.equal(results.first.code, undefined, JSON.stringify(results.first));
      assertProbe(assert, results.probe.value);
    });
  });

  describe('where the browser compiles only 4 KB in one go', () => {
    // Chrome up to 113, whose limit is rebuilt here in front of the real functions.
    const script = () => {
      const { Module, Instance } = WebAssembly;
      const limit = (Real, name, tooBig) =>
        new Proxy(Real, {
          construct(target, args) {
            if (tooBig(args)) {
              throw new RangeError(`WebAssembly.${name} is disallowed on the main thread, if the buffer size is larger than 4KB.`);
            }
            return Reflect.construct(target, args);
          },
        });
      WebAssembly.Module = limit(Module, 'Compile', ([bytes]) => bytes.byteLength > 4096);
      WebAssembly.Instance = limit(Instance, 'Instance', () => true);
    };

    it('names ready(), and works after it', async (t) => {
      const { results } = await openModule(
        t,
        `window.OwnError = api.TUICallEngineError;
        const early = await outcome(() => api.TUICallEngine.createInstance({ SDKAppID: 1400000001 }));
        await api.TUICallEngine.ready();
        window.results = { early, ...await probe(api) };`,
        { script },
      );
      assert.equal(results.early.code, -1);
      assert.match(results.early.message, /await TUICallEngine\.ready\(\)/);
      assertProbe(assert, results);
    });

    it("works in once('ready')", async (t) => {
      const { results } = await openModule(
        t,
        `api.TUICallEngine.once('ready', async () => { window.results = await probe(api); });`,
        { script },
      );
      assertProbe(assert, results);
    });
  });

  it("calls once('ready') back, late subscribers too, and never before it returns", async (t) => {
    const { results } = await openModule(t, `
      const { TUICallEngine } = api;
      window.OwnError = api.TUICallEngineError;
      const calls = [];
      const subscribe = (name) => new Promise((done) => {
        let returned = false;
        TUICallEngine.once('ready', (...args) => { calls.push([name, returned, args.length]); done(); });
        returned = true;
      });
      await subscribe('early');
      await subscribe('again');
      TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      await subscribe('late');
      const wrongEvent = await outcome(() => TUICallEngine.once('redy', () => {}));
      const noFunction = await outcome(() => TUICallEngine.once('ready'));
      window.results = { calls, wrongEvent, noFunction };`);
    assert.deepEqual(results.calls, [['early', true, 0], ['again', true, 0], ['late', true, 0]]);
    assert.equal(results.wrongEvent.code, -1202);
    assert.equal(results.noFunction.code, -1202);
  });

  it('starts one wasm when createInstance() overtakes ready()', async (t) => {
    const { results } = await openModule(t, `
      const ready = api.TUICallEngine.ready();
      const engine = api.TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      await ready;
      window.OwnError = api.TUICallEngineError;
      window.results = { accept: await outcome(() => engine.accept()), ...await probe(api) };`);
    assert.equal(results.accept.code, -1201, JSON.stringify(results.accept));
    assertProbe(assert, results);
  });

  it('has one instance until destroyInstance()', async (t) => {
    const { results } = await openModule(t, `
      const { TUICallEngine } = api;
      const first = TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      const again = TUICallEngine.createInstance({ SDKAppID: 1400000002 });
      const other = new TUICallEngine({ SDKAppID: 1400000001 });
      await other.destroyInstance();
      const afterOther = TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      const destroying = first.destroyInstance();
      const second = TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      await destroying;
      const afterDestroy = TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      window.results = {
        again: again === first,
        other: other !== first && other instanceof TUICallEngine,
        afterOther: afterOther === first,
        second: second !== first,
        afterDestroy: afterDestroy === second,
      };`);
    assert.deepEqual(results, { again: true, other: true, afterOther: true, second: true, afterDestroy: true });
  });

  it('refuses options that are not right', async (t) => {
    const { results } = await openModule(t, `
      window.OwnError = api.TUICallEngineError;
      const wrong = [undefined, null, 5, 'x', {}, { SDKAppID: '1400000001' }, { SDKAppID: NaN },
        { SDKAppID: 1400000001, serverUrl: 5 }, { SDKAppID: 1400000001, serverUrl: 'ftp://x' }];
      window.results = await Promise.all(wrong.map((options) => outcome(() => api.TUICallEngine.createInstance(options))));`);
    assert.equal(results.length, 9);
    for (const result of results) {
      assert.equal(result.code, -1202, JSON.stringify(result));
      assert.equal(result.own, true);
    }
  });

  it('finds the server by option, setServer(), TUICALL_SERVER, own origin, in this order', async (t) => {
    const { origin, results } = await openModule(t, `
      // What the engine connects to is seen at the browser's own constructor.
      const seen = [];
      window.WebSocket = class extends WebSocket {
        constructor(url, ...rest) { super(url, ...rest); seen.push(String(url)); }
      };
      const connect = async (options) => {
        const engine = new api.TUICallEngine({ SDKAppID: 1400000001, ...options });
        const login = engine.login({ userID: 'alice', userSig: 'x' }).catch(() => {});
        const count = seen.length;
        for (let tries = 0; seen.length === count && tries < 200; tries++) await new Promise((done) => setTimeout(done, 10));
        const server = new URL(seen[count]).host;
        await engine.destroyInstance();
        return server;
      };
      const own = await connect({});
      globalThis.TUICALL_SERVER = 'ws://127.0.0.1:2/v1/ws';
      const global = await connect({});
      api.TUICallEngine.setServer('http://127.0.0.1:3');
      const configured = await connect({});
      const option = await connect({ serverUrl: 'ws://127.0.0.1:4/v1/ws' });
      api.TUICallEngine.setServer('');
      const forgotten = await connect({});
      window.results = { own, global, configured, option, forgotten };`);
    assert.deepEqual(results, {
      own: new URL(origin).host,
      global: '127.0.0.1:2',
      configured: '127.0.0.1:3',
      option: '127.0.0.1:4',
      forgotten: '127.0.0.1:2',
    });
  });

  it('says that a page without an origin needs a server', async () => {
    const page = `file://${join(installed, 'index.global.js')}`;
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(page);
    await tab.addScriptTag({ url: page });
    const error = await tab.evaluate(() => {
      try {
        TUICall.TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      } catch ({ code, message }) {
        return { code, message };
      }
    });
    await context.close();
    assert.equal(error.code, -1202);
    assert.match(error.message, /serverUrl/);
  });
});
