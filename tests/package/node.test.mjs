import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { endOfSuite, installTarball, REPOSITORY, writeApp } from './support.mjs';

const run = promisify(execFile);
const NAMES = [
  'AUDIO_PLAYBACK_DEVICE',
  'CallEndReason',
  'IOSOfflinePushType',
  'TUIAudioQuality',
  'TUICallCameraPosition',
  'TUICallEngine',
  'TUICallEngineError',
  'TUICallErrorCode',
  'TUICallEvent',
  'TUICallType',
  'TUICamera',
  'TUIErrorCode',
  'TUIKickedOutOfRoomReason',
  'TUINetworkQuality',
  'TUIResolutionMode',
  'TUIRoomDeviceMangerEvents',
  'TUIVideoQuality',
  'VIDEO_ENCODER_MAP',
];
const ENTRIES = {
  'open-call-engine': NAMES,
  'open-call-engine/slim': NAMES,
  'open-call-engine/uniapp': ['TUICallEngine', 'install'],
  'open-call-engine/global-event': ['TUICallingEvent', 'install'],
  'open-call-engine/observer': [
    'CallEndReason',
    'TUICallEngine',
    'TUICallMediaType',
    'TUICallObserver',
    'TUICallRole',
    'TUICamera',
    'TUINetworkQuality',
  ],
  'open-call-engine/check': ['checkCall'],
  'open-call-engine/overlay': ['showStats'],
  'open-call-engine/harmony': ['CallRole', 'MediaType', 'NetworkQuality', 'TUICallEvent', 'TUICallKit'],
};

