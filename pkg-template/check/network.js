import { passed, within } from './devices.js';

const NO_RELAY = 60102;
const NO_NETWORK = 2805;
const PATIENCE = 8000; // milliseconds
const MEASURING = 2000; // milliseconds
const MOST = 8 * 1024 * 1024; // bytes: relays are paid for
const CHUNK = new Uint8Array(16 * 1024);
const BUFFERED = 256 * 1024;

// Kilobits a second that a picture and a voice of one other member need.
const VIDEO = 1000;
const VOICE = 100;

const isTurn = ({ urls }) => [urls].flat().some((url) => url.startsWith('turn'));

/** A relayed address is given, and something comes back through it: two connections of this page meet at the relay alone. */
export async function checkTurn(iceServers) {
  const turns = iceServers.filter(isTurn);
  if (turns.length === 0) {
    return {
      outcome: 'warned',
      code: NO_RELAY,
      text: 'There is no TURN server',
      advice: 'Calls between some networks will not connect: start call-server with --turn-url and --turn-secret.',
    };
  }
  const loop = new Loop({ iceServers: turns, iceTransportPolicy: 'relay' });
  try {
    await within(PATIENCE, 'nothing comes back through the relay', loop.open());
    const roundTripTime = await loop.roundTrip();
    const [relay] = loop.candidates;
    const text = `The TURN server relays: ${roundTripTime} ms there and back`;
    return passed(text, { roundTripTime, relay: relay.address ?? '', candidates: loop.candidates.length });
  } catch (error) {
    const gathered = loop.candidates.length > 0;
    return {
      outcome: 'failed',
      code: NO_RELAY,
      text: gathered ? `The TURN server gives an address, but ${error.message}` : `No TURN server gives an address${loop.complaint}`,
      advice: gathered
        ? 'Let the TURN server relay between its own addresses, and open its range of ports.'
        : 'Check that the TURN server runs with the secret of call-server, and that this network lets its port through.',
    };
  } finally {
    loop.close();
  }
}

/** What goes through a data channel in two seconds: over the relay, and without one only as far as this machine goes. */
export async function checkBandwidth(iceServers, relayed) {
  const loop = new Loop(relayed ? { iceServers: iceServers.filter(isTurn), iceTransportPolicy: 'relay' } : {});
  try {
    await within(PATIENCE, 'two connections of this page do not meet', loop.open());
    const roundTripTime = await loop.roundTrip();
    const bitrate = await loop.bitrate();
    const figures = { bitrate, roundTripTime, relayed };
    const way = relayed ? 'over the relay' : 'within this machine, as there is no relay';
    if (bitrate >= VIDEO) return passed(`${bitrate} kbit/s ${way}`, figures);
    const enough = bitrate >= VOICE;
    return {
      outcome: enough ? 'warned' : 'failed',
      code: NO_NETWORK,
      text: `Only ${bitrate} kbit/s ${way}`,
      advice: enough ? 'Enough for voice: leave the camera off, or look for a better network.' : 'Look for a better network.',
      ...figures,
    };
  } catch (error) {
    return {
      outcome: 'failed',
      code: NO_NETWORK,
      text: `The bandwidth cannot be measured: ${error.message}`,
      advice: 'Check that no extension or setting of the browser blocks WebRTC.',
    };
  } finally {
    loop.close();
  }
}

/** Two connections of this page with a data channel between them. */
class Loop {
  constructor(configuration) {
    this.near = new RTCPeerConnection(configuration);
    this.far = new RTCPeerConnection(configuration);
    this.channel = this.near.createDataChannel('check', { ordered: false });
    this.candidates = [];
    this.complaint = '';
    for (const [from, to] of [[this.near, this.far], [this.far, this.near]]) {
      from.onicecandidate = ({ candidate }) => {
        if (!candidate?.candidate) return;
        this.candidates.push(candidate);
        to.addIceCandidate(candidate).catch(() => {});
      };
      from.onicecandidateerror = ({ errorCode, errorText }) => (this.complaint = `: ${errorCode} ${errorText}`);
    }
  }

  async open() {
    const far = new Promise((resolve) => (this.far.ondatachannel = ({ channel }) => resolve(channel)));
    const near = new Promise((resolve) => (this.channel.onopen = resolve));
    await this.near.setLocalDescription();
    await this.far.setRemoteDescription(this.near.localDescription);
    await this.far.setLocalDescription();
    await this.near.setRemoteDescription(this.far.localDescription);
    [this.answers] = await Promise.all([far, near]);
    this.answers.binaryType = 'arraybuffer';
  }

  /** Milliseconds, the best of five. */
  async roundTrip() {
    this.answers.onmessage = () => this.answers.send('');
    let best = Infinity;
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      const back = new Promise((resolve) => (this.channel.onmessage = resolve));
      this.channel.send('');
      await within(PATIENCE, 'nothing comes back', back);
      best = Math.min(best, performance.now() - start);
    }
    return Math.round(best * 10) / 10;
  }

  /** Kilobits a second that arrive. */
  async bitrate() {
    let [received, sent, first, last] = [0, 0, 0, 0];
    this.answers.onmessage = ({ data }) => {
      last = performance.now();
      // Counted from the first on.
      if (first) received += data.byteLength;
      else first = last;
    };
    this.channel.bufferedAmountLowThreshold = BUFFERED / 2;
    const end = performance.now() + MEASURING;
    while (performance.now() < end && sent < MOST) {
      if (this.channel.bufferedAmount < BUFFERED) {
        this.channel.send(CHUNK);
        sent += CHUNK.length;
      } else {
        const low = new Promise((resolve) => (this.channel.onbufferedamountlow = resolve));
        await within(end - performance.now(), 'slow', low).catch(() => {});
      }
    }
    // What is still on its way, as far as it comes in time.
    while (performance.now() < end && received + CHUNK.length < sent) await new Promise((resolve) => setTimeout(resolve, 20));
    return last > first ? Math.round((received * 8) / (last - first)) : 0;
  }

  close() {
    this.near.close();
    this.far.close();
  }
}
