/** What is sent and received, in the order of the m-lines. */
export const SOURCES = ['audio', 'video', 'screen', 'screenAudio'];

/** The browser's reports of one connection at one moment, sorted by what they are about. */
export async function readReports(connection) {
  const all = await connection.getStats();
  const list = [...all.values()];
  const mids = connection.getTransceivers().map(({ mid }) => mid);
  const sorted = (type) => {
    const found = {};
    for (const report of list.filter((one) => one.type === type)) {
      const line = mids.indexOf(report.mid);
      found[line < 0 ? report.kind : SOURCES[line]] = report;
    }
    return found;
  };
  const pair = selectedPair(all, list);
  return {
    at: performance.now(),
    state: connection.connectionState,
    get: (id) => all.get(id),
    pair,
    local: all.get(pair?.localCandidateId),
    remote: all.get(pair?.remoteCandidateId),
    sent: sorted('outbound-rtp'),
    received: sorted('inbound-rtp'),
    // What the other side says of what it gets.
    reached: list.filter(({ type }) => type === 'remote-inbound-rtp'),
    microphone: list.find(({ type, kind }) => type === 'media-source' && kind === 'audio'),
  };
}

function selectedPair(all, list) {
  const transport = list.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId);
  if (transport) return all.get(transport.selectedCandidatePairId);
  // Firefox names none at the transport.
  const pairs = list.filter(({ type }) => type === 'candidate-pair');
  return pairs.find(({ selected }) => selected) ?? pairs.find(({ nominated, state }) => nominated && state === 'succeeded');
}
