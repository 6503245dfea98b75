// Runs on the server's host: passes everything on after a while, signaling (TCP) and media to the TURN server (UDP). In place of
// tc netem, which not every kernel has. Arguments: address, milliseconds, then PROTOCOL:FROM:TO ports.
import dgram from 'node:dgram';
import net from 'node:net';

const [address, time, ...passages] = process.argv.slice(2);
const later = (act) => setTimeout(act, Number(time));

function passTcp(from, to) {
  const server = net.createServer((near) => {
    const far = net.connect(to, address);
    for (const [a, b] of [[near, far], [far, near]]) {
      a.on('data', (data) => later(() => b.writable && b.write(data)));
      a.on('close', () => later(() => b.destroy()));
      a.on('error', () => {});
    }
  });
  return new Promise((resolve) => server.listen(from, '0.0.0.0', resolve));
}

function passUdp(from, to) {
  const near = dgram.createSocket('udp4');
  const clients = new Map();
  near.on('message', (data, { address: host, port }) => {
    const key = `${host}:${port}`;
    if (!clients.has(key)) {
      const far = dgram.createSocket('udp4');
      far.on('message', (answer) => later(() => near.send(answer, port, host)));
      clients.set(key, far);
    }
    later(() => clients.get(key).send(data, to, address));
  });
  return new Promise((resolve) => near.bind(from, '0.0.0.0', resolve));
}

const pass = { tcp: passTcp, udp: passUdp };
await Promise.all(passages.map((passage) => {
  const [protocol, from, to] = passage.split(':');
  return pass[protocol](Number(from), Number(to));
}));
console.log('ready');
