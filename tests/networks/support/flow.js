/** Runs in the page: notes every tenth of a second how much has been seen and heard so far, and over which connections. */
(() => {
  const INTERVAL = 100;
  const samples = [];
  globalThis.flow = { samples };
  const note = async () => {
    const { framesDecoded, audioEnergy } = await probe.stats();
    const used = probe.connections.filter((one) => one.signalingState !== 'closed' && one.remoteDescription);
    const names = used.map((one) => /a=ice-ufrag:(\S+)/.exec(one.currentLocalDescription?.sdp)?.[1]);
    samples.push({ at: Date.now(), frames: framesDecoded, energy: audioEnergy, path: names.join(), connections: probe.connections.length });
    setTimeout(note, INTERVAL);
  };
  note();
})();
