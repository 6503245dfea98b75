import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = process.env.TURNSERVER || 'turnserver';

/** Null, or why there is no coturn to test with. */
export function turnMissing() {
  return spawnSync(PROGRAM, ['-h']).error ? 'turnserver is not installed (apt-get install coturn)' : null;
}

/**
 * A real coturn with a shared secret of its own, on the loopback or on another host.
 * @param {{address?: string, port?: number, inside?: string[]}} options inside: the words before a command that run it there
 */
export async function startTurn({ address = '127.0.0.1', port: wanted, inside = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'turn-e2e-'));
  const secret = randomBytes(12).toString('hex');
  const port = wanted ?? await freePort();
  const config = join(folder, 'turnserver.conf');
  writeFileSync(config, [
    `listening-ip=${address}`, `relay-ip=${address}`, `listening-port=${port}`, 'min-port=49300', 'max-port=49500',
    'realm=e2e.test', 'use-auth-secret', `static-auth-secret=${secret}`, 'fingerprint', 'no-tls', 'no-dtls', 'no-cli',
    'allow-loopback-peers', `pidfile=${join(folder, 'turn.pid')}`, `userdb=${join(folder, 'turndb')}`, 'log-file=stdout',
  ].join('\n'));
  const [program, ...args] = [...inside, PROGRAM, '-c', config];
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await answering(address, port, inside, exited);
  return {
    url: `turn:${address}:${port}?transport=udp`,
    secret,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort() {
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

/** Asks with coturn's own STUN client until it is answered. */
export async function answering(address, port, inside, exited) {
  const [program, ...args] = [...inside, 'turnutils_stunclient', '-p', String(port), address];
  let gone = false;
  exited.then(() => { gone = true; });
  for (let i = 0; i < 50 && !gone; i += 1) {
    const asked = spawn(program, args, { stdio: 'ignore', timeout: 1000 });
    const [code] = await once(asked, 'exit');
    if (code === 0) return;
    await sleep(100);
  }
  throw new Error(gone ? 'turnserver ended at its start' : 'turnserver does not answer');
}
