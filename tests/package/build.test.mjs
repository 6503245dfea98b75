import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import binaryen from 'binaryen';
import { bytesLiteral } from '../../tools/bytes-literal.mjs';
import { dropPanics } from '../../tools/drop-panics.mjs';
import { shortenNames } from '../../tools/short-names.mjs';
import { REPOSITORY, writeApp } from './support.mjs';

const WASM_HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const evaluate = (literal) => Uint8Array.from(new Function(`return ${literal}`)(), (character) => character.charCodeAt(0));

/** Repeatable noise. */
function noise(length, seed) {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe('bytes as a string literal', () => {
  const everyPair = Uint8Array.from({ length: 2 * 65_536 }, (_, index) => (index & 1 ? index >> 1 : index >> 9) & 0xff);

  for (const ascii of [false, true]) {
    it(`gives back every pair of bytes${ascii ? ' in ASCII' : ''}`, () => {
      assert.deepEqual(evaluate(bytesLiteral(everyPair, { ascii })), everyPair);
    });

    for (const quote of ['"', "'", '`']) {
      it(`gives back noise, in ${quote} where the others are frequent${ascii ? ', in ASCII' : ''}`, () => {
        const others = '"\'`'.replace(quote, '').repeat(200);
        const bytes = Uint8Array.from([...noise(20_000, 7), ...Buffer.from(others)]);
        const literal = bytesLiteral(bytes, { ascii });
        assert.equal(literal[0], quote);
        assert.deepEqual(evaluate(literal), bytes);
      });
    }
  }

  it('has only printable ASCII where asked', () => {
    assert.match(bytesLiteral(everyPair, { ascii: true }), /^[\x20-\x7e]+$/);
  });

  it('ends neither a template nor a script element', () => {
    const text = '${x}</script><!--` "" \'\'';
    const literal = bytesLiteral(Buffer.from(text));
    assert.doesNotMatch(literal, /<\/script|<!--/);
    assert.deepEqual(Buffer.from(evaluate(literal)).toString(), text);
  });
});

describe('the names between wasm and glue', () => {
  const name = (text) => [text.length, ...Buffer.from(text)];
  const section = (id, ...items) => {
    const body = [items.length, ...items.flat()];
    return [id, (body.length & 0x7f) | 0x80, body.length >> 7, ...body];
  };
  const HASHED = '__wbg_log_0123456789abcdef';
  const wasm = Buffer.from([
    ...WASM_HEADER,
    ...section(1, [0x60, 0, 0]),
    ...section(
      2,
      [...name('./engine_bg.js'), ...name(HASHED), 0, 0],
      [...name('./engine_bg.js'), ...name('__wbg_odd'), 0, 0],
      [...name('./engine_bg.js'), ...name('table'), 1, 0x70, 1, 1, 2],
      [...name('./engine_bg.js'), ...name('mem'), 2, 0, 1],
      [...name('./engine_bg.js'), ...name('count'), 3, 0x7f, 0],
    ),
    ...section(7, [...name('tuicallengine_accept'), 0, 0], [...name('unused'), 0, 1]),
  ]);
  const glue = `const imports = {
        ${HASHED}: function() {},
        __wbg_odd: function() {},
        table: t,
        mem: m,
        count: c,
    };
    odd(imports.__wbg_odd);
    wasm.tuicallengine_accept();
    use({ "./engine_bg.js": imports });`;

  it('get short in both, but for those that are used in an unknown way', () => {
    const short = shortenNames(wasm, glue);
    const module = new WebAssembly.Module(short.wasm);
    assert.deepEqual(
      WebAssembly.Module.imports(module).map(({ module, name, kind }) => [module, name, kind]),
      [
        ['a', 'a', 'function'],
        ['a', '__wbg_odd', 'function'],
        ['a', 'c', 'table'],
        ['a', 'd', 'memory'],
        ['a', 'e', 'global'],
      ],
    );
    assert.deepEqual(
      WebAssembly.Module.exports(module).map(({ name }) => name),
      ['a', 'unused'],
    );
    assert.match(short.glue, /^ +a: function/m);
    assert.match(short.glue, /wasm\.a\(\)/);
    assert.match(short.glue, /"a": imports/);
    assert.match(short.glue, /__wbg_odd: function[^]+imports\.__wbg_odd/);
    assert.doesNotMatch(short.glue, /0123456789abcdef|tuicallengine_accept/);
  });
});

describe('panics', () => {
  /** Text with the functions of a panic, and with `main`, which calls `called`. */
  const program = (called) => {
    const module = binaryen.parseText(`(module
      (memory (export "memory") 1)
      (data (i32.const 1024) "\\18\\04\\00\\00\\08\\00\\00\\00\\07\\00\\00\\00\\05\\00\\00\\00nothing.src/a.rs to say")
      (export "main" (func $app::main))
      (export "write" (func $core::fmt::write))
      (export "panic" (func $"core[12f89f2d8a73214f]::panicking::panic_fmt"))
      (func $core::fmt::write (result i32) (i32.const 5))
      (func $"core[12f89f2d8a73214f]::panicking::panic_fmt" (drop (call $core::fmt::write)) (unreachable))
      (func $app::panicking::near (result i32) (i32.const 7))
      (func $app::main (result i32) (call $${called})))`);
    binaryen.setDebugInfo(true);
    return module.emitBinary();
  };
  const run = (wasm) => new WebAssembly.Instance(new WebAssembly.Module(dropPanics(wasm))).exports;

  it('trap at once, and so does the formatting that only they use', () => {
    const { main, panic, write } = run(program('app::panicking::near'));
    assert.equal(main(), 7);
    assert.throws(panic, WebAssembly.RuntimeError);
    assert.throws(write, WebAssembly.RuntimeError);
  });

  it('leave no places in the source behind', () => {
    const { memory } = run(program('app::panicking::near'));
    const left = Buffer.from(memory.buffer, 1024, 39).toString('latin1');
    assert.equal(left, `${'\0'.repeat(16)}nothing.${'\0'.repeat(8)} to say`);
  });

  it('leave the formatting alone that others use', () => {
    const { main, panic } = run(program('core::fmt::write'));
    assert.equal(main(), 5);
    assert.throws(panic, WebAssembly.RuntimeError);
  });

  it('are not looked for in a module without names', () => {
    assert.throws(() => dropPanics(Buffer.from(WASM_HEADER)), /names/);
  });
});

describe('tools/build-package.mjs', () => {

  /** A small but valid wasm module with `size` bytes that no packer makes smaller, and a glue for it. */
  async function glueWith(t, size) {
    const dir = await mkdtemp(join(tmpdir(), 'open-call-engine-glue-'));
    t.after(() => rm(dir, { recursive: true, force: true }));
    const leb = (value) => [(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14];
    await writeApp(dir, {
      'glue/engine.js': `import { TUICallEngineError } from './snippets/x/src/js/common.js';
        export class TUICallEngine { constructor() { throw new TUICallEngineError(-1, 'none'); } }
        function __wbg_get_imports() { return {}; }
        function __wbg_finalize_init() {}`,
      'glue/snippets/x/src/js/common.js': 'export class TUICallEngineError extends Error {}',
      'glue/snippets/x/src/js/browser.js': 'export function measureWith() {}',
      'glue/snippets/x/src/js/devices.js': 'export class Devices {}',
    });
    const custom = [1, 0x78, ...noise(size, 3)];
    await writeFile(join(dir, 'glue/engine_bg.wasm'), Uint8Array.from([...WASM_HEADER, 0, ...leb(custom.length), ...custom]));
    return dir;
  }

  const buildPackage = (dir, out = 'pkg') =>
    new Promise((done) => {
      const script = join(REPOSITORY, 'tools/build-package.mjs');
      execFile(process.execPath, [script, 'glue', out], { cwd: dir }, (error, stdout, stderr) =>
        done({ status: error?.code ?? 0, stdout, stderr }),
      );
    });

  it('prints what each entry weighs', async (t) => {
    const dir = await glueWith(t, 1000);
    const { status, stdout, stderr } = await buildPackage(dir);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^entry +loads in all +raw +gzip -9 +brotli 11 +limit$/m);
    assert.match(stdout, /^\. +index\.js +[\d,]+ +[\d,]+ +[\d,]+ +65,536$/m);
    assert.match(stdout, /^\.\/slim +slim\.js \+ engine_bg\.wasm +[\d,]+ +[\d,]+ +[\d,]+$/m);
  });

  it('fails when the Web entry is over its limit', async (t) => {
    const { status, stderr } = await buildPackage(await glueWith(t, 66_000));
    assert.equal(status, 1);
    assert.match(stderr, /entry "\." needs \d+ bytes \(brotli\)/);
  });

  it('replaces an older package, and nothing else', async (t) => {
    const dir = await glueWith(t, 10);
    assert.equal((await buildPackage(dir)).status, 0);
    await writeFile(join(dir, 'pkg/stale.js'), '');
    assert.equal((await buildPackage(dir)).status, 0);
    await assert.rejects(readFile(join(dir, 'pkg/stale.js')));

    await writeApp(dir, { 'precious/thesis.txt': 'x' });
    const { status, stderr } = await buildPackage(dir, 'precious');
    assert.equal(status, 1);
    assert.match(stderr, /not overwritten/);
    assert.equal(await readFile(join(dir, 'precious/thesis.txt'), 'utf8'), 'x');
  });

  it('says what is missing', async (t) => {
    const dir = await glueWith(t, 10);
    await rm(join(dir, 'glue/engine.js'));
    assert.match((await buildPackage(dir)).stderr, /no engine\.js/);

    await cp(join(await glueWith(t, 10), 'glue'), join(dir, 'glue'), { recursive: true });
    await writeFile(join(dir, 'glue/engine_bg.wasm'), 'no wasm');
    assert.match((await buildPackage(dir)).stderr, /not valid WebAssembly/);
  });
});
