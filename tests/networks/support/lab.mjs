// A small internet: everybody on a host of their own (a network namespace) behind one router, which loses, cuts off or slows
// down what goes to and from one of them.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const SERVER = 'server';
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';

const ip = (...args) => execute('ip', args);

/** Null, or why there can be no such hosts here. */
export function labMissing() {
  const probe = `probe${process.pid}`;
  const tries = [['ip', 'netns', 'add', probe], ['ip', 'netns', 'exec', probe, 'nft', 'add', 'table', 'inet', 'probe']];
  const failed = tries.map(([program, ...args]) => spawnSync(program, args, { encoding: 'utf8' })).find(({ status }) => status !== 0);
  spawnSync('ip', ['netns', 'del', probe]);
  if (!failed) return null;
  const why = failed.error?.message ?? failed.stderr.trim().split('\n')[0];
  return `network namespaces can't be made here (root, iproute2 and nftables are needed): ${why}`;
}

/** A router with one host for the server and one for each of these people. */
export async function openLab(people) {
  const lab = new Lab([...people, SERVER]);
  try {
    await lab.build();
  } catch (error) {
    await lab.close();
    throw error;
  }
  return lab;
}

class Lab {
  constructor(names) {
    this.prefix = `lab${process.pid}`;
    this.folder = mkdtempSync(join(tmpdir(), 'lab-'));
    this.hosts = new Map(names.map((name, i) => [name, { name, net: `10.86.${i + 1}`, number: 2, harm: {} }]));
  }

  async build() {
    const router = this.space('router');
    await ip('netns', 'add', router);
    await this.sysctl('router', 'ip_forward');
    for (const { name, net } of this.hosts.values()) {
      const space = this.space(name);
      await ip('netns', 'add', space);
      await ip('link', 'add', `to-${name}`, 'netns', router, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      await ip('-n', router, 'addr', 'add', `${net}.1/24`, 'dev', `to-${name}`);
      await ip('-n', router, 'link', 'set', `to-${name}`, 'up');
      // Its own address of IPv6 would come seconds later, and a browser that sees one come gives up what it is loading.
      await ip('-n', space, 'link', 'set', 'eth0', 'addrgenmode', 'none');
      await ip('-n', space, 'addr', 'add', `${net}.2/24`, 'dev', 'eth0');
      for (const link of ['lo', 'eth0']) await ip('-n', space, 'link', 'set', link, 'up');
      await this.route(name);
      // Otherwise a second address goes with the first.
      await this.sysctl(name, 'conf/eth0/promote_secondaries');
    }
  }

  /** Whatever runs in there must have ended. */
  async close() {
    for (const name of [...this.hosts.keys(), 'router']) await ip('netns', 'del', this.space(name)).catch(() => {});
    rmSync(this.folder, { recursive: true, force: true });
  }

  get server() { return `${this.hosts.get(SERVER).net}.2`; }

  /** The words before a command that runs it on this host. */
  inside(name) { return ['ip', 'netns', 'exec', this.space(name)]; }

  /** A program that starts Chromium on this host. */
  browserOf(name) {
    const path = join(this.folder, `chromium-${name}`);
    writeFileSync(path, `#!/bin/sh\nexec ${this.inside(name).join(' ')} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
    return path;
  }

  /**
   * What the router does to this person's packets from now on, both ways; nothing = it is a good router again.
   * @param {{loss?: number, cut?: boolean, rate?: string}} harm percent; everything; like '500kbit'
   */
  async harm(name, harm = {}) {
    const { rate } = this.hosts.get(name).harm;
    this.hosts.get(name).harm = harm;
    await this.filter();
    for (const [space, link] of [[this.space('router'), `to-${name}`], [this.space(name), 'eth0']]) {
      const shape = ['netns', 'exec', space, 'tc', 'qdisc'];
      if (rate) await ip(...shape, 'del', 'dev', link, 'root');
      if (harm.rate) await ip(...shape, 'add', 'dev', link, 'root', 'tbf', 'rate', harm.rate, 'burst', '16kb', 'latency', '300ms');
    }
  }

  /** These people reach the server only, not each other. */
  async separate(people) {
    this.separated = people;
    await this.filter();
  }

  /** The host gets another address, and its old one is gone. */
  async readdress(name) {
    const host = this.hosts.get(name);
    const address = () => `${host.net}.${host.number}/24`;
    const old = address();
    host.number += 1;
    await ip('-n', this.space(name), 'addr', 'add', address(), 'dev', 'eth0');
    await ip('-n', this.space(name), 'addr', 'del', old, 'dev', 'eth0');
    await this.route(name);
  }

  /** What reaches the server host at a port goes to another one there. */
  async divert(ports) {
    const rules = ports.map(({ protocol, from, to }) => `${protocol} dport ${from} redirect to :${to}`);
    await this.nft(SERVER, `add table inet divert; delete table inet divert; table inet divert { chain to { ${['type nat hook prerouting priority -100', ...rules].join('; ')}; }; }`);
  }

  async filter() {
    const rules = [...this.hosts.values()].flatMap(({ name, harm }) => ['iifname', 'oifname'].flatMap((way) => [
      ...(harm.cut ? [`${way} to-${name} drop`] : []),
      ...(harm.loss ? [`${way} to-${name} numgen random mod 100 < ${harm.loss} drop`] : []),
    ]));
    const [one, other] = this.separated ?? [];
    if (one) rules.push(`iifname to-${one} oifname to-${other} drop`, `iifname to-${other} oifname to-${one} drop`);
    const body = ['type filter hook forward priority 0', ...rules].join('; ');
    await this.nft('router', `add table inet harm; delete table inet harm; table inet harm { chain passing { ${body}; }; }`);
  }

  nft(name, text) {
    const [program, ...args] = this.inside(name);
    return execute(program, [...args, 'nft', text]);
  }

  route(name) {
    return ip('-n', this.space(name), 'route', 'replace', 'default', 'via', `${this.hosts.get(name).net}.1`);
  }

  sysctl(name, key) {
    const [program, ...args] = this.inside(name);
    return execute(program, [...args, 'sh', '-c', `echo 1 > /proc/sys/net/ipv4/${key}`]);
  }

  space(name) { return `${this.prefix}-${name}`; }
}
