// What ICE does in the connection that a person is in a call by.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

const PATIENCE = 30_000;

/** The connection says that it has failed, as it does when a network is gone for long; everything after that is real. */
export const breaksDown = (person) => person.page.evaluate(async () => {
  const connection = probe.connections.find((one) => one.signalingState !== 'closed' && one.remoteDescription);
  Object.defineProperty(connection, 'connectionState', { configurable: true, get: () => 'failed' });
  connection.dispatchEvent(new Event('connectionstatechange'));
  delete connection.connectionState;
});

/** The names of both ends, which an ICE restart changes. */
export const credentials = (person) => person.page.evaluate(() => {
  const connection = probe.connections.find((one) => one.signalingState !== 'closed' && one.remoteDescription);
  const fragment = (description) => /a=ice-ufrag:(\S+)/.exec(description.sdp)[1];
  return { local: fragment(connection.currentLocalDescription), remote: fragment(connection.currentRemoteDescription) };
});

/** ICE has been restarted at both ends since `before`. */
export const isRestarted = (person, before) => person.until('has new ICE credentials', (old) => {
  const connection = probe.connections.find((one) => one.signalingState === 'stable' && one.remoteDescription);
  return connection && !connection.currentLocalDescription.sdp.includes(old.local)
    && !connection.currentRemoteDescription.sdp.includes(old.remote);
}, before);

/** Both ends come to use the same credentials: one more restart may be under way when the first of them is asked. */
export async function agree(one, other) {
  for (const end = Date.now() + PATIENCE; ; await sleep(100)) {
    const [own, { local, remote }] = await Promise.all([credentials(one), credentials(other)]);
    const wanted = { local: remote, remote: local };
    if (isDeepStrictEqual(own, wanted)) return;
    if (Date.now() > end) assert.deepEqual(own, wanted);
  }
}
