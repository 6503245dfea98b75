import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BINARY = process.env.CALL_SERVER || join(ROOT, 'target/release/call-server');

/**
 * Starts the real server with a data folder of its own and waits for its one line.
 * `stop()` ends the process only, `restart()` starts it again on the same port and data, `remove()` clears everything away.
 * @param {{listen?: string, inside?: string[]}} options inside: the words before a command that run it on another host
 */
export async function startServer(args = [], { listen = '127.0.0.1:0', inside = [] } = {}) {
  if (!existsSync(BINARY)) throw new Error(`no server at ${BINARY}: run cargo xtask build, or set CALL_SERVER`);
  const data = mkdtempSync(join(tmpdir(), 'call-e2e-'));
  let running = await launch(['--listen', listen, '--data', data, ...args], inside);
  const { url } = running;
  const stop = () => running.end();
  return {
    url,
    stop,
    async restart() {
      await stop();
      running = await launch(['--listen', new URL(url).host, '--data', data, ...args], inside);
    },
    async remove() {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function launch(args, inside) {
  const [program, ...words] = [...inside, BINARY, '--dev', ...args];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => { log = (log + chunk).slice(-4000); });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    child.once('error', reject);
    exited.then((code) => reject(new Error(`call-server ended with ${code}:\n${log}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^listening on (http:\/\/\S+)$/.exec(line);
      if (found) resolve(found[1]);
    });
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  };
  return { url, end };
}
