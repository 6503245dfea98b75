// Every scene by a direct way and by the relay alone: `cargo xtask long networks`. Words that are given choose the scenes whose
// names have them.
import { setTimeout as sleep } from 'node:timers/promises';
import { labMissing } from './support/lab.mjs';
import { openMeeting } from './support/meeting.mjs';
import { play, SCENES } from './support/scenes.mjs';

const missing = labMissing();
if (missing) throw new Error(missing);
const words = process.argv.slice(2);
const chosen = SCENES.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const ways = [['any way', {}], ['relay only', { query: { relay: '1' } }]];

console.log('milliseconds; recovered: from when the network is well again (a lasting harm: from its beginning) to media both ways\n');
console.log('| network | way | set up | alice recovered | bob recovered | longest break | mended by |');
console.log('|---|---|--:|--:|--:|--:|---|');

let failures = 0;
const meeting = await openMeeting();
try {
  for (const scene of chosen) for (const [way, options] of ways) {
    console.log(`| ${[scene.name, way, ...await row(scene, options)].join(' | ')} |`);
    await sleep(1000);
  }
} finally {
  await meeting.close();
}
if (failures > 0) throw new Error(`${failures} calls did not survive`);

async function row(scene, options) {
  try {
    const { setUp, people } = await play(meeting, scene, options);
    const [alice, bob] = people;
    return [setUp, alice.recovery, bob.recovery, Math.max(alice.longest, bob.longest), mended(alice)];
  } catch (error) {
    failures += 1;
    return ['', '', '', '', error.message.split('\n')[0]];
  }
}

function mended({ restarts, fresh }) {
  const parts = [restarts && `${restarts} ICE restarts`, fresh && `${fresh} fresh connections`].filter(Boolean);
  return parts.join(', ') || 'itself';
}
