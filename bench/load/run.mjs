// node bench/load/run.mjs [LOAD_DIR] [flags]: measures call-server beside a minimal relay, the floor. See ../README.md.
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildGenerator } from './generator.mjs';
import { Machine } from './machine.mjs';
import { ROWS } from './rows.mjs';
import { printRow, summarise } from './table.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FLAGS = {
  only: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '4' },
  threads: { type: 'string', default: '1' },
  realtime: { type: 'string', default: 'on' },
};

await main().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});

async function main() {
  const { values, positionals } = parseArgs({ options: FLAGS, allowPositionals: true });
  const rows = chosenRows(values.only);
  const source = positionals[0] ?? process.env.LOAD_DIR;
  if (!source) throw new Error('where is the load generator? Give its folder as an argument or in LOAD_DIR (see bench/README.md)');
  const target = resolve(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'));
  const paths = {
    ...(await buildGenerator(resolve(source), join(target, 'bench'))),
    server: resolve(process.env.CALL_SERVER ?? join(target, 'release/call-server')),
    nats: process.env.NATS_SERVER ?? 'nats-server',
  };
  const machine = new Machine({ paths, threads: values.threads, realtime: values.realtime !== 'off' });

  console.log(`${availableParallelism()} cores, ${values.rounds} rounds, ${values.threads} worker threads a server, ${machine.priority}`);
  for (const row of rows) {
    const samples = await measure(machine, row, Number(values.rounds), Number(values.seconds));
    printRow(row, summarise(row, samples));
  }
}

function chosenRows(only) {
  if (!only) return ROWS;
  const names = only.split(',');
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) throw new Error(`no row ${unknown}; there are ${ROWS.map((row) => row.name).join(', ')}`);
  return ROWS.filter((row) => names.includes(row.name));
}

/** Every round visits every system once, forth and back: what the machine does meanwhile hits all of them alike. */
async function measure(machine, row, rounds, seconds) {
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? row.systems : row.systems.toReversed();
    for (const system of order) {
      samples.push({ round, system, result: await machine.run(system, row, seconds) });
    }
  }
  return samples;
}
