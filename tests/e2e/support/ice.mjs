// What ICE does in the connection that a person is in a call by.

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
