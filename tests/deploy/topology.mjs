// What compose.yaml brings up, without containers: the shipped files, three call servers, three nats-servers, Postgres, coturn
// and, where they are installed, Caddy and Prometheus, in a network of their own. Then a call, of which a server dies.
//
//   cargo xtask long deploy          (as root, for a network namespace; NATS_SERVER, TURNSERVER, CADDY, PROMETHEUS and POSTGRES_BIN name programs)

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sigs from 'tls-sig-api-v2';
import { WebSocket } from 'ws';
import { SERVER, until } from '../back-end/support.mjs';
import { TurnClient } from './turn-client.mjs';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');
const DOMAIN = 'calls.test';
const TURN_ADDRESS = '127.0.0.30';
const HOSTS = {
  'nats-1': '127.0.0.11', 'nats-2': '127.0.0.12', 'nats-3': '127.0.0.13', 'call-1': '127.0.0.21', 'call-2': '127.0.0.22',
  'call-3': '127.0.0.23', postgres: '127.0.0.40', [DOMAIN]: TURN_ADDRESS,
};

if (!process.argv.includes('--inside')) {
  const inside = ['--net', '--mount', '--pid', '--fork', '--kill-child', process.execPath, import.meta.filename, '--inside'];
  process.exit(spawnSync('unshare', inside, { stdio: 'inherit' }).status ?? 1);
}

