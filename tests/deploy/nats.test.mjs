// NATS with the shipped configuration, and a call server that is let in by the password of its URL.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { folder, startServer } from '../back-end/support.mjs';

const CONFIG = resolve(import.meta.dirname, '../../deploy/nats/nats.conf');
const PROGRAM = process.env.NATS_SERVER || 'nats-server';
const missing = spawnSync(PROGRAM, ['--version']).error ? 'nats-server is not installed' : false;

function freePort() {
  const server = createServer();
  return new Promise((done) => server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  }));
}

test('a call server joins by user and password', { skip: missing }, async (t) => {
  const password = `n${randomBytes(12).toString('hex')}`;
  const [port, monitor] = [await freePort(), await freePort()];
  // Alone: of three it would wait for the others.
  const env = { ...process.env, NATS_PASSWORD: password, NATS_ROUTES: '[]' };
  const where = ['--addr', '127.0.0.1', '--port', String(port), '--cluster', '', '--http_port', String(monitor), '--store_dir', folder(t)];
  const checked = spawnSync(PROGRAM, ['--config', CONFIG, '-t'], { env, encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stderr);
  const nats = spawn(PROGRAM, ['--config', CONFIG, '--name', 'nats-1', ...where], { env, stdio: 'ignore' });
  t.after(() => nats.kill('SIGKILL'));
  const server = await startServer(t, ['--data', folder(t), '--cluster', `nats://call:${password}@127.0.0.1:${port}`]);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
});
