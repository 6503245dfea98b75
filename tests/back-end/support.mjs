// A real server, and people who speak its protocol without a browser.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

export const SERVER = process.env.CALL_SERVER ?? resolve(import.meta.dirname, '../../target/release/call-server');

/** Longer than anything takes: only so that a broken test ends. */
const PATIENCE = 60_000;

export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'call-back-end-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function startServer(t, args) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CALL_SERVER')));
  const child = spawn(SERVER, ['--dev', '--listen', '127.0.0.1:0', '--log', 'warn', ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const url = (await lines.next()).value.replace('listening on ', '');
  const admin = args.includes('--admin') ? (await lines.next()).value.replace('admin on ', '') : undefined;
  return { url, admin };
}

export async function firstLine(child) {
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error('it said nothing');
}

/** Logged in over the signaling protocol. */
export async function login(t, server, user) {
  const { SDKAppID, userSig } = await (await fetch(`${server.url}/dev/usersig?userID=${user}`)).json();
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/ws`, 'open-call.v1');
  t.after(() => socket.close());
  const frames = [];
  socket.onmessage = ({ data }) => frames.push(JSON.parse(data));
  await new Promise((opened, failed) => Object.assign(socket, { onopen: opened, onerror: failed }));
  const person = { user, frames, send: (id, body) => socket.send(JSON.stringify({ id, body })) };
  person.send(1, { login: { app: SDKAppID, user, sig: userSig, device: `device of ${user}` } });
  await until('a welcome', () => frames.some(({ body }) => body.welcome));
  return person;
}

/** Places a call of two; `timeout` in seconds. Answers with its id. */
export async function call(person, callee, { timeout }) {
  const id = randomBytes(16).toString('hex');
  person.send(2, { invite: { call: id, callees: [callee], media: 'audio', group: false, room: {}, timeout } });
  await until('an answer', () => person.frames.some(({ re }) => re === 2));
  return id;
}

export async function until(what, condition) {
  const deadline = Date.now() + PATIENCE;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
