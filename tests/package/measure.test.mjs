import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { down, levelOf, ownQuality, sampleOf, up, volume } from '../../pkg-template/measure/quality.js';
import { Pictures } from '../../pkg-template/measure/pictures.js';
import { Speaker } from '../../pkg-template/measure/speaker.js';

const BEFORE = { connected: true, received: 1000, lost: 10, jitter: 0.005, roundTrip: 0.03, missed: 0 };
const NOTHING = { quality: 0, upLoss: 0, downLoss: 0, delay: 0 };

/** A hundred packets later. */
const later = (lost, delay, jitter) => ({
  ...BEFORE,
  received: 1100 - lost,
  lost: 10 + lost,
  roundTrip: delay / 1000,
  jitter: jitter / 1000,
});

describe('quality', () => {
  it('is the worst of loss, delay and jitter', () => {
    for (const [lost, delay, jitter, quality] of [
      [0, 30, 5, 1],
      [1, 30, 5, 1],
      [2, 30, 5, 2],
      [5, 30, 5, 3],
      [10, 30, 5, 4],
      [20, 30, 5, 5],
      [0, 150, 5, 2],
      [0, 300, 5, 3],
      [0, 500, 5, 4],
      [0, 900, 5, 5],
      [0, 30, 30, 2],
      [0, 30, 60, 3],
      [0, 30, 100, 4],
      [0, 30, 300, 5],
      [2, 300, 100, 4],
    ]) {
      const figures = down(BEFORE, later(lost, delay, jitter));
      assert.deepEqual(figures, { quality, upLoss: 0, downLoss: lost, delay }, `${lost} % ${delay} ms ${jitter} ms`);
    }
  });

  it('never gets better when a figure gets worse', () => {
    const values = [0, 0.5, 2, 4, 9, 30, 100, 250, 400, 800];
    for (const [index, worse] of values.entries()) {
      for (const other of values) {
        const better = values[Math.max(0, index - 1)];
        const graded = (of) => assert.ok(of(better) <= of(worse));
        graded((lost) => down(BEFORE, later(Math.min(lost, 99), other, 1)).quality);
        graded((delay) => down(BEFORE, later(1, delay, other)).quality);
        graded((jitter) => down(BEFORE, later(1, other, jitter)).quality);
      }
    }
  });

  it('is down without a connection and unknown of silence', () => {
    const lost = { ...later(0, 30, 5), connected: false };
    assert.deepEqual([down(BEFORE, lost).quality, up(lost).quality], [6, 6]);
    const silent = { ...BEFORE, roundTrip: NaN, missed: NaN, jitter: NaN };
    assert.deepEqual(down(BEFORE, silent), NOTHING);
    assert.deepEqual(up(silent), NOTHING);
  });

  it('takes packets that came twice for no loss', () => {
    const twice = { ...BEFORE, lost: 5, received: 1100 };
    assert.deepEqual([down(BEFORE, twice).quality, down(BEFORE, twice).downLoss], [1, 0]);
  });

  it('of the own line is that of the best reached', () => {
    const reached = (missed) => ({ ...BEFORE, missed });
    const away = { ...BEFORE, connected: false };
    assert.deepEqual(ownQuality([]), NOTHING);
    const own = ownQuality([reached(0.3), reached(0.02), away]);
    assert.deepEqual([own.quality, own.upLoss], [2, 2]);
    assert.equal(ownQuality([reached(0.3), reached(0.2)]).quality, 5, 'all miss much: it is the own line');
    assert.equal(ownQuality([away]).quality, 6);
  });

  it('is read from all streams of a connection', () => {
    const reports = {
      state: 'connected',
      pair: { currentRoundTripTime: 0.05 },
      received: {
        audio: { packetsReceived: 90, packetsLost: 10, jitter: 0.01 },
        video: { packetsReceived: 900, packetsLost: 0, jitter: 0.03 },
      },
      reached: [{ fractionLost: 0.1 }, { fractionLost: 0 }],
    };
    assert.deepEqual(sampleOf(reports), { connected: true, received: 990, lost: 10, jitter: 0.03, roundTrip: 0.05, missed: 0.1 });
    const fresh = sampleOf({ state: 'connected', received: {}, reached: [] });
    assert.deepEqual(fresh, { connected: true, received: 0, lost: 0, jitter: NaN, roundTrip: NaN, missed: NaN });
  });
});

