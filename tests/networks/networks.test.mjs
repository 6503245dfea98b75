// Calls that outlive a bad network: a sample; `cargo xtask long networks` has all.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { turnMissing } from '../e2e/support/turn.mjs';
import { labMissing } from './support/lab.mjs';
import { openMeeting } from './support/meeting.mjs';
import { play, SAMPLE } from './support/scenes.mjs';

const skip = labMissing() ?? turnMissing() ?? false;
let meeting;

before(async () => {
  if (!skip) meeting = await openMeeting();
});

after(() => meeting?.close());

for (const scene of SAMPLE) {
  test(`a call outlives a ${scene.name}`, { skip }, async (t) => {
    const { people } = await play(meeting, scene);
    for (const [i, { recovery, longest, fresh }] of people.entries()) {
      t.diagnostic(`${['alice', 'bob'][i]}: media both ways after ${recovery} ms, without any for ${longest} ms`);
      assert.equal(fresh, 0, 'the connection is mended, not made anew');
    }
  });
}
