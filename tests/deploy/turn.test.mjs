// coturn as deploy/coturn starts it: whom it relays to, for whom, and how much.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { folder } from '../back-end/support.mjs';
import { answering, freePort, turnMissing } from '../e2e/support/turn.mjs';
import { TurnClient, credentials } from './turn-client.mjs';

const COTURN = resolve(import.meta.dirname, '../../deploy/coturn');
const HOST = '127.0.0.1';
const HAS_IPV6 = Object.values(networkInterfaces()).flat().some(({ address }) => address === '::1');
const [FORBIDDEN, UNAUTHORIZED, QUOTA] = [403, 401, 486];

/** With two secrets, as in the middle of a rotation. */
async function start(t) {
  const dir = folder(t);
  const secrets = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  writeFileSync(join(dir, 'secrets'), `${secrets.join('\n')}\n`);
  const port = await freePort();
  const env = { ...process.env, RUNTIME_DIRECTORY: dir, TURN_SECRETS: join(dir, 'secrets'), TURN_REALM: 'calls.test', TURN_ADDRESS: HOST };
  const child = spawn(join(COTURN, 'start'), [
    '--listening-ip', HOST, '--relay-ip', HOST, ...(HAS_IPV6 ? ['--relay-ip', '::1'] : []), '--listening-port', String(port), '--log-file', join(dir, 'log'),
  ], { env, stdio: 'ignore' });
  const exited = new Promise((done) => child.once('exit', done));
  t.after(async () => { child.kill('SIGKILL'); await exited; });
  await answering(HOST, port, [], exited);
  return { address: { host: HOST, port }, secrets, dir };
}

test('coturn as it is deployed', { skip: turnMissing() ?? false }, async (t) => {
  const turn = await start(t);
  const client = (who) => new TurnClient(t, turn.address, who);

  await t.test('no program on the machine sees the secrets, and nobody else reads the file', () => {
    const made = readdirSync(turn.dir).filter((name) => /^turnserver\.\w{6}$/.test(name));
    assert.equal(made.length, 1);
    assert.equal(statSync(join(turn.dir, made[0])).mode & 0o777, 0o600);
    const commands = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    if (commands.status === 0) for (const secret of turn.secrets) assert.ok(!commands.stdout.includes(secret));
  });

  await t.test('both secrets make credentials, others do not, and none for longer than they say', async () => {
    for (const secret of turn.secrets) assert.equal(await client(credentials(secret, '7:ann')).allocate(), 0);
    assert.equal(await client(credentials('guessed', '7:ann')).allocate(), UNAUTHORIZED);
    assert.equal(await client(credentials(turn.secrets[0], '7:ann', -10)).allocate(), UNAUTHORIZED);
  });

  await t.test('relays to the internet, and to no network that the server may be in', async () => {
    const v4 = client(credentials(turn.secrets[0], '7:bob'));
    assert.equal(await v4.allocate(), 0);
    assert.equal(await v4.permit('8.8.8.8'), 0);
    for (const peer of [
      '127.0.0.1', '127.8.9.1', '0.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.254',
      '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255',
    ]) assert.equal(await v4.permit(peer), FORBIDDEN, peer);
  });

  await t.test('nor by IPv6', { skip: HAS_IPV6 ? false : 'this machine has no IPv6' }, async () => {
    const v6 = client(credentials(turn.secrets[0], '7:eve'));
    assert.equal(await v6.allocate({ ipv6: true }), 0);
    assert.equal(await v6.permit('2606:4700::1111'), 0);
    for (const peer of [
      '::1', '::', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::127.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b:1::1',
      '2002:7f00:1::', 'fc00::1', 'fd00::1', 'fe80::1', 'ff02::1',
    ]) assert.equal(await v6.permit(peer), FORBIDDEN, peer);
  });

  await t.test('one user gets so many relays, whichever credentials he brings, and harms nobody', async () => {
    const codes = [];
    for (let i = 0; i < 60 && codes.at(-1) !== QUOTA; i += 1) {
      codes.push(await client(credentials(turn.secrets[0], '7:mallory', 1000 + i)).allocate());
    }
    assert.equal(codes.pop(), QUOTA);
    assert.ok(codes.length >= 30 && codes.every((code) => code === 0), `${codes.length} relays before`);
    assert.equal(await client(credentials(turn.secrets[0], '7:carol')).allocate(), 0);
  });
});
