// What statistics are taken for. Pure; what is not known is NaN in a sample and 0 in what becomes of it.

/** The contract's numbers. */
const UNKNOWN = 0;
const DOWN = 6;

// The upper ends of excellent, good, poor and bad.
const LOSS = [1, 3, 8, 15];
const DELAY = [100, 200, 350, 600];
const JITTER = [20, 40, 80, 150];

/**
 * What the reports of one connection say of its quality: connected, packets `received` and `lost` since its beginning,
 * `jitter` and `roundTrip` in seconds, and the part of what is sent that the other side misses (`missed`, 0 to 1).
 */
export function sampleOf({ state, pair, received, reached }) {
  const streams = Object.values(received);
  const sum = (key) => streams.reduce((total, stream) => total + (stream[key] ?? 0), 0);
  return {
    connected: state === 'connected',
    received: sum('packetsReceived'),
    lost: sum('packetsLost'),
    jitter: most(streams, 'jitter'),
    roundTrip: pair?.currentRoundTripTime ?? most(reached, 'roundTripTime'),
    missed: most(reached, 'fractionLost'),
  };
}

/** How the other side's sound and picture have come between two samples. */
export function down(before, sample) {
  const lost = Math.max(0, sample.lost - before.lost);
  const loss = (100 * lost) / (lost + sample.received - before.received);
  return figures(sample, rate(sample, loss, sample.jitter * 1000), loss);
}

/** How what is sent arrives there. */
export function up(sample) {
  return figures(sample, rate(sample, sample.missed * 100, NaN), 0);
}

/**
 * The own connection to the network: that to the other side which is reached best, because what only one of several does
 * not get is that one's trouble.
 */
export function ownQuality(samples) {
  const known = samples.map(up).filter(({ quality }) => quality !== UNKNOWN);
  return known.reduce((best, one) => (one.quality < best.quality ? one : best), known[0] ?? unknown());
}

export function unknown() {
  return { quality: UNKNOWN, upLoss: 0, downLoss: 0, delay: 0 };
}

/** 0 to 100 of an amplitude of 0 to 1. The root, because loudness grows slower than the amplitude: speech is 20 to 60. */
export function volume(level) {
  return percent(Math.sqrt(level) * 100);
}

/** The amplitude of a sound: as it is now, or as it was since `before` where the browser adds it up. */
export function levelOf(report, before) {
  const energy = report?.totalAudioEnergy - before?.totalAudioEnergy;
  const time = report?.totalSamplesDuration - before?.totalSamplesDuration;
  return Math.max(report?.audioLevel || 0, Math.sqrt(energy / time) || 0);
}

export function most(reports, key) {
  const known = reports.map((report) => report[key]).filter(Number.isFinite);
  return known.length > 0 ? Math.max(...known) : NaN;
}

function rate({ connected, roundTrip }, loss, jitter) {
  if (!connected) return DOWN;
  const delay = roundTrip * 1000;
  if (Number.isNaN(loss) && Number.isNaN(delay)) return UNKNOWN;
  return Math.max(grade(loss, LOSS), grade(delay, DELAY), grade(jitter, JITTER));
}

// 1 to 5; what is not known is no fault.
function grade(value, limits) {
  return 1 + limits.filter((limit) => value > limit).length;
}

function figures({ missed, roundTrip }, quality, loss) {
  return { quality, upLoss: percent(missed * 100), downLoss: percent(loss), delay: Math.round(roundTrip * 1000) || 0 };
}

function percent(value) {
  return Math.min(100, Math.max(0, Math.round(value))) || 0;
}
