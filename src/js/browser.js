// What the engine does in the browser in several calls that belong together, each in one crossing from wasm. It decides
// nothing. Few files, because the test runner's web server hangs when a page asks for more than four at once.
import { BAD_PARAMETER, WRONG_STATE, failure, log } from './error.js';

// peer_connection.rs

// Places among the m-lines.
const MICROPHONE = 0;
const CAMERA = 1;

/** A connection with its data channel and, for the side that `offers`, the m-lines in their order. */
export function openConnection(configuration, offers) {
  const connection = new RTCPeerConnection(JSON.parse(configuration));
  if (offers) {
    for (const kind of ['audio', 'video', 'video']) connection.addTransceiver(kind);
  }
  // A channel that nobody refers to is closed by the garbage collector.
  connection.control = connection.createDataChannel('control', { negotiated: true, id: 0 });
  return connection;
}

export function makeOffer(connection, iceRestart) {
  if (iceRestart) connection.restartIce();
  return describe(connection);
}

export function makeAnswer(connection) {
  for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
  return describe(connection);
}

export async function applyRemote(connection, type, sdp) {
  await connection.setRemoteDescription({ type, sdp });
}

export async function addCandidate(connection, candidate, sdpMid, sdpMLineIndex) {
  await connection.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
}

/** Counts from the next ICE restart on. */
export function reconfigure(connection, change) {
  connection.setConfiguration({ ...connection.getConfiguration(), ...JSON.parse(change) });
}

/** By the data channel. Throws while it is not open. */
export function say(connection, text) {
  connection.control.send(text);
}

/** Sends `track` on this m-line, or nothing. */
export async function sendTrack(connection, line, track) {
  await connection.getTransceivers()[line]?.sender.replaceTrack(track ?? null);
}

/** The camera is sent over each connection at so many bits a second at most, and made smaller by this factor. */
export function limitVideo(connections, maxBitrate, scaleResolutionDownBy) {
  for (const connection of connections) {
    const sender = connection.getTransceivers()[CAMERA]?.sender;
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    // Firefox has none before it has negotiated; after that this is asked for again.
    const wanted = { maxBitrate, scaleResolutionDownBy };
    if (!encoding || Object.entries(wanted).every(([key, value]) => encoding[key] === value)) continue;
    Object.assign(encoding, wanted);
    sender.setParameters(parameters).catch((error) => log(0, 'not limited', error));
  }
}

// Without an argument, so that the browser makes the description that its state asks for.
async function describe(connection) {
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}

// page.rs

const PAGE = 'open-call-engine.page';
// Milliseconds. A page that is loaded anew may start before its predecessor is gone.
const CLAIM_TIME = 500;

/**
 * A name for this page, kept across its reloads. A duplicated tab brings a copy of the storage along, so the name is
 * held by a lock as long as the page lives, and who does not get it takes another one.
 */
export async function claimPage(user) {
  let release = () => {};
  const hold = (id) =>
    new Promise((held) => {
      const options = { signal: AbortSignal.timeout(CLAIM_TIME) };
      const lock = () => {
        held(true);
        return new Promise((done) => (release = done));
      };
      navigator.locks.request(`${PAGE} ${user} ${id}`, options, lock).catch(() => held(false));
    });
  let id = sessionStorage.getItem(PAGE);
  if (!id || !(await hold(id))) {
    id = crypto.getRandomValues(new Uint32Array(4)).join('-');
    sessionStorage.setItem(PAGE, id);
    await hold(id);
  }
  return { id, release };
}

export function isVisible() {
  return document.visibilityState === 'visible';
}

// views.rs

let loadMeasuring = () => Promise.reject(new Error('this build measures nothing'));

/** How to load the module that measures: no call needs it. */
export function measureWith(load) {
  loadMeasuring = load;
}

const MEASURED = /Volume|Quality|Speaker|VideoF/;

// What counts as a gesture of the person.
const GESTURES = ['pointerup', 'keydown', 'touchend'];

const FITS = ['cover', 'contain'];

/**
 * Pictures in the page and the sound of members, at most one of each a user; the local preview goes by the own user id.
 * What the browser refuses to play is played at the next gesture.
 */
export class Views {
  /** `waits` is told whose picture or sound waits for a gesture. */
  constructor(waits) {
    this.waits = waits;
    // The connection by which each member's media come.
    this.members = new Map();
    this.pictures = new Map();
    this.sounds = new Map();
    this.refused = [];
    this.muted = false;
    this.retry = () => {
      // In the gesture's own task; refused once more means that it was none.
      for (const element of this.refused) element.play().catch(() => {});
      this.forgetRefused();
    };
  }