describe('volume', () => {
  it('is a percentage of the root of the amplitude', () => {
    for (const [level, expected] of [[NaN, 0], [-1, 0], [0, 0], [0.01, 10], [0.25, 50], [1, 100], [9, 100]]) {
      assert.equal(volume(level), expected, String(level));
    }
  });

  it('hears what was loud between two looks', () => {
    const before = { audioLevel: 0, totalAudioEnergy: 1, totalSamplesDuration: 10 };
    assert.equal(levelOf({ audioLevel: 0, totalAudioEnergy: 1.04, totalSamplesDuration: 11 }, before).toFixed(3), '0.200');
    assert.equal(levelOf({ audioLevel: 0.5 }, undefined), 0.5);
    assert.equal(levelOf(undefined, undefined), 0);
  });
});

describe('the active speaker', () => {
  const hear = (...seconds) => {
    const speaker = new Speaker();
    return seconds.map(([ann, ben]) => speaker.hear([['ann', ann], ['ben', ben]]));
  };

  it('is who is loudest, and nobody in silence', () => {
    assert.deepEqual(hear([40, 0], [40, 0], [0, 0], [0, 0], [0, 0], [0, 0]), ['ann', undefined, undefined, undefined, '', undefined]);
  });

  it('is not changed by a cough, but by who goes on', () => {
    assert.deepEqual(hear([50, 0], [50, 0], [50, 60], [50, 0], [0, 50]), ['ann', undefined, undefined, undefined, 'ben']);
  });

  it('is nobody while there is only noise', () => {
    assert.deepEqual(hear([6, 4], [7, 5]), [undefined, undefined]);
  });

  it('leaves with the call', () => {
    const speaker = new Speaker();
    assert.equal(speaker.hear([['ann', 50]]), 'ann');
    assert.equal(speaker.hear([['ben', 4]]), '');
  });
});

describe('pictures', () => {
  const frames = (framesDecoded) => ({ framesDecoded, frameWidth: 640, frameHeight: 480 });
  // The browser's own frame callbacks are seen in real calls.
  globalThis.HTMLVideoElement ??= class {};
  globalThis.document ??= { visibilityState: 'visible' };
  Object.assign(globalThis, { innerWidth: 1000, innerHeight: 800 });
  const shown = { getBoundingClientRect: () => ({ top: 0, left: 0, right: 100, bottom: 100 }) };
  const scrolledAway = { getBoundingClientRect: () => ({ top: 900, left: 0, right: 100, bottom: 1000 }) };

  const seeing = (steps) => {
    const told = [];
    const pictures = new Pictures((event, { isFrozen }) => told.push(isFrozen === undefined ? 'first' : isFrozen));
    steps(pictures);
    return told;
  };

  it('are first once for each time that the camera is on', () => {
    const told = seeing((pictures) => {
      pictures.look('ann', undefined, shown, 0);
      pictures.look('ann', frames(1), shown, 1000);
      pictures.look('ann', frames(20), shown, 2000);
      pictures.camera('ann', false);
      pictures.look('ann', frames(22), shown, 3000);
      pictures.camera('ann', true);
      pictures.look('ann', frames(22), shown, 4000);
      pictures.look('ann', frames(23), shown, 5000);
    });
    assert.deepEqual(told, ['first', 'first']);
  });

  it('are frozen after two seconds without a new one, until there is one', () => {
    const told = seeing((pictures) => {
      pictures.look('ann', frames(5), shown, 0);
      for (const now of [1000, 1900, 2000, 3000]) pictures.look('ann', frames(5), shown, now);
      pictures.look('ann', frames(6), shown, 4000);
    });
    assert.deepEqual(told, ['first', true, false]);
  });

  it('are not frozen when the camera goes off', () => {
    const told = seeing((pictures) => {
      pictures.look('ann', frames(5), shown, 0);
      pictures.look('ann', frames(5), shown, 2500);
      pictures.camera('ann', false);
      pictures.look('ann', frames(5), shown, 9000);
    });
    assert.deepEqual(told, ['first', true, false]);
  });

  it('are not frozen where nobody sees them', () => {
    const told = seeing((pictures) => {
      pictures.look('ann', frames(5), scrolledAway, 0);
      pictures.look('ann', frames(5), scrolledAway, 9000);
      pictures.look('ann', frames(5), undefined, 18_000);
      pictures.look('ann', frames(5), shown, 19_000);
      pictures.look('ann', frames(5), shown, 19_500);
    });
    assert.deepEqual(told, ['first']);
  });
});
