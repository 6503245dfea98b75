// The programs of one run: started one after the other, and ended together.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIME = 20_000;

export class Programs {
  #prefix;
  #running = [];
  #folders = [];

  /** `prefix`: how programs are started; `threads`: as many worker threads has each server. */
  constructor(prefix, threads) {
    this.#prefix = prefix;
    this.threads = String(threads);
  }

  start(command, stdout = 'ignore') {
    const [program, ...rest] = [...this.#prefix, ...command];
    const env = { ...process.env, TOKIO_WORKER_THREADS: this.threads };
    const child = spawn(program, rest, { env, stdio: ['ignore', stdout, 'inherit'] });
    this.#running.push(child);
    return child;
  }

  /** One that is gone when they have ended. */
  async folder() {
    const folder = await mkdtemp(join(tmpdir(), 'call-server-bench-'));
    this.#folders.push(folder);
    return folder;
  }

  async end() {
    await Promise.all(this.#running.map(end));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Asks again and again, while the program lives. */
export async function until(what, child, isSo) {
  for (const began = Date.now(); Date.now() - began < START_TIME; await sleep(20)) {
    if (child.exitCode !== null) throw new Error(`${what} ended (${child.exitCode}) before it was ready`);
    if (await isSo()) return;
  }
  throw new Error(`${what} is not ready after ${START_TIME / 1000} s`);
}

/** Something listens. */
export async function isReachable(port) {
  const socket = connect(port, '127.0.0.1');
  const connected = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return connected;
}

/** It says so itself. */
export function isWell(url) {
  return fetch(url).then((answer) => answer.ok, () => false);
}

/** Nobody has them now. */
export async function freePorts(count) {
  const held = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(held.map((server) => once(server, 'listening')));
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => once(server.close(), 'close')));
  return ports;
}
