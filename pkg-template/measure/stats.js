import { most } from './quality.js';
import { SOURCES, readReports } from './reports.js';

// Milliseconds between the two looks that a rate needs, where there was none before.
const APART = 500;
// How old an earlier look may be.
const RECENT = 10_000;

const looks = new WeakMap();

/** `getStats()`, of the members' connections by their users. */
export async function readStats(members) {
  const stats = await Promise.all([...members].map(([userID, connection]) => readMember(userID, connection)));
  return { timestamp: Date.now(), members: stats };
}

async function readMember(userID, connection) {
  let before = looks.get(connection);
  if (!before || performance.now() - before.at > RECENT) {
    before = await readReports(connection);
    await new Promise((resolve) => setTimeout(resolve, APART));
  }
  const now = await readReports(connection);
  looks.set(connection, now);
  return { userID, ...connectionStats(now), sent: sentStats(before, now), received: receivedStats(before, now) };
}

function connectionStats({ state, pair, local, remote, reached }) {
  const roundTrip = pair?.currentRoundTripTime ?? most(reached, 'roundTripTime');
  return given({
    state,
    roundTripTime: milliseconds(roundTrip),
    availableBitrate: kilobits(pair?.availableOutgoingBitrate),
    localCandidate: local?.candidateType,
    remoteCandidate: remote?.candidateType,
    relayed: [local, remote].some((candidate) => candidate?.candidateType === 'relay'),
    protocol: local?.protocol,
    relayProtocol: local?.relayProtocol,
  });
}

function sentStats(before, now) {
  return streams(now.sent, (source, report) => {
    const reached = now.reached.find(({ localId }) => localId === report.id);
    return {
      ...common(report, now),
      bitrate: bitrate(before.sent[source], report, 'bytesSent'),
      packetLoss: Number.isFinite(reached?.fractionLost) ? reached.fractionLost * 100 : undefined,
      jitter: milliseconds(reached?.jitter),
      limitedBy: report.qualityLimitationReason,
    };
  });
}

function receivedStats(before, now) {
  return streams(now.received, (source, report) => ({
    ...common(report, now),
    bitrate: bitrate(before.received[source], report, 'bytesReceived'),
    packetLoss: lossBetween(before.received[source], report),
    jitter: milliseconds(report.jitter),
    freezes: report.freezeCount,
  }));
}

/** Those that something has come or gone by, and the sum of their bitrates. */
function streams(reports, read) {
  const found = {};
  for (const source of SOURCES) {
    const report = reports[source];
    if (report?.bytesSent > 0 || report?.bytesReceived > 0) found[source] = given(read(source, report));
  }
  return { bitrate: Object.values(found).reduce((sum, stream) => sum + stream.bitrate, 0), ...found };
}

function common(report, { get }) {
  return {
    codec: get(report.codecId)?.mimeType.split('/')[1],
    width: report.frameWidth,
    height: report.frameHeight,
    frameRate: report.kind === 'video' ? (report.framesPerSecond ?? 0) : undefined,
  };
}

function bitrate(before, report, key) {
  const bits = (report[key] - (before?.[key] ?? 0)) * 8;
  const time = report.timestamp - (before?.timestamp ?? report.timestamp);
  // Bits in a millisecond are kilobits in a second. The browser may answer twice with the same report.
  return time > 0 ? Math.max(0, Math.round(bits / time)) : 0;
}

function lossBetween(before, report) {
  const lost = Math.max(0, report.packetsLost - (before?.packetsLost ?? 0));
  const came = report.packetsReceived - (before?.packetsReceived ?? 0);
  return lost + came > 0 ? (100 * lost) / (lost + came) : 0;
}

const milliseconds = (seconds) => (Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined);
const kilobits = (bits) => (Number.isFinite(bits) ? Math.round(bits / 1000) : undefined);

/** Without what the browser does not tell. */
function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
