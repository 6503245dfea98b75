// Three nats-servers with JetStream that keep what they are given together, as a cluster of call-servers needs them.
import { freePorts, isWell, until } from './programs.mjs';

const COUNT = 3;

/** Resolves with their addresses when each has caught up with the others. */
export async function startNats(programs, program) {
  const ports = await freePorts(3 * COUNT);
  const [clients, routes, monitors] = [0, 1, 2].map((kind) => ports.slice(kind * COUNT, (kind + 1) * COUNT));
  const address = (port) => `nats://127.0.0.1:${port}`;
  const common = ['-a', '127.0.0.1', '-js', '--cluster_name', 'bench', '--routes', routes.map(address).join(',')];
  const servers = clients.map(async (port, number) => {
    const own = ['-n', `n${number}`, '-p', String(port), '-m', String(monitors[number]), '--cluster', address(routes[number])];
    const process = programs.start([program, ...common, ...own, '-sd', await programs.folder(), '-l', '/dev/null']);
    await until('nats-server', process, () => isWell(`http://127.0.0.1:${monitors[number]}/healthz`));
  });
  await Promise.all(servers);
  return clients.map(address);
}