  /** In place of an earlier picture of this user. Resolves when it plays, or is taken down before. */
  async show(user, container, options) {
    await this.place(user, container, options ?? {}, this.received(user, CAMERA));
  }

  /** The camera that is open when its container is in the page: kits open it before they render. */
  async preview(user, container, mirror, devices) {
    for (let i = 0; i < 20 && !findElement(container); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const track = devices.track('video');
    if (track) this.place(user, container, { mirror }, track);
  }

  place(user, container, options, track) {
    const style = { fit: 'cover', mirror: false, quarterTurns: 0, ...readStyle(options) };
    const parent = findElement(container);
    if (!parent) throw failure(BAD_PARAMETER, 'there is no such element in the page');
    this.hide(user);
    const video = document.createElement('video');
    // Sound has an element of its own, and a silent picture may always start by itself.
    video.muted = true;
    video.setAttribute('muted', '');
    video.setAttribute('playsinline', '');
    parent.append(video);
    applyStyle(video, style);
    return new Promise((resolve) => {
      video.onplaying = resolve;
      this.pictures.set(user, { video, style, resolve });
      this.play(video, track, user);
    });
  }

  /** Shows the picture of this user, or every picture, in another way. */
  change(user, options) {
    const change = readStyle(options);
    const known = this.pictures.get(user);
    if (user && !known) throw failure(WRONG_STATE, 'this user is not shown');
    for (const picture of known ? [known] : this.pictures.values()) {
      Object.assign(picture.style, change);
      applyStyle(picture.video, picture.style);
    }
  }

  hide(user) {
    const picture = this.pictures.get(user);
    if (!picture) return;
    this.pictures.delete(user);
    picture.video.srcObject = null;
    picture.video.remove();
    picture.resolve();
  }

  /** What this member sends comes by this connection now; without one nothing is seen or heard. */
  refresh(user, connection) {
    if (connection) this.members.set(user, connection);
    else this.members.delete(user);
    this.renew(user, this.received(user, CAMERA));
    const sound = this.received(user, MICROPHONE);
    if (sound && !this.sounds.has(user)) this.sounds.set(user, this.newSound());
    const audio = this.sounds.get(user);
    if (audio) this.play(audio, sound, user);
    if (!sound) this.sounds.delete(user);
  }

  /** This user's picture is this track now. */
  renew(user, track) {
    const video = this.pictures.get(user)?.video;
    if (video) this.play(video, track, user);
  }

  /** There is a track as soon as the m-lines are known, silent or not. */
  received(user, line) {
    return this.members.get(user)?.getTransceivers()[line]?.receiver.track;
  }

  /** Silences everybody, also those who come later in this call. */
  mute(muted) {
    this.muted = muted;
    for (const audio of this.sounds.values()) audio.muted = muted;
  }

  /** Fails for a speaker that can't be had, also where nothing sounds yet. */
  async setSpeaker(device) {
    if (!('setSinkId' in HTMLMediaElement.prototype)) throw new Error('this browser lets no page choose one');
    for (const audio of [new Audio(), ...this.sounds.values()]) await audio.setSinkId(device);
    this.speaker = device;
  }

  /** Until {@link clear}, what somebody listens for is measured. */
  measure(user, emitter, devices) {
    const start = async () => {
      if (!emitter.listeners.some(({ name }) => MEASURED.test(name))) return;
      emitter.added = undefined;
      try {
        const { Meter } = await loadMeasuring();
        if (this.measuring === start) this.meter = new Meter(this, emitter, devices, user);
      } catch (error) {
        log(2, 'nothing is measured', error);
      }
    };
    this.meter?.stop();
    this.measuring = emitter.added = start;
    start();
  }

  /** `getStats()` */
  async stats() {
    return (await loadMeasuring()).readStats(this.members);
  }

  /** At the end of a call. */
  clear() {
    this.measuring = this.meter = this.meter?.stop();
    for (const user of [...this.pictures.keys(), ...this.members.keys()]) {
      this.hide(user);
      this.refresh(user);
    }
    this.forgetRefused();
    this.muted = false;
  }

  newSound() {
    const audio = new Audio();
    audio.muted = this.muted;
    // A speaker that is gone by now: the browser's choice.
    if (this.speaker) audio.setSinkId(this.speaker).catch(() => {});
    return audio;
  }

  async play(element, track, user) {
    if (element.srcObject?.getTracks()[0] === track) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    try {
      if (track) await element.play();
    } catch (error) {
      // Any other error means that the element has got another source by now.
      if (error.name !== 'NotAllowedError') return;
      if (this.refused.length === 0) {
        for (const gesture of GESTURES) document.addEventListener(gesture, this.retry);
      }
      this.refused.push(element);
      this.waits(user);
    }
  }

  forgetRefused() {
    this.refused = [];
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.retry);
  }
}

