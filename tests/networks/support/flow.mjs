// What came of the media of a call, told from the samples that flow.js takes in the page.

/** Milliseconds without a new frame or sound that are a break: the fake microphone beeps twice a second. */
const BREAK = 1_500;
/** Media that flow for so long have recovered. */
const STEADY = 3_000;

/**
 * From `since` on: when pictures and sound came back for good, the longest break, and how the connection was mended.
 * `steady`: nothing has been missing for a while.
 */
export function judge(samples, since) {
  const after = samples.filter(({ at }) => at >= since);
  const [pictures, sound] = ['frames', 'energy'].map((key) => breaks(after, key, since));
  const back = Math.max(pictures.back, sound.back);
  const end = after.at(-1)?.at ?? since;
  return {
    recovery: back - since,
    longest: Math.max(pictures.longest, sound.longest),
    steady: end - back >= STEADY && end - Math.min(pictures.last, sound.last) < BREAK,
    ...mending(after),
  };
}

/**
 * The end of the last break or, without one, the first arrival; the longest break; the last arrival. Time that nobody took
 * samples in, on a busy machine, is none. A connection that is made anew counts from 0.
 */
function breaks(samples, key, since) {
  let [back, longest, last] = [Infinity, 0, since];
  samples.forEach((sample, i) => {
    const before = samples[i - 1];
    if (!before || sample[key] <= before[key]) return;
    const missed = before.at - last;
    if (missed > BREAK || back === Infinity) back = sample.at;
    longest = Math.max(longest, missed);
    last = sample.at;
  });
  return { back, longest, last };
}

function mending(samples) {
  const paths = new Set(samples.map(({ path }) => path).filter(Boolean));
  const fresh = (samples.at(-1)?.connections ?? 0) - (samples[0]?.connections ?? 0);
  return { fresh, restarts: Math.max(0, paths.size - 1 - fresh) };
}
