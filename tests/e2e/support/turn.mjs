import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = process.env.TURNSERVER || 'turnserver';

/** Null, or why there is no coturn to test with. */
export function turnMissing() {
  return spawnSync(PROGRAM, ['-h']).error ? 'turnserver is not installed (apt-get install coturn)' : null;
}

/** A real coturn on the loopback with a shared secret of its own. */
export async function startTurn() {
  const folder = mkdtempSync(join(tmpdir(), 'turn-e2e-'));
  const secret = randomBytes(12).toString('hex');
  const port = await freePort();
  const config = join(folder, 'turnserver.conf');
  writeFileSync(config, [
    'listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', `listening-port=${port}`, 'min-port=49300', 'max-port=49500',
    'realm=e2e.test', 'use-auth-secret', `static-auth-secret=${secret}`, 'fingerprint', 'no-tls', 'no-dtls', 'no-cli',
    'allow-loopback-peers', `pidfile=${join(folder, 'turn.pid')}`, `userdb=${join(folder, 'turndb')}`, 'log-file=stdout',
  ].join('\n'));
  const child = spawn(PROGRAM, ['-c', config], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await answering(port, exited);
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    secret,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

/** Sends STUN binding requests until one is answered. */
async function answering(port, exited) {
  const socket = dgram.createSocket('udp4');
  let answered = false;
  let gone = false;
  socket.on('message', () => { answered = true; });
  socket.on('error', () => {});
  exited.then(() => { gone = true; });
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);
  for (let i = 0; i < 100 && !answered && !gone; i += 1) {
    socket.send(request, port, '127.0.0.1');
    await sleep(100);
  }
  socket.close();
  if (!answered) throw new Error(gone ? 'turnserver ended at its start' : 'turnserver does not answer');
}