/** The element itself, or the one with this id. */
export function findElement(container) {
  const element = typeof container === 'string' ? document.getElementById(container) : container;
  return element instanceof HTMLElement ? element : undefined;
}

/** What of a picture's style the application gives. */
function readStyle({ objectFit, fillMode, mirror, rotation }) {
  const fit = objectFit ?? FITS[fillMode];
  const style = {};
  if (fit !== undefined) {
    if (!FITS.includes(fit) && fit !== 'fill') throw failure(BAD_PARAMETER, "objectFit must be 'contain', 'cover' or 'fill'");
    style.fit = fit;
  }
  if (mirror != null) style.mirror = Boolean(mirror);
  if (rotation != null) {
    if (![0, 1, 2, 3].includes(rotation)) throw failure(BAD_PARAMETER, 'rotation must be 0 to 3 quarter turns');
    style.quarterTurns = rotation;
  }
  return style;
}

function applyStyle(video, { fit, mirror, quarterTurns }) {
  const { clientWidth: width, clientHeight: height } = video.parentElement;
  // A picture that lies on its side fills its container only with the sides swapped.
  const size =
    quarterTurns % 2 === 0
      ? 'width:100%;height:100%'
      : `width:${height}px;height:${width}px;max-width:none;margin:${(height - width) / 2}px ${(width - height) / 2}px`;
  const turn = quarterTurns ? `rotate(${quarterTurns * 90}deg)` : '';
  video.style.cssText = `display:block;${size};object-fit:${fit};transform:${turn}${mirror ? 'scaleX(-1)' : ''}`;
}

// emitter.rs

/**
 * Events are queued and told in order in a microtask, so a listener may call any method of the engine. One that throws is
 * logged and harms nobody else.
 */
export class Emitter {
  /** `names`: a line for each event, with its current name first and those of earlier versions behind. */
  constructor(names) {
    this.current = new Map();
    for (const line of names.trim().split('\n')) {
      const known = line.trim().split(' ');
      for (const name of known) this.current.set(name, known[0]);
    }
    this.listeners = [];
    this.queue = [];
  }

  /** `context` becomes the listener's `this`. */
  on(event, listener, context, once) {
    const method = once ? 'once' : 'on';
    const name = this.nameOf(event, method);
    if (typeof listener !== 'function') throw failure(BAD_PARAMETER, 'the listener must be a function', undefined, method);
    if (!name) return log(2, `no such event: ${event}`);
    this.listeners.push({ name, listener, context, once });
    this.added?.();
  }

  /** Without a listener, all of the event's; without a context, whatever theirs is. */
  off(event, listener, context) {
    const name = this.nameOf(event, 'off');
    const leaves = (one) =>
      one.name === name && (!listener || one.listener === listener) && (context === undefined || one.context === context);
    for (const one of this.listeners.filter(leaves)) this.remove(one);
  }

  /** `text` is the JSON of the one argument; without it, listeners are called without arguments. */
  emit(name, text) {
    this.tap?.(name, text);
    if (this.queue.push([name, text]) === 1) queueMicrotask(() => this.flush());
  }

  hears(name) {
    return this.listeners.some((one) => one.name === name);
  }

  clear() {
    this.queue = [];
    for (const one of this.listeners) this.remove(one);
  }

  nameOf(event, method) {
    if (typeof event !== 'string') throw failure(BAD_PARAMETER, 'the event must be a string', undefined, method);
    return this.current.get(event);
  }

  flush() {
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      this.deliver(...next);
      this.queue.shift();
    }
  }

  deliver(name, text) {
    const listeners = this.listeners.filter((one) => one.name === name);
    const argument = listeners.length > 0 && text ? [JSON.parse(text)] : [];
    for (const one of listeners) {
      if (one.removed) continue;
      if (one.once) this.remove(one);
      try {
        one.listener.apply(one.context, argument);
      } catch (error) {
        log(3, `a listener of ${name} threw`, error);
      }
    }
  }

  remove(one) {
    one.removed = true;
    this.listeners = this.listeners.filter((other) => other !== one);
  }
}