describe('the packed package outside a browser', () => {
  const scope = endOfSuite();
  let app;
  let installed;
  let files;

  before(async () => {
    ({ app, installed, files } = await installTarball(scope));
  });

  const inNode = async (script) => {
    await writeApp(app, { 'script.mjs': script });
    const { stdout } = await run(process.execPath, ['script.mjs'], { cwd: app });
    return JSON.parse(stdout);
  };

  it('has the files that its exports name, licences and a README, and nothing else', async () => {
    assert.deepEqual(files, [
      'LICENSE-APACHE',
      'LICENSE-MIT',
      'README.md',
      'chat/index.d.ts',
      'chat/index.js',
      'chat/package.json',
      'check.d.ts',
      'check.js',
      'engine_bg.wasm',
      'enums.d.ts',
      'events.d.ts',
      'global-event.d.ts',
      'global-event.js',
      'global.d.ts',
      'harmony.d.ts',
      'harmony.js',
      'index.d.ts',
      'index.global.js',
      'index.js',
      'measure.js',
      'observer.d.ts',
      'observer.js',
      'overlay.d.ts',
      'overlay.js',
      'package.json',
      'profiles.js',
      'slim.d.ts',
      'slim.js',
      'stats.d.ts',
      'uniapp.d.ts',
      'uniapp.js',
    ]);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    for (const target of JSON.stringify(manifest.exports).matchAll(/"\.\/([\w./-]+\.\w+)"[,}]/g)) {
      assert.ok(files.includes(target[1]), target[1]);
    }
    assert.equal(manifest.dependencies, undefined);
  });

  it('has the version of the workspace', async () => {
    const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    const workspace = await readFile(join(REPOSITORY, 'Cargo.toml'), 'utf8');
    assert.equal(version, /\[workspace\.package\]\s+version = "([^"]+)"/.exec(workspace)?.[1]);
  });

  for (const [entry, names] of Object.entries(ENTRIES)) {
    it(`imports ${entry} without touching a global`, async () => {
      const result = await inNode(`
        // Reading them all first, because Node makes some only when they are read.
        const state = () => Object.getOwnPropertyNames(globalThis).map((name) => [name, globalThis[name]]);
        const earlier = new Map(state());
        const api = await import('${entry}');
        const changed = state().filter(([name, now]) => !earlier.has(name) || !Object.is(earlier.get(name), now));
        console.log(JSON.stringify({
          names: Object.keys(api).sort(),
          changed: changed.map(([name]) => name),
          same: Object.keys(api).some((name) => name !== 'default' && api[name] === api.default),
        }));`);
      assert.deepEqual(result, { names: [...names, 'default'].sort(), changed: [], same: true });
    });

    it(`imports ${entry} without compiling anything`, async () => {
      const { compiled } = await inNode(`
        const compiled = [];
        for (const name of ['Module', 'Instance', 'compile', 'instantiate', 'compileStreaming', 'instantiateStreaming']) {
          WebAssembly[name] = new Proxy(WebAssembly[name], {
            apply(target, self, args) { compiled.push(name); return Reflect.apply(target, self, args); },
            construct(target, args) { compiled.push(name); return Reflect.construct(target, args); },
          });
        }
        await import('${entry}');
        console.log(JSON.stringify({ compiled }));`);
      assert.deepEqual(compiled, []);
    });
  }

  it('has frozen constants', async () => {
    const thawed = await inNode(`
      const thawed = [];
      for (const entry of ${JSON.stringify(Object.keys(ENTRIES))}) {
        for (const [name, value] of Object.entries(await import(entry))) {
          const isConstant = typeof value === 'object' && Object.values(value).every((member) => typeof member !== 'function');
          if (isConstant && !Object.isFrozen(value)) thawed.push(entry + ' ' + name);
        }
      }
      console.log(JSON.stringify(thawed));`);
    assert.deepEqual(thawed, []);
  });

  it('answers by results in the dialects, where methods must not throw', async () => {
    const answers = await inNode(`
      import { TUICallEngine as uniapp } from 'open-call-engine/uniapp';
      import { TUICallEngine as Flutter } from 'open-call-engine/observer';
      import { TUICallKit } from 'open-call-engine/harmony';
      const told = [];
      const account = { SDKAppID: 1400000001, userID: 'ann', userSig: 'x' };
      globalThis.TUICALL_SERVER = 'http://localhost:1';
      await uniapp.login(account, ({ code }) => told.push(['uniapp login', code]));
      await uniapp.accept(({ code }) => told.push(['uniapp accept', code]));
      await uniapp.enableFloatWindow(true, ({ code, msg }) => told.push(['uniapp enableFloatWindow', code, msg]));
      told.push(['observer', (await Flutter.instance.init(1400000001, 'ann', 'x')).code, (await Flutter.instance.hangup()).code]);
      await TUICallKit.login({ sdkAppId: 1400000001, userId: 'ann', userSig: 'x' }, () => told.push('success'), (code) => told.push(['kit login', code]));
      await TUICallKit.hangup(() => told.push('success'), (code) => told.push(['kit hangup', code]));
      console.log(JSON.stringify(told));`);
    assert.deepEqual(answers, [
      ['uniapp login', 60006],
      ['uniapp accept', -1201],
      ['uniapp enableFloatWindow', 0, 'success'],
      ['observer', '60006', '-1201'],
      ['kit login', 60006],
      ['kit hangup', -1201],
    ]);
  });

  it("gives uni-app's pages the plugin by its names, until that is undone", async () => {
    const result = await inNode(`
      import { install, TUICallEngine } from 'open-call-engine/uniapp';
      const uni = { requireNativePlugin(name) { return [this === uni, name]; } };
      const undo = install(uni);
      const names = ['TencentCloud-TUICallKit-TUICallEngine', 'TencentCloud-TUICallKit', 'globalEvent'];
      const given = names.map((name) => uni.requireNativePlugin(name) === TUICallEngine);
      const others = uni.requireNativePlugin('other');
      undo();
      const after = uni.requireNativePlugin(names[0]);
      install();
      console.log(JSON.stringify({ given, others, after, made: globalThis.uni.requireNativePlugin(names[0]) === TUICallEngine }));`);
    assert.deepEqual(result, {
      given: [true, true, true],
      others: [true, 'other'],
      after: [true, 'TencentCloud-TUICallKit-TUICallEngine'],
      made: true,
    });
  });

  it('refuses to make an engine without a page, with a code', async () => {
    const error = await inNode(`
      import { TUICallEngine, TUICallEngineError } from 'open-call-engine';
      try {
        TUICallEngine.createInstance({ SDKAppID: 1400000001, serverUrl: 'http://localhost:1' });
      } catch (error) {
        const { code, functionName, name } = error;
        console.log(JSON.stringify({ code, getCode: error.getCode(), functionName, name, own: error instanceof TUICallEngineError }));
      }`);
    assert.deepEqual(error, {
      code: 60006,
      getCode: 60006,
      functionName: 'createInstance',
      name: 'TUICallEngineError',
      own: true,
    });
  });

  it('puts all exports of the script-tag build into one global', async () => {
    const { names, added } = await inNode(`
      const earlier = new Set(Object.getOwnPropertyNames(globalThis));
      await import('open-call-engine/global');
      const added = Object.getOwnPropertyNames(globalThis).filter((name) => !earlier.has(name));
      console.log(JSON.stringify({ names: Object.keys(TUICall).sort(), added }));`);
    assert.deepEqual(added, ['TUICall']);
    assert.deepEqual(names, [...NAMES, 'default'].sort());
  });

  it('has an ASCII script-tag build, and no import.meta where it need not be', async () => {
    const [index, global] = await Promise.all(
      ['index.js', 'index.global.js'].map((file) => readFile(join(installed, file), 'latin1')),
    );
    assert.doesNotMatch(global, /[^\x00-\x7e]/);
    assert.doesNotMatch(global, /import\.meta/);
    assert.doesNotMatch(index, /import\.meta/);
    assert.doesNotMatch(index, /\.wasm\b/, 'no further file to load');
    assert.doesNotMatch(index, /__wbg_\w+_[0-9a-f]{16}/, 'short names between wasm and glue');
  });

  it('has every event constant once in its source, a line each', async () => {
    const source = await readFile(join(REPOSITORY, 'pkg-template/events.js'), 'utf8');
    const lines = [...source.matchAll(/^ {2}(\w+): '(\w+)',$/gm)].map(([, name, text]) => [name, text]);
    const { events } = await inNode(`
      import { TUICallEvent } from 'open-call-engine';
      console.log(JSON.stringify({ events: TUICallEvent }));`);
    assert.deepEqual(Object.entries(events), lines);
  });
});
