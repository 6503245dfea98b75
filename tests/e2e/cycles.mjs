// `cargo xtask long cycles [N]`: calls, hang-ups, device switches and group joins in one set of pages. Nothing may grow.
import { playCycles } from './support/cycles.mjs';

const cycles = Number(process.argv[2] ?? 200);
const people = await playCycles(cycles, console.log);
for (const { name, more, heap, counts } of people) {
  console.log(`${name}: ${JSON.stringify(counts)}, heap ${(heap / 1000).toFixed(2)} kB a cycle, grown: ${JSON.stringify(more)}`);
}
if (people.some(({ more }) => Object.keys(more).length > 0)) throw new Error('something is left behind');
