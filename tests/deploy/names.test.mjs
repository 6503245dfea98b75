// What deploy/ says exists: flags, variables and metrics, asked of the real program.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { call, folder, login, SERVER, startServer } from '../back-end/support.mjs';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');

const files = readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(DEPLOY, 'secrets')) && entry.name !== '.env')
  .map((entry) => join(entry.parentPath, entry.name));
const read = (name) => readFileSync(join(DEPLOY, name), 'utf8');
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, found]) => found))];

test('every variable and flag of call-server that is used exists', () => {
  const help = spawnSync(SERVER, ['--help'], { encoding: 'utf8' }).stdout;
  const variables = new Set(all(help, /\[env: (CALL_SERVER_\w+)/g));
  const used = files.flatMap((file) => all(readFileSync(file, 'utf8'), /\b(CALL_SERVER_[A-Z_]+)\b/g));
  assert.ok(used.length > 10, 'they are found');
  assert.deepEqual(used.filter((name) => !variables.has(name)), []);

  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const flags = lines.filter((line) => /bin\/call-server\s|^call-server\s/.test(line)).flatMap((line) => all(line, /(--[a-z-]+)/g));
  assert.ok(flags.length > 0, 'they are found');
  assert.deepEqual(flags.filter((flag) => !help.includes(`${flag} `)), []);
});

test('every metric of the dashboard and the alerts is one that the server has', async (t) => {
  const server = await startServer(t, ['--data', folder(t), '--admin', '127.0.0.1:0']);
  const [ann, bob] = [await login(t, server, 'ann'), await login(t, server, 'bob')];
  await call(ann, 'bob', { timeout: 30 });
  const text = await (await fetch(`${server.admin}/metrics`)).text();
  // What has not happened yet has no series, but has been described in one place.
  const described = readFileSync(resolve(import.meta.dirname, '../../crates/server/src/metrics.rs'), 'utf8');
  const own = new Set(all(described, /: &str = "(call_server_\w+)"/g));
  assert.ok(own.size > 10);
  for (const name of all(text, /^(call_server_[a-z_]+?)(?:_bucket|_sum|_count)?[{ ]/gm)) assert.ok(own.has(name), name);
  const process = new Set(all(text, /^(process_\w+)/gm));

  const dashboard = JSON.parse(read('grafana/dashboards/calls.json'));
  const queries = dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr)).join('\n');
  const alerts = read('prometheus/alerts.yml');
  const used = all(`${queries}\n${alerts}`, /\b((?:call_server|process)_\w+)/g);
  assert.ok(used.length > 12, 'they are found');
  const base = (name) => name.replace(/_(bucket|sum|count)$/, '');
  assert.deepEqual(used.filter((name) => !own.has(base(name)) && !process.has(name)), []);
  assert.deepEqual([...own].filter((name) => !queries.includes(name)), [], 'the dashboard leaves none out');
  assert.equal(bob.frames.filter(({ body }) => body.call).length, 1);
});

test('the health check of the image asks whether the server is ready', async (t) => {
  const server = await startServer(t, ['--data', folder(t)]);
  const check = (address) => spawnSync(join(DEPLOY, 'healthcheck'), { env: { ...process.env, CALL_SERVER_LISTEN: address } }).status;
  const { port } = new URL(server.url);
  assert.equal(check(`0.0.0.0:${port}`), 0);
  assert.notEqual(check('0.0.0.0:1'), 0);
});

test('no file has a secret, and each alert is explained', () => {
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /(?:password|secret)\w*["']?\s*[:=]\s*["']?[A-Za-z0-9][A-Za-z0-9+/]{11,}["']?\s*$/im, file);
  }
  const compose = read('compose.yaml');
  for (const name of ['NATS_PASSWORD', 'POSTGRES_PASSWORD', 'GRAFANA_PASSWORD', 'CALL_DOMAIN', 'PUBLIC_ADDRESS']) {
    assert.ok(compose.includes(`\${${name}:?`), `${name} must be given`);
    assert.ok(!compose.includes(`\${${name}:-`), `${name} has no default`);
  }
  const operations = readFileSync(resolve(DEPLOY, '../docs/operations.md'), 'utf8');
  for (const alert of all(read('prometheus/alerts.yml'), /alert: (\w+)/g)) assert.ok(operations.includes(`\`${alert}\``), alert);
});
