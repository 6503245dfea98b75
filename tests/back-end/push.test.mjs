// The example of docs/push.md: a real call on a real server becomes a push that only the browser can read.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import webpush from 'web-push';
import { call, firstLine, folder, login, startServer, until } from './support.mjs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
// Of the package that encrypts.
const ece = createRequire(createRequire(import.meta.url).resolve('web-push'))('http_ece');

/** A push service, as browsers' vendors run them, and one browser's subscription to it. */
async function pushService(t, tls) {
  const pushes = [];
  const server = createServer(tls, async (request, response) => {
    const pieces = await request.toArray();
    pushes.push({ path: request.url, headers: request.headers, body: Buffer.concat(pieces) });
    response.writeHead(201).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const keys = createECDH('prime256v1');
  const [publicKey, auth] = [keys.generateKeys(), randomBytes(16)];
  const subscription = {
    endpoint: `https://127.0.0.1:${server.address().port}/push/bobs-browser`,
    keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
  };
  const read = ({ body }) => JSON.parse(ece.decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') }));
  return { pushes, subscription, read };
}

test('a call that rings becomes a push to the callee, and its end takes it back', async (t) => {
  // A certificate of the server's own making serves the push service.
  const kept = folder(t);
  await startServer(t, ['--dev-tls', '--data', kept]);
  const { certificate: cert, key } = JSON.parse(readFileSync(join(kept, 'dev-tls.json')));
  const trusted = join(kept, 'certificate.pem');
  writeFileSync(trusted, cert);
  const { pushes, subscription, read } = await pushService(t, { cert, key });

  const vapid = webpush.generateVAPIDKeys();
  const example = spawn(process.execPath, ['examples/push/server.js'], {
    env: {
      ...process.env,
      PORT: '0',
      WEBHOOK_SECRET: SECRET,
      VAPID_PUBLIC: vapid.publicKey,
      VAPID_PRIVATE: vapid.privateKey,
      NODE_EXTRA_CA_CERTS: trusted,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => example.kill());
  const url = (await firstLine(example)).replace('listening on ', '');

  // What is not signed by the call server is refused.
  const forged = await fetch(`${url}/calls`, {
    method: 'POST',
    headers: { 'webhook-id': 'x', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)), 'webhook-signature': 'v1,AAAA' },
    body: JSON.stringify({ id: 'x', type: 'ringing', user: 'bob', call: { id: 'x', caller: 'eve' } }),
  });
  assert.equal(forged.status, 401);
  const subscribed = await fetch(`${url}/subscribe`, { method: 'POST', body: JSON.stringify({ user: 'bob', subscription }) });
  assert.equal(subscribed.status, 204);

  const server = await startServer(t, ['--data', folder(t), '--webhook', `${url}/calls`, '--webhook-secret', SECRET]);
  const ann = await login(t, server, 'ann');
  const placed = await call(ann, 'bob', { timeout: 1 });
  await until('two pushes', () => pushes.length >= 2);
  const [rings, missed] = pushes.map(read);
  assert.deepEqual(rings, { type: 'ringing', call: placed, caller: 'ann', media: 'audio' });
  assert.deepEqual(missed, { type: 'missed', call: placed, caller: 'ann' });
  assert.match(pushes[0].headers.authorization, /^vapid /);
  assert.equal(pushes[0].headers.ttl, '30');
  assert.equal(pushes[0].path, '/push/bobs-browser');
});
