import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { endOfSuite, installTarball, REPOSITORY, writeApp } from './support.mjs';

const TSC = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
const FIXTURES = join(REPOSITORY, 'tests/package/types');
const DIALECTS = ['uniapp', 'global-event', 'observer', 'harmony'];
const DECLARATIONS = ['index', 'enums', 'events', 'slim', 'global', 'chat/index', 'check', 'overlay', ...DIALECTS].map((name) => `${name}.d.ts`);
// Made by wasm-bindgen, and not declared.
const HIDDEN = ['constructor', 'free', 'run', '__destroy_into_raw'];

describe("the packed package's types", () => {
  const scope = endOfSuite();
  let app;
  let installed;

  before(async () => {
    ({ app, installed } = await installTarball(scope));
  });

  /** The compiler's complaints about one source, in an application that has the package installed. */
  async function complaints(name, source, options = {}) {
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noImplicitOverride: true,
        verbatimModuleSyntax: true,
        target: 'es2022',
        module: 'esnext',
        moduleResolution: 'bundler',
        lib: ['es2022', 'dom', 'dom.iterable'],
        types: [],
        ...options,
      },
      files: [`${name}.ts`],
    };
    await writeApp(app, { [`${name}.ts`]: source, [`${name}.json`]: JSON.stringify(config) });
    return compile(app, `${name}.json`);
  }

  async function compile(cwd, config) {
    const output = await new Promise((done, failed) => {
      execFile(process.execPath, [TSC, '-p', config, '--pretty', 'false'], { cwd }, (error, stdout, stderr) =>
        stderr ? failed(new Error(stderr)) : done(stdout),
      );
    });
    return output.split('\n').filter((line) => line.includes('error TS'));
  }

  const fixture = (name) => readFile(join(FIXTURES, `${name}.ts`), 'utf8');

  for (const [name, options] of [
    ['a bundler', {}],
    ['Node', { module: 'nodenext', moduleResolution: 'nodenext' }],
    ['a browser of 2020', { lib: ['es2020', 'dom', 'dom.iterable'], target: 'es2020' }],
  ]) {
    it(`are right for right code, with the settings for ${name}`, async () => {
      assert.deepEqual(await complaints('right', await fixture('right'), options), []);
      assert.deepEqual(await complaints('dialects-right', await fixture('dialects-right'), options), []);
    });

    it(`refuse wrong code, with the settings for ${name}`, async () => {
      assert.deepEqual(await complaints('wrong', await fixture('wrong'), options), []);
      assert.deepEqual(await complaints('dialects-wrong', await fixture('dialects-wrong'), options), []);
    });
  }

  for (const wrong of ['wrong', 'dialects-wrong']) {
    it(`refuse each wrong line for itself: ${wrong}`, async () => {
      const source = await fixture(wrong);
      const directive = /^\s*\/\/ @ts-expect-error.*$/gm;
      const expected = [...source.matchAll(directive)].length;
      const lines = (await complaints(`${wrong}-bare`, source.replace(directive, ''))).map((line) => /\((\d+),/.exec(line)[1]);
      assert.ok(expected >= 30);
      assert.equal(new Set(lines).size, expected);
    });
  }

  it('know the global of the script-tag build', async () => {
    assert.deepEqual(await complaints('script', await fixture('script'), { verbatimModuleSyntax: false }), []);
  });

  it('hold no any', async () => {
    for (const file of DECLARATIONS) {
      const text = await readFile(join(installed, file), 'utf8');
      const code = text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
      assert.doesNotMatch(code, /\bany\b/, file);
    }
  });

  it('declare the constants that there are', async () => {
    const { TUICallEngine, TUICallEngineError, default: _, ...constants } = await import(join(installed, 'index.js'));
    const names = Object.keys(constants);
    assert.ok(names.includes('TUICallEvent') && names.includes('CallEndReason'));
    const checks = names.map(
      (name) => `const ${name} = ${JSON.stringify(constants[name])} as const;
        const there${name}: typeof api.${name} = ${name};
        const back${name}: typeof ${name} = api.${name};
        type Keys${name} = [keyof typeof ${name}, keyof typeof api.${name}];
        const keys${name}: Keys${name}[0] = {} as Keys${name}[1];
        console.log(there${name}, back${name}, keys${name});`,
    );
    assert.deepEqual(await complaints('constants', `import * as api from 'open-call-engine';\n${checks.join('\n')}`), []);
  });

  it('declare a payload for every event name that the engine knows', async () => {
    const dialect = await readFile(join(REPOSITORY, 'src/dialect/web.rs'), 'utf8');
    const table = /^events! \{([^}]*)\}/m.exec(dialect)[1];
    const names = [...table.matchAll(/ = (.*);$/gm)].flatMap(([, list]) => list.split(', ').map((name) => name.slice(1, -1)));
    assert.ok(names.includes('onUserEnter') && names.includes('onAutoplayFailed'));
    const record = [...new Set(names)].map((name) => `${name}: true`).join(', ');
    const source = `import type { TUICallEventMap } from 'open-call-engine';
      export const events: Record<keyof TUICallEventMap, true> = { ${record} };`;
    assert.deepEqual(await complaints('events', source), []);
  });

  describe('of the dialects', () => {
    /** What the compiler says about the tables, and what else checks itself, after some changes to the declarations. */
    async function aboutTables(change = (text) => text) {
      const copy = join(app, 'tables');
      await cp(join(REPOSITORY, 'pkg-template'), copy, { recursive: true });
      for (const name of (await readdir(copy)).filter((file) => file.endsWith('.d.ts'))) {
        await writeFile(join(copy, name), change(await readFile(join(copy, name), 'utf8')));
      }
      await cp(join(FIXTURES, 'tables.json'), join(copy, 'tsconfig.json'));
      return compile(copy, 'tsconfig.json');
    }

    it('are those that the tables keep', async () => {
      assert.deepEqual(await aboutTables(), []);
    });

    it('let no table be without a row for a new event', async () => {
      const said = await aboutTables((text) =>
        text
          .replace("readonly ERROR: 'onError';", "readonly ERROR: 'onError'; readonly NEW: 'onNew';")
          .replace('onError: ErrorEventPayload;', 'onError: ErrorEventPayload; onNew: UserPayload;'),
      );
      const tables = said.filter((line) => line.includes("'onNew'")).map((line) => /([\w-]+)\.table\.js/.exec(line)[1]);
      assert.deepEqual(tables.sort(), [...DIALECTS].sort());
    });

    it('are of what the entries export', async () => {
      for (const dialect of DIALECTS) {
        const api = await import(join(installed, `${dialect}.js`));
        const names = Object.keys(api).filter((name) => name !== 'default');
        const source = `import * as api from 'open-call-engine/${dialect}';
          export const names: Record<Exclude<keyof typeof api, 'default'>, true> = { ${names.map((name) => `${name}: true`)} };`;
        assert.deepEqual(await complaints(`exports-${dialect}`, source), []);
        const constants = names.filter((name) => Object.isFrozen(api[name]));
        const checks = constants.map((name) => `export const of${name}: typeof api.${name} = ${JSON.stringify(api[name])};`);
        const all = `import * as api from 'open-call-engine/${dialect}';\n${checks.join('\n')}`;
        assert.deepEqual(await complaints(`constants-${dialect}`, all), []);
      }
    });

    it('are of the methods that there are', async () => {
      const load = (dialect) => import(join(installed, `${dialect}.js`));
      const { TUICallEngine: plugin } = await load('uniapp');
      const { TUICallKit } = await load('harmony');
      const { TUICallEngine: Flutter } = await load('observer');
      const inner = ['constructor', 'run'];
      for (const [name, type, methods] of [
        ['uniapp', 'UniCallPlugin<UniappEventMap>', Object.keys(plugin)],
        ['harmony', 'HarmonyCallKit', Object.keys(TUICallKit)],
        ['observer', 'TUICallEngine', Object.getOwnPropertyNames(Flutter.prototype).filter((method) => !inner.includes(method))],
      ]) {
        const imported = type.match(/\w+/g).map((part) => `type ${part}`);
        const source = `import { ${imported} } from 'open-call-engine/${name}';
          export const methods: Record<keyof ${type}, true> = { ${methods.map((method) => `${method}: true`)} };`;
        assert.deepEqual(await complaints(`methods-${name}`, source), []);
      }
    });
  });

  it('declare the methods that there are', async () => {
    const { TUICallEngine } = await import(join(installed, 'index.js'));
    const methods = new Set([
      ...Object.getOwnPropertyNames(TUICallEngine.prototype),
      ...Object.getOwnPropertyNames(Object.getPrototypeOf(TUICallEngine.prototype)),
    ]);
    HIDDEN.forEach((name) => methods.delete(name));
    const table = [...methods].map((name) => `${name}: true`).join(', ');
    const source = `import type { TUICallEngine } from 'open-call-engine';
      export const methods: Record<keyof TUICallEngine, true> = { ${table} };`;
    assert.deepEqual(await complaints('methods', source), []);
  });
});
