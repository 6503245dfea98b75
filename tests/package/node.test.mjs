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
  'TUIAudioQuality',
  'TUICallCameraPosition',
  'TUICallEngine',
  'TUICallEngineError',
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
      'engine_bg.wasm',
      'enums.d.ts',
      'global.d.ts',
      'index.d.ts',
      'index.global.js',
      'index.js',
      'package.json',
      'slim.d.ts',
      'slim.js',
    ]);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    for (const target of JSON.stringify(manifest.exports).matchAll(/"\.\/([\w.]+\.\w+)"[,}]/g)) {
      assert.ok(files.includes(target[1]), target[1]);
    }
    assert.equal(manifest.dependencies, undefined);
  });

  it('has the version of the workspace', async () => {
    const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    const workspace = await readFile(join(REPOSITORY, 'Cargo.toml'), 'utf8');
    assert.equal(version, /\[workspace\.package\]\s+version = "([^"]+)"/.exec(workspace)?.[1]);
  });

  for (const entry of ['open-call-engine', 'open-call-engine/slim']) {
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
          event: api.TUICallEvent.ON_CALL_RECEIVED,
          same: api.default === api.TUICallEngine,
          frozen: Object.values(api).filter((value) => typeof value === 'object').every(Object.isFrozen),
        }));`);
      assert.deepEqual(result, {
        names: [...NAMES, 'default'].sort(),
        changed: [],
        event: 'onCallReceived',
        same: true,
        frozen: true,
      });
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
    assert.doesNotMatch(index, /\bfetch\(/);
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
