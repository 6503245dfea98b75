// From samples to lines of text.
import { faults } from './rows.mjs';
import { SYSTEMS } from './systems.mjs';

/** One entry a figure and system. */
export function summarise(row, samples) {
  return row.figures.flatMap((figure) =>
    row.systems.map((system) => {
      const own = samples.filter((sample) => sample.system === system);
      const values = own.map((sample) => figure.read(sample.result));
      const floor = (round) => figure.read(samples.find((sample) => sample.system === 'floor' && sample.round === round).result);
      const ratios = own.map((sample) => figure.read(sample.result) / floor(sample.round));
      return { figure, system, values: spread(values), ratios: spread(ratios), faults: faultsOf(row, own), rounds: own.length };
    }),
  );
}

export function printRow(row, summary) {
  console.log(`\n${row.name}: ${row.title}`);
  for (const { figure, system, values, ratios, faults } of summary) {
    const goal = figure.goal[system];
    const reached = (figure.ratio ? ratios : values).median <= goal ? 'reached' : 'not reached';
    const verdict = goal === undefined ? '' : `goal ${figure.ratio ? 'x ' : ''}${goal}: ${reached}`;
    const cells = [
      `  ${SYSTEMS[system].title}`.padEnd(26),
      figure.name.padEnd(26),
      `${text(values)} ${figure.unit}`.padEnd(28),
      (system === 'floor' ? '' : `x ${text(ratios)}`).padEnd(24),
      verdict,
      faults,
    ];
    console.log(cells.join(' ').trimEnd());
  }
}

function faultsOf(row, samples) {
  const total = new Map();
  for (const [fault, count] of samples.flatMap(({ result }) => Object.entries(faults(row, result)))) {
    total.set(fault, (total.get(fault) ?? 0) + count);
  }
  return [...total].filter(([, count]) => count !== 0).map(([fault, count]) => `${fault.toUpperCase()}: ${count}`).join(' ');
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

function text({ median, least, most }) {
  return `${digits(median)} [${digits(least)}-${digits(most)}]`;
}

function digits(number) {
  return number === undefined || Number.isNaN(number) ? '?' : number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0);
}
