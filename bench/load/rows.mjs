// What is measured: for each row the systems, what the generator does, and the figures with their goals.

/** How a figure is reached: the value itself, or its ratio to the floor's of the same round. */
const value = (name, read, unit, goal) => ({ name, read, unit, goal, ratio: false });
const ratio = (name, read, unit, goal) => ({ name, read, unit, goal, ratio: true });
const percentiles = (of, p50, p99) => [
  value('p50', (run) => run[of]?.p50_us, 'us', p50),
  value('p99', (run) => run[of]?.p99_us, 'us', p99),
];

const MEMORY_AND_STORE = ['floor', 'memory', 'sqlite'];
const USERS = ['--users', '2000'];

const relayed = (seconds) => ['relay', ...USERS, '--rate', '2000', '--secs', String(seconds)];
const placed = (seconds) => ['calls', ...USERS, '--rate', '100', '--secs', String(seconds)];

export const ROWS = [
  {
    name: 'calls',
    title: 'whole calls, back to back',
    systems: MEMORY_AND_STORE,
    proto: 'ours',
    mode: (seconds) => ['calls', ...USERS, '--secs', String(seconds)],
    figures: [ratio('CPU per call', (run) => run.server_cpu_us_per_call, 'us', { memory: 1.3, sqlite: 2.0 })],
  },
  {
    name: 'relay',
    title: 'relayed messages, back to back',
    systems: ['floor', 'memory'],
    proto: 'ours-in-call',
    mode: (seconds) => ['flood', ...USERS, '--secs', String(seconds)],
    figures: [ratio('CPU per message', (run) => run.server_cpu_us_per_msg, 'us', { memory: 1.45 })],
  },
  {
    name: 'relay-latency',
    title: 'relayed messages, 2000 a second',
    systems: ['floor', 'memory'],
    proto: 'ours-in-call',
    mode: relayed,
    figures: percentiles('latency', { memory: 110 }, { memory: 420 }),
  },
  {
    name: 'setup',
    title: 'invite to answer, 100 calls a second',
    systems: MEMORY_AND_STORE,
    proto: 'ours',
    mode: placed,
    figures: percentiles('setup', { memory: 550, sqlite: 550 }, { memory: 950, sqlite: 950 }),
  },
  {
    name: 'relay-two-nodes',
    title: 'relayed messages, 2000 a second, from node to node; all at ordinary priority',
    systems: ['floor', 'two'],
    ordinary: true,
    proto: 'ours-in-call',
    mode: relayed,
    figures: percentiles('latency', { two: 400 }, { two: 2000 }),
  },
  {
    name: 'setup-three-nodes',
    title: 'invite to answer, 100 calls a second, from node to node; all at ordinary priority',
    systems: ['floor', 'three'],
    ordinary: true,
    proto: 'ours',
    mode: placed,
    figures: percentiles('setup', { three: 5000 }, { three: 25_000 }),
  },
  idle('idle', 5000),
  idle('idle-19k', 19_000),
  {
    name: 'herd',
    title: '19000 clients come at once',
    systems: MEMORY_AND_STORE,
    proto: 'ours',
    mode: () => ['--opening', '2000', 'idle', '--conns', '19000', '--hold', '1'],
    figures: [value('all are logged in after', (run) => run.open_s, 's', { memory: 10, sqlite: 10 })],
  },
  {
    name: 'stall',
    title: 'a reader that stalls, 200 MiB sent to it',
    systems: ['floor', 'memory'],
    proto: 'ours-in-call',
    mode: () => ['stall'],
    figures: [
      value('server grows by', (run) => run.peak_growth_mb, 'MB', { memory: 1 }),
      value('bystander p99', (run) => run.bystander?.p99_us, 'us', {}),
    ],
    // A reader that stalls loses what it does not read.
    faults: (run) => ({ 'sender held': Number(run.ended !== 'all sent'), 'reader not cut off': Number(!run.deaf_closed) }),
  },
];

function idle(name, connections) {
  return {
    name,
    title: `${connections} connections that are logged in`,
    systems: MEMORY_AND_STORE,
    proto: 'ours',
    mode: () => ['idle', '--conns', String(connections), '--hold', '3'],
    figures: [
      value('memory each', (run) => run.kb_per_conn, 'KB', { memory: 6.0, sqlite: 6.0 }),
      value('CPU to connect and log in', (run) => run.open_cpu_us, 'us', { memory: 100, sqlite: 100 }),
    ],
  };
}

/** What must be zero in every run, whatever it measures. */
const FAULTS = ['undelivered', 'dup_or_reordered', 'gaps', 'calls_failed', 'lost_conn', 'lost', 'open_errors', 'errors'];

export function faults(row, run) {
  return row.faults?.(run) ?? Object.fromEntries(FAULTS.map((fault) => [fault, run[fault] ?? 0]));
}