const folder = mkdtempSync(join(tmpdir(), 'topology-'));
const children = new Map();
process.on('exit', () => {
  for (const child of children.values()) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const found = (name, variable) => process.env[variable] || spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();

function must(program, args, options) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? stderr}`);
}

function start(name, program, args, { env = {}, ...options } = {}) {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const path = { PATH: process.env.PATH, HOME: folder };
  children.set(name, spawn(program, args, { env: { ...path, ...env }, stdio: ['ignore', log, log], ...options }));
}

/** A machine of its own, as far as these programs see. */
function moveIn() {
  must('ip', ['link', 'set', 'lo', 'up']);
  must('mount', ['--make-rprivate', '/']);
  must('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, ['127.0.0.1 localhost', ...Object.entries(HOSTS).map(([name, address]) => `${address} ${name}`)].join('\n'));
  must('mount', ['--bind', hosts, '/etc/hosts']);
}

/** The files as an operator has them: copied, and secrets made. */
function prepare() {
  const deploy = join(folder, 'deploy');
  cpSync(DEPLOY, deploy, { recursive: true, filter: (from) => !/\/(secrets|\.env)$/.test(from) });
  must(join(deploy, 'make-secrets'), [DOMAIN, TURN_ADDRESS]);
  const env = Object.fromEntries(readFileSync(join(deploy, '.env'), 'utf8').trim().split('\n').map((line) => line.split(/=(.*)/)));
  mkdirSync('/run/secrets');
  cpSync(join(deploy, 'secrets/apps.toml'), '/run/secrets/apps');
  cpSync(join(deploy, 'secrets/turn'), '/run/secrets/turn');
  return { deploy, env };
}

/** The variables of a service in compose.yaml, with those of .env put in. */
function environment(text, service, env) {
  const [, block] = new RegExp(`^${service}:[\\s\\S]*?^  environment:\\n((?:    .*\\n)+)`, 'm').exec(text);
  const lines = block.split('\n').map((line) => /^    (\w+): '?(.*?)'?$/.exec(line)).filter(Boolean);
  const filled = (value) => value.replace(/\$\{(\w+)(?::\?[^}]*)?\}/g, (_, name) => env[name] ?? assert.fail(name));
  return Object.fromEntries(lines.map(([, name, value]) => [name, filled(value)]));
}

function startPostgres(env) {
  const newest = () => `/usr/lib/postgresql/${readdirSync('/usr/lib/postgresql').sort().at(-1)}/bin`;
  const programs = process.env.POSTGRES_BIN || newest();
  const [data, password] = [join(folder, 'postgres'), join(folder, 'password')];
  writeFileSync(password, env.POSTGRES_PASSWORD);
  mkdirSync(data);
  must('chown', ['nobody', data, password]);
  must('chmod', ['711', folder]);
  const nobody = (program, args) => ['--reuid', 'nobody', '--clear-groups', '--', join(programs, program), ...args];
  must('setpriv', nobody('initdb', ['--no-sync', '--auth=scram-sha-256', '--username=call', `--pwfile=${password}`, `--pgdata=${data}`]));
  start('postgres', 'setpriv', nobody('postgres', ['-D', data, '-h', HOSTS.postgres, '-k', data]));
  const psql = (sql, base) => spawnSync('psql', ['-h', HOSTS.postgres, '-U', 'call', '-d', base, '-Atc', sql], { encoding: 'utf8', env: { ...process.env, PGPASSWORD: env.POSTGRES_PASSWORD } });
  return until('Postgres', () => psql('CREATE DATABASE calls', 'postgres').status === 0).then(() => psql);
}

/** Prometheus with the shipped configuration finds all three, and understands every query of the dashboard and the alerts. */
async function watched(deploy) {
  const prometheus = found('prometheus', 'PROMETHEUS');
  if (!prometheus) return console.log('skip Prometheus: it is not installed');
  start('prometheus', prometheus, [`--config.file=${deploy}/prometheus/prometheus.yml`, `--storage.tsdb.path=${folder}/prometheus`]);
  const api = 'http://127.0.0.1:9090/api/v1';
  const query = async (text) => (await fetch(`${api}/query?query=${encodeURIComponent(text)}`)).json();
  await eventually('Prometheus', () => answers('http://127.0.0.1:9090/-/ready'));
  await eventually('all of them', async () => (await query('sum(up) == 3 and sum(call_server_store_answers) == 3')).data.result.length === 1);
  const { panels } = JSON.parse(readFileSync(join(deploy, 'grafana/dashboards/calls.json'), 'utf8'));
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const answer = await query(expr.replaceAll('$__rate_interval', '1m'));
      assert.equal(answer.status, 'success', `${title}: ${answer.error}`);
    }
  }
  const { data } = await (await fetch(`${api}/rules`)).json();
  const rules = data.groups.flatMap((group) => group.rules);
  assert.deepEqual(rules.filter(({ state, health }) => state === 'firing' || health === 'err').map(({ name }) => name), []);
  console.log(`ok   Prometheus watches all three; ${panels.length} panels and ${rules.length} alerts are understood, none of which fires`);
}

async function answers(url) {
  return fetch(url).then(({ ok }) => ok, () => false);
}

async function eventually(what, condition) {
  let is = false;
  const asking = setInterval(async () => { is = await condition(); }, 200);
  await until(what, () => is).finally(() => clearInterval(asking));
}

class Person {
  constructor(user, app, secret) {
    this.login = { app, user, sig: new sigs.Api(app, secret).genUserSig(user, 3600), device: `of ${user}` };
    this.frames = [];
    this.id = 0;
  }

  async connect(url) {
    this.socket = new WebSocket(`${url}/v1/ws`, 'open-call.v1');
    this.socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      this.frames.push(frame);
      if (frame.body === 'beat') this.socket.send(JSON.stringify({ id: 0, body: { beat: {} } }));
    };
    this.closed = new Promise((done) => { this.socket.onclose = done; });
    await new Promise((opened, failed) => Object.assign(this.socket, { onopen: opened, onerror: failed }));
    const { body } = await this.ask({ login: this.login });
    assert.ok(body.welcome, JSON.stringify(body));
    this.login.resume = body.welcome.resume;
    return body.welcome;
  }

  async ask(body) {
    const id = (this.id += 1);
    this.socket.send(JSON.stringify({ id, body }));
    await until('an answer', () => this.frames.some(({ re }) => re === id));
    return this.frames.find(({ re }) => re === id);
  }

  async sees(phase) {
    const seen = () => this.frames.findLast(({ body }) => body.call)?.body.call.call ?? this.frames.findLast(({ body }) => body.call)?.body.call;
    await until(`${this.login.user} sees it ${phase}`, () => seen()?.phase === phase);
    return seen();
  }
}

async function main() {
  moveIn();
  const { deploy, env } = prepare();
  const compose = readFileSync(join(deploy, 'compose.yaml'), 'utf8');
  const psql = await startPostgres(env);

  const nats = found('nats-server', 'NATS_SERVER');
  for (const n of [1, 2, 3]) {
    const [name, host] = [`nats-${n}`, HOSTS[`nats-${n}`]];
    const own = ['--addr', host, '--cluster', `nats://${host}:6222`, '--store_dir', join(folder, name), '--http_port', `${8221 + n}`];
    start(name, nats, ['--config', join(deploy, 'nats/nats.conf'), '--name', name, ...own], { env: environment(compose, 'x-nats', env) });
  }
  for (const n of [1, 2, 3]) {
    const own = { CALL_SERVER_LISTEN: `call-${n}:8480`, CALL_SERVER_ADMIN: `call-${n}:8481`, CALL_SERVER_LOG_FORMAT: 'json' };
    start(`call-${n}`, SERVER, [], { env: { ...environment(compose, 'x-call-server', env), ...own } });
  }
  const turn = { TURN_SECRETS: '/run/secrets/turn', TURN_REALM: DOMAIN, TURN_ADDRESS, TURNSERVER: found('turnserver', 'TURNSERVER') };
  start('coturn', join(deploy, 'coturn/start'), ['--listening-ip', TURN_ADDRESS, '--relay-ip', TURN_ADDRESS], { env: turn });
  for (const n of [1, 2, 3]) await eventually(`call-${n}`, () => answers(`http://call-${n}:8480/readyz`));
  console.log('ok   three call servers are ready, on three nats-servers and Postgres');

  const caddy = found('caddy', 'CADDY');
  let ways = [1, 2].map((n) => `http://call-${n}:8480`);
  if (caddy) {
    const site = `http://${DOMAIN}:8080`;
    start('proxy', caddy, ['run', '--config', join(deploy, 'caddy/Caddyfile'), '--adapter', 'caddyfile'], { env: { CALL_DOMAIN: site } });
    await eventually('the proxy', () => answers(`${site}/readyz`));
    ways = [site, site];
    console.log('ok   the proxy sends people to them');
  } else {
    console.log('skip the proxy: Caddy is not installed');
  }

  const apps = readFileSync('/run/secrets/apps', 'utf8');
  const [, app] = /id = (\d+)/.exec(apps);
  const [, secret] = /secrets = \["(\w+)"\]/.exec(apps);
  const [, key] = /admin_key = "(\w+)"/.exec(apps);
  const [ann, bob] = ['ann', 'bob'].map((name) => new Person(name, Number(app), secret));
  const welcome = await ann.connect(ways[0]);
  await bob.connect(ways[1]);

  const relay = welcome.ice_servers.find(({ username }) => username);
  const asking = new TurnClient({ after: () => {} }, { host: TURN_ADDRESS, port: 3478 }, { username: relay.username, password: relay.credential });
  assert.deepEqual([await asking.allocate(), await asking.permit('8.8.8.8'), await asking.permit('10.0.0.1')], [0, 0, 403]);
  console.log('ok   coturn takes the credentials of the login, and denies private peers');

  const id = randomBytes(16).toString('hex');
  await ann.ask({ invite: { call: id, callees: ['bob'], media: 'audio', group: false, room: {}, timeout: 30 } });
  const rung = await bob.sees('ringing');
  await bob.ask({ accept: { call: id, gen: rung.members.find(({ user }) => user === 'bob').gen } });
  await ann.sees('connected');
  const counts = await Promise.all([1, 2, 3].map(async (n) => {
    const text = await (await fetch(`http://call-${n}:8481/metrics`)).text();
    return Number(/^call_server_connections (\d+)/m.exec(text)?.[1] ?? 0);
  }));
  assert.equal(counts.reduce((sum, count) => sum + count), 2);
  assert.equal(Math.max(...counts), 1, `on two servers: ${counts}`);
  console.log(`ok   a call between two servers (connections: ${counts})`);

  await watched(deploy);

  const dying = counts.indexOf(1) + 1;
  const first = new Promise((done) => { ann.closed.then(() => done(ann)); bob.closed.then(() => done(bob)); });
  children.get(`call-${dying}`).kill('SIGKILL');
  const lost = await first;
  const again = await lost.connect(caddy ? ways[0] : `http://call-3:8480`);
  assert.equal(again.call?.id ?? again.call?.call?.id, id, 'the call goes on');
  const mine = again.call.members.find(({ user }) => user === lost.login.user);
  await lost.ask({ leave: { call: id, gen: mine.gen } });
  console.log(`ok   call-${dying} was killed, its user went on on another one`);

  const living = [1, 2, 3].find((n) => n !== dying);
  const record = async () => {
    const answer = await fetch(`http://call-${living}:8481/v1/calls/${id}`, { headers: { Authorization: `Bearer ${key}` } });
    return answer.ok && answer.json();
  };
  await eventually('the record', record);
  assert.equal((await record()).outcome, 'normal_end');
  assert.equal(psql(`SELECT count(*) FROM calls WHERE id = '${id}'`, 'calls').stdout.trim(), '1');
  console.log('ok   its record is in Postgres, once');
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  for (const name of children.keys()) console.error(`---- ${name}\n${readFileSync(join(folder, `${name}.log`), 'utf8').split('\n').slice(-8).join('\n')}`);
  process.exit(1);
});
