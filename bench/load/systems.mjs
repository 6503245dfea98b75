// What is measured beside each other. Each is started as it is and answers with where its servers are.
import { startNats } from './nats.mjs';
import { freePorts, isReachable, isWell, until } from './programs.mjs';

export const APP = '1400000001:secret-of-the-benchmarks';

export const SYSTEMS = {
  floor: { title: 'floor', start: startFloor },
  memory: { title: 'call-server, in memory', start: (programs, paths) => startAlone(programs, paths, 'memory') },
  sqlite: { title: 'call-server, SQLite', start: (programs, paths) => startAlone(programs, paths, 'sqlite') },
  two: { title: '2 call-servers on NATS', start: (programs, paths) => startNodes(programs, paths, 2) },
  three: { title: '3 call-servers on NATS', start: (programs, paths) => startNodes(programs, paths, 3) },
};

async function startFloor(programs, paths) {
  const [port] = await freePorts(1);
  const process = programs.start([paths.floor, 'axum', `127.0.0.1:${port}`, programs.threads]);
  await until('the floor', process, () => isReachable(port));
  return [{ process, url: `ws://127.0.0.1:${port}` }];
}

async function startAlone(programs, paths, store) {
  return [await startServer(programs, paths, ['--store', store, '--data', await programs.folder()])];
}

async function startNodes(programs, paths, count) {
  const nats = await startNats(programs, paths.nats);
  const nodes = Array.from({ length: count }, () => startServer(programs, paths, ['--cluster', nats.join(',')]));
  return Promise.all(nodes);
}

async function startServer(programs, paths, options) {
  // What goes wrong is counted by the generator. That all of its clients go at once, in the end, would be many warnings.
  const common = ['--listen', '127.0.0.1:0', '--app', APP, '--log', 'error', '--limits', 'off'];
  const process = programs.start([paths.server, ...common, ...options], 'pipe');
  let said = '';
  process.stdout.on('data', (data) => (said += data));
  const address = () => /listening on (http:\/\/\S+)/.exec(said)?.[1];
  await until('call-server', process, address);
  await until('call-server', process, () => isWell(`${address()}/readyz`));
  return { process, url: address().replace('http', 'ws') };
}
