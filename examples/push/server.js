// Takes the call server's webhooks and sends each user's devices a push. See docs/push.md.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { Webhook } from 'standardwebhooks';
import webpush from 'web-push';

const { WEBHOOK_SECRET, VAPID_PUBLIC, VAPID_PRIVATE, CONTACT = 'mailto:admin@example.com', HOST = '127.0.0.1', PORT = '8491' } = process.env;
const LONGEST = 64 * 1024;
const PAGES = { '/': 'index.html', '/index.html': 'index.html', '/client.js': 'client.js', '/sw.js': 'sw.js' };
const TYPES = { html: 'text/html', js: 'text/javascript' };

const webhook = new Webhook(WEBHOOK_SECRET);
webpush.setVapidDetails(CONTACT, VAPID_PUBLIC, VAPID_PRIVATE);

/** User -> endpoint -> subscription. A real application keeps them in its database. */
const subscriptions = new Map();
/** Events may come twice. */
const seen = new Set();

async function push(user, message) {
  const devices = subscriptions.get(user) ?? new Map();
  await Promise.all([...devices.values()].map(async (subscription) => {
    try {
      // Of no use when it has stopped ringing.
      await webpush.sendNotification(subscription, JSON.stringify(message), { TTL: 30, urgency: 'high' });
    } catch (error) {
      // The browser has given the subscription up.
      if (error.statusCode === 404 || error.statusCode === 410) devices.delete(subscription.endpoint);
      else throw error;
    }
  }));
}

async function take(event) {
  if (seen.has(event.id)) return;
  const { call, user } = event;
  if (event.type === 'ringing') await push(user, { type: 'ringing', call: call.id, caller: call.caller, media: call.media });
  // Answered on another device, or over: the notification goes away.
  if (event.type === 'accepted' || event.type === 'missed') await push(user, { type: event.type, call: call.id, caller: call.caller });
  seen.add(event.id);
}

async function body(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += piece;
    if (text.length > LONGEST) throw Object.assign(new Error('too long'), { status: 413 });
  }
  return text;
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'POST' && pathname === '/calls') {
    const text = await body(request);
    let event;
    try {
      event = webhook.verify(text, request.headers);
    } catch {
      return response.writeHead(401).end();
    }
    await take(event);
    return response.writeHead(204).end();
  }
  // Here anybody may subscribe as anybody: a real application takes the user from its own session.
  if (request.method === 'POST' && pathname === '/subscribe') {
    const { user, subscription } = JSON.parse(await body(request));
    if (!subscriptions.has(user)) subscriptions.set(user, new Map());
    subscriptions.get(user).set(subscription.endpoint, subscription);
    return response.writeHead(204).end();
  }
  if (request.method === 'GET' && pathname === '/key') return response.end(VAPID_PUBLIC);
  if (request.method === 'GET' && PAGES[pathname]) {
    const page = PAGES[pathname];
    response.setHeader('content-type', TYPES[page.split('.').pop()]);
    return response.end(await readFile(new URL(page, import.meta.url)));
  }
  response.writeHead(404).end();
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    // The call server comes back with it.
    if (!response.headersSent) response.writeHead(error.status ?? 500);
    response.end();
  });
});
server.listen(Number(PORT), HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`));
