// As much of TURN (RFC 8656) as it takes to ask for a relay and for permissions.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';

const COOKIE = 0x2112a442;
const ALLOCATE = 0x0003;
const PERMIT = 0x0008;
const USERNAME = 0x0006, INTEGRITY = 0x0008, ERROR = 0x0009, PEER = 0x0012, REALM = 0x0014, NONCE = 0x0015;
const FAMILY = 0x0017, TRANSPORT = 0x0019;
const UDP = Buffer.from([17, 0, 0, 0]);
const IPV6 = Buffer.from([2, 0, 0, 0]);

/** What coturn's `use-auth-secret` accepts, as call-server makes it. */
export function credentials(secret, user, life = 3600) {
  const username = `${Math.floor(Date.now() / 1000) + life}:${user}`;
  return { username, password: createHmac('sha1', secret).update(username).digest('base64') };
}

export class TurnClient {
  #socket;
  #address;
  #who;
  #realm = '';
  #nonce = '';

  constructor(t, address, who) {
    this.#address = address;
    this.#who = who;
    this.#socket = dgram.createSocket('udp4');
    t.after(() => this.#socket.close());
  }

  /** 0, or the code of the error. */
  async allocate({ ipv6 = false } = {}) {
    return this.#ask(ALLOCATE, [[TRANSPORT, UDP], ...(ipv6 ? [[FAMILY, IPV6]] : [])]);
  }

  /** The same, for sending to this address. */
  async permit(peer) {
    return this.#ask(PERMIT, (id) => [[PEER, xored(peer, id)]]);
  }

  async #ask(method, attributes) {
    let code = await this.#once(method, attributes);
    // The first answer brings the nonce; a later one another.
    if (code === 401 || code === 438) code = await this.#once(method, attributes);
    return code;
  }

  async #once(method, attributes) {
    const id = randomBytes(12);
    const signed = this.#nonce
      ? [[USERNAME, Buffer.from(this.#who.username)], [REALM, Buffer.from(this.#realm)], [NONCE, Buffer.from(this.#nonce)]]
      : [];
    let request = message(method, id, [...(typeof attributes === 'function' ? attributes(id) : attributes), ...signed]);
    if (this.#nonce) request = this.#sign(request);
    const answer = await this.#exchange(request, id);
    const found = read(answer);
    if (found.has(NONCE)) this.#nonce = found.get(NONCE).toString();
    if (found.has(REALM)) this.#realm = found.get(REALM).toString();
    const error = found.get(ERROR);
    return error ? error[2] * 100 + error[3] : 0;
  }

  #sign(request) {
    const key = createHash('md5').update(`${this.#who.username}:${this.#realm}:${this.#who.password}`).digest();
    const sized = Buffer.from(request);
    sized.writeUInt16BE(request.length - 20 + 24, 2);
    const tag = createHmac('sha1', key).update(sized).digest();
    return Buffer.concat([sized, attribute(INTEGRITY, tag)]);
  }

  /** Sent again every half second: UDP may lose it. */
  #exchange(request, id) {
    const send = () => this.#socket.send(request, this.#address.port, this.#address.host);
    return new Promise((resolve, reject) => {
      const done = () => { clearInterval(again); clearTimeout(end); this.#socket.off('message', heard); };
      const heard = (answer) => {
        if (answer.subarray(8, 20).equals(id)) { done(); resolve(answer); }
      };
      const again = setInterval(send, 500);
      const end = setTimeout(() => { done(); reject(new Error('no answer')); }, 30_000);
      this.#socket.on('message', heard);
      send();
    });
  }
}

function message(method, id, attributes) {
  const body = Buffer.concat(attributes.map(([type, value]) => attribute(type, value)));
  const head = Buffer.alloc(8);
  head.writeUInt16BE(method, 0);
  head.writeUInt16BE(body.length, 2);
  head.writeUInt32BE(COOKIE, 4);
  return Buffer.concat([head, id, body]);
}

function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function read(answer) {
  const found = new Map();
  for (let at = 20; at + 4 <= answer.length;) {
    const [type, length] = [answer.readUInt16BE(at), answer.readUInt16BE(at + 2)];
    found.set(type, answer.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return found;
}

/** XOR-PEER-ADDRESS of this address, port 9. */
function xored(peer, id) {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(COOKIE, 0);
  id.copy(mask, 4);
  const address = isIPv6(peer) ? ipv6(peer) : Buffer.from(peer.split('.').map(Number));
  const head = Buffer.from([0, isIPv6(peer) ? 2 : 1, 0, 9]);
  head.writeUInt16BE(9 ^ (COOKIE >>> 16), 2);
  return Buffer.concat([head, address.map((byte, place) => byte ^ mask[place])]);
}

function ipv6(text) {
  const [, before, v4] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  if (v4) {
    const [a, b, c, d] = v4.split('.').map(Number);
    return ipv6(`${before}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  }
  const [head, tail = ''] = text.split('::');
  const words = (part) => part.split(':').filter(Boolean).map((word) => parseInt(word, 16));
  const [first, last] = [words(head), words(tail)];
  const all = [...first, ...Array(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]));
}
