// Starts one server at a time, aims the generator at it, and ends it.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const APP = '1400000001:secret-of-the-benchmarks';
const START_TIME = 20_000;
const RUN_TIME = 300_000;

/** As many sockets as this user may have. */
const ALL_SOCKETS = ['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh'];

/** Ahead of whatever else runs on this machine; for Linux, and for those who may. */
const REAL_TIME = ['chrt', '-f', '10'];

export class Machine {
  constructor({ generator, floor, server, threads, realtime }) {
    this.paths = { generator, floor, server };
    this.threads = threads;
    const may = realtime && spawnSync(REAL_TIME[0], [...REAL_TIME.slice(1), 'true']).status === 0;
    this.prefix = [...ALL_SOCKETS, ...(may ? REAL_TIME : [])];
    this.priority = may ? 'at real-time priority' : 'at ordinary priority: other work on this machine disturbs';
  }

  /** What the generator says after one run against a fresh server. */
  async run(system, proto, mode) {
    const server = system === 'floor' ? await this.startFloor() : await this.startOurs(system);
    try {
      const args = ['--proto', system === 'floor' ? 'json' : proto, '--url', server.url, '--pid', String(server.process.pid), ...mode];
      const [program, ...rest] = [...this.prefix, this.paths.generator, ...args];
      const { stdout } = await run(program, rest, { env: { ...process.env, CALL_SERVER_APP: APP }, timeout: RUN_TIME });
      const result = JSON.parse(stdout);
      if (result.error) throw new Error(`${system}, ${mode.join(' ')}: ${result.error}`);
      return result;
    } finally {
      await server.end();
    }
  }

  async startFloor() {
    const port = await freePort();
    const child = this.start([this.paths.floor, 'axum', `127.0.0.1:${port}`, String(this.threads)], 'inherit');
    await reachable(port, child);
    return { process: child, url: `ws://127.0.0.1:${port}`, end: () => end(child) };
  }

  async startOurs(store) {
    const data = await mkdtemp(join(tmpdir(), 'call-server-bench-'));
    const args = ['--listen', '127.0.0.1:0', '--app', APP, '--log', 'warn', '--limits', 'off', '--store', store, '--data', data];
    const child = this.start([this.paths.server, ...args], 'pipe');
    const url = await listening(child);
    return {
      process: child,
      url: url.replace('http', 'ws'),
      end: async () => {
        await end(child);
        await rm(data, { recursive: true, force: true });
      },
    };
  }

  start(command, stdout) {
    const [program, ...rest] = [...this.prefix, ...command];
    const env = { ...process.env, TOKIO_WORKER_THREADS: String(this.threads) };
    return spawn(program, rest, { env, stdio: ['ignore', stdout, 'inherit'] });
  }
}

/** Resolves with the address that the server prints when it is ready. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += data;
      const address = /listening on (http:\/\/\S+)/.exec(printed);
      if (address) resolve(address[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended (${code}) before it was ready`)));
  });
}

async function reachable(port, child) {
  for (let waited = 0; waited < START_TIME; waited += 50) {
    if (child.exitCode !== null) throw new Error(`the floor ended (${child.exitCode}) before it was ready`);
    const socket = connect(port, '127.0.0.1');
    const connected = await Promise.race([once(socket, 'connect').then(() => true, () => false), sleep(1000, false)]);
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
  throw new Error('the floor does not listen');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
