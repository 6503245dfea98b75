/** Runs in the page before anything else: notes what the engine takes from the browser, so that tests can see it given back. */
(() => {
  const probe = { connections: [], tracks: [], players: new Set(), requests: [] };
  globalThis.probe = probe;
  const note = (track) => { probe.tracks.push(track); return track; };

  if (globalThis.RTCPeerConnection) {
    globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
      construct(target, args, newTarget) {
        const connection = Reflect.construct(target, args, newTarget);
        probe.connections.push(connection);
        return connection;
      },
    });
  }
  if (globalThis.MediaDevices) {
    for (const method of ['getUserMedia', 'getDisplayMedia']) {
      const capture = MediaDevices.prototype[method];
      // Phones have no screen to share.
      if (!capture) continue;
      MediaDevices.prototype[method] = async function noted(constraints) {
        probe.requests.push(Object.keys(constraints).sort().join(' and '));
        const stream = await capture.call(this, constraints);
        stream.getTracks().forEach(note);
        return stream;
      };
    }
    const { clone } = MediaStreamTrack.prototype;
    MediaStreamTrack.prototype.clone = function noted() {
      return note(clone.call(this));
    };
  }

  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function noted() {
    probe.players.add(this);
    return play.call(this);
  };

  /** A player, in the document or not, lets a received track be heard. */
  probe.audible = () => [...probe.players, ...document.querySelectorAll('audio, video')].some((player) => (
    !player.paused && !player.muted && player.volume > 0
    && player.srcObject?.getAudioTracks().some((track) => track.readyState === 'live' && track.enabled)));

  probe.liveTracks = (kind) => probe.tracks.filter((track) => track.readyState === 'live' && (!kind || track.kind === kind)).length;
  probe.openConnections = () => probe.connections.filter((connection) => connection.signalingState !== 'closed').length;
  /** Connections to somebody, and all but one of those that were made ahead of a call. */
  probe.leftConnections = () => {
    const open = probe.connections.filter((connection) => connection.signalingState !== 'closed');
    const ahead = open.filter((connection) => !connection.remoteDescription).length;
    return open.length - Math.min(ahead, 1);
  };

  /** Sums over the open connections. */
  probe.stats = async () => {
    const sum = { framesDecoded: 0, audioEnergy: 0, audioLevel: 0, pairs: [] };
    for (const connection of probe.connections) {
      if (connection.signalingState === 'closed') continue;
      const report = await connection.getStats();
      for (const row of report.values()) {
        if (row.type === 'inbound-rtp' && row.kind === 'video') sum.framesDecoded += row.framesDecoded ?? 0;
        if (row.type === 'inbound-rtp' && row.kind === 'audio') {
          sum.audioEnergy += row.totalAudioEnergy ?? 0;
          sum.audioLevel = Math.max(sum.audioLevel, row.audioLevel ?? 0);
        }
        if (row.type === 'transport' && row.selectedCandidatePairId) {
          const pair = report.get(row.selectedCandidatePairId);
          sum.pairs.push({ local: report.get(pair.localCandidateId)?.candidateType, remote: report.get(pair.remoteCandidateId)?.candidateType });
        }
      }
    }
    return sum;
  };

  /** A small copy of what a video element shows: brightness 0..255 of 16x12 points, or null while it shows nothing. */
  probe.pixels = (selector) => {
    const video = document.querySelector(selector);
    if (!video || !video.videoWidth) return null;
    const canvas = document.createElement('canvas');
    canvas.width = 16;
    canvas.height = 12;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 16, 12);
    const { data } = context.getImageData(0, 0, 16, 12);
    const points = [];
    for (let i = 0; i < data.length; i += 4) points.push(Math.round((data[i] + data[i + 1] + data[i + 2]) / 3));
    return points;
  };
})();
