// Starts one system at a time, aims the generator at it, and ends it.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Programs } from './programs.mjs';
import { APP, SYSTEMS } from './systems.mjs';

const run = promisify(execFile);
const RUN_TIME = 300_000;

/** As many sockets as this user may have. */
const ALL_SOCKETS = ['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh'];

/** Ahead of whatever else runs on this machine; for Linux, and for those who may. */
const REAL_TIME = ['chrt', '-f', '10'];

export class Machine {
  constructor({ paths, threads, realtime }) {
    this.paths = paths;
    this.threads = threads;
    this.mayHurry = realtime && spawnSync(REAL_TIME[0], [...REAL_TIME.slice(1), 'true']).status === 0;
  }

  get priority() {
    return this.mayHurry ? 'at real-time priority' : 'at ordinary priority: other work on this machine disturbs';
  }

  /** What the generator says after one run against a fresh system. */
  async run(system, { proto, mode, ordinary }, seconds) {
    const prefix = [...ALL_SOCKETS, ...(this.mayHurry && !ordinary ? REAL_TIME : [])];
    const programs = new Programs(prefix, this.threads);
    try {
      const servers = await SYSTEMS[system].start(programs, this.paths);
      const targets = servers.flatMap(({ url, process }) => ['--url', url, '--pid', String(process.pid)]);
      const args = ['--proto', system === 'floor' ? 'json' : proto, ...targets, ...mode(seconds)];
      const [program, ...rest] = [...prefix, this.paths.generator, ...args];
      const { stdout } = await run(program, rest, { env: { ...process.env, CALL_SERVER_APP: APP }, timeout: RUN_TIME });
      const result = JSON.parse(stdout);
      const what = `${system}, ${args.join(' ')}: ${result.error}`;
      if (!(result.up || result.users || result.sent)) throw new Error(what);
      // How many there were stands in the table.
      if (result.error) console.error(what);
      return result;
    } finally {
      await programs.end();
    }
  }
}
