import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { transform } from 'esbuild';
import { minify } from 'terser';
import { build } from 'vite';
import { assertProbe, endOfSuite, installTarball, launchBrowser, PAGE_TOOLS, resultsOf, serve, writeApp } from './support.mjs';

const MAIN = `import defaultExport, * as named from 'open-call-engine';
${PAGE_TOOLS}
window.results = undefined;
probe({ ...named, default: defaultExport }).then((results) => { window.results = { ...results, charset: document.characterSet }; });
`;

describe('the packed package in an application that is bundled', () => {
  const scope = endOfSuite();
  let browser;
  let app;
  let installed;

  before(async () => {
    ({ app, installed } = await installTarball(scope));
    browser = await launchBrowser(scope);
  });

  /** A production build of the page `<name>/index.html`, opened in the browser. */
  async function resultsOfBuild(t, name, { main = MAIN, output, minifier } = {}) {
    const root = join(app, name);
    await writeApp(root, {
      'index.html': '<!doctype html><html><body><script type="module" src="/main.js"></script></body></html>',
      'main.js': main,
    });
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      build: { minify: minifier ?? true, rolldownOptions: { output } },
    });
    const dist = join(root, 'dist');
    const files = (await readdir(join(dist, 'assets'))).filter((file) => file.endsWith('.js'));
    // What the engine loads when it is asked for it.
    const scripts = files.filter((file) => !/^(measure|profiles)/.test(file));
    assert.equal(scripts.length, 1, files.join());
    const page =
      output?.format === 'iife'
        ? `<!doctype html><html><body><script src="/assets/${scripts[0]}"></script></body></html>`
        : await readFile(join(dist, 'index.html'), 'utf8');
    const origin = await serve(t, dist, { '/page.html': { body: page } });
    const script = await readFile(join(dist, 'assets', scripts[0]), 'utf8');
    return { script, files, assets: await readdir(join(dist, 'assets')), results: await resultsOf(browser, `${origin}/page.html`) };
  }

  it('works in a Vite build, which has further files only for what is loaded on demand', async (t) => {
    const { results, assets, files } = await resultsOfBuild(t, 'vite');
    assertProbe(assert, results);
    assert.deepEqual(assets, files);
    assert.equal(files.length, 3, files.join());
  });

  it('works in a Vite build without minifier', async (t) => {
    assertProbe(assert, (await resultsOfBuild(t, 'vite-plain', { minifier: false })).results);
  });

  it('works in a Vite build minified by terser', async (t) => {
    assertProbe(assert, (await resultsOfBuild(t, 'vite-terser', { minifier: 'terser' })).results);
  });

  it('works in a bundle that a page without charset loads as a classic script', async (t) => {
    const { results, script, files } = await resultsOfBuild(t, 'vite-classic', { output: { format: 'iife' } });
    assert.equal(files.length, 1, files.join());
    assert.equal(results.charset, 'windows-1252');
    assert.match(script, /[\u0080-\u00ff]/, 'the bundle has bytes that the charset matters for');
    assertProbe(assert, results);
  });

  it('works as the slim build with a wasm file that Vite placed', async (t) => {
    const main = `import wasm from 'open-call-engine/engine_bg.wasm?url';
      import * as api from 'open-call-engine/slim';
      ${PAGE_TOOLS}
      api.TUICallEngine.ready(wasm).then(() => probe(api)).then((results) => { window.results = results; });`;
    const { results, assets } = await resultsOfBuild(t, 'vite-slim', { main });
    assertProbe(assert, results);
    assert.equal(assets.filter((file) => file.endsWith('.wasm')).length, 1);
  });

  it('is one engine in a bundle, however many dialects are imported', async (t) => {
    const main = `import { TUICallEngine } from 'open-call-engine';
      import { TUICallKit } from 'open-call-engine/harmony';
      import { TUICallEngine as Flutter } from 'open-call-engine/observer';
      import { install } from 'open-call-engine/uniapp';
      const logins = [];
      const engine = TUICallEngine.createInstance({ SDKAppID: 1400000001 });
      const login = engine.login;
      engine.login = (options) => { logins.push(options.userID); return login.call(engine, options); };
      install();
      const plugin = uni.requireNativePlugin('TencentCloud-TUICallKit-TUICallEngine');
      const codes = async () => [
        (await plugin.login({ SDKAppID: 1400000001, userID: 'a b', userSig: 'x' })).code,
        (await Flutter.instance.init(1400000001, 'c d', 'x')).code,
        (await TUICallKit.login({ sdkAppId: 1400000001, userId: 'e f', userSig: 'x' })).code,
      ];
      codes().then((list) => { window.results = { codes: list, logins }; });`;
    const { results, script } = await resultsOfBuild(t, 'vite-dialects', { main });
    assert.deepEqual(results, { codes: [101002, '101002', 101002], logins: ['a b', 'c d', 'e f'] });
    const web = await readFile(join(installed, 'index.js'), 'utf8');
    assert.ok(script.length < web.length * 1.5, `${script.length} characters, where the engine alone has ${web.length}`);
  });

  it('is left out of a bundle that uses only its constants', async (t) => {
    const main = `import { TUICallEvent } from 'open-call-engine'; window.results = { event: TUICallEvent.CALL_END };`;
    const { results, script } = await resultsOfBuild(t, 'vite-constants', { main });
    assert.deepEqual(results, { event: 'onCallEnd' });
    assert.ok(script.length < 20_000, `${script.length} characters`);
  });

  for (const [name, reprint] of [
    ['esbuild', async (code) => (await transform(code, { minify: true })).code],
    ['esbuild in UTF-8', async (code) => (await transform(code, { minify: true, charset: 'utf8' })).code],
    ['terser', async (code) => (await minify(code, { module: true })).code],
    ['terser in ASCII', async (code) => (await minify(code, { module: true, format: { ascii_only: true } })).code],
  ]) {
    it(`holds the same wasm after it was printed again by ${name}`, async (t) => {
      const code = await reprint(await readFile(join(installed, 'index.js'), 'utf8'));
      const page = `<!doctype html><script type="module">import * as api from '/again.js';${PAGE_TOOLS}
        window.results = await probe(api);</script>`;
      const origin = await serve(t, installed, { '/again.js': { body: code }, '/page.html': { body: page } });
      assertProbe(assert, await resultsOf(browser, `${origin}/page.html`));
    });
  }
});
