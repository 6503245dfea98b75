import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { endOfSuite, installTarball, REPOSITORY, writeApp } from './support.mjs';

const TSC = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
const FIXTURES = join(REPOSITORY, 'tests/package/types');
const DECLARATIONS = ['index.d.ts', 'enums.d.ts', 'slim.d.ts', 'global.d.ts'];
// Made by wasm-bindgen, and not declared.
const HIDDEN = ['constructor', 'free', '__destroy_into_raw'];

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
    const output = await new Promise((done, failed) => {
      execFile(process.execPath, [TSC, '-p', `${name}.json`, '--pretty', 'false'], { cwd: app }, (error, stdout, stderr) =>
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
    });

    it(`refuse wrong code, with the settings for ${name}`, async () => {
      assert.deepEqual(await complaints('wrong', await fixture('wrong'), options), []);
    });
  }

  it('refuse each wrong line for itself', async () => {
    const source = await fixture('wrong');
    const directive = /^\s*\/\/ @ts-expect-error.*$/gm;
    const expected = [...source.matchAll(directive)].length;
    const lines = (await complaints('wrong-bare', source.replace(directive, ''))).map((line) => /\((\d+),/.exec(line)[1]);
    assert.ok(expected > 30);
    assert.equal(new Set(lines).size, expected);
  });

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
