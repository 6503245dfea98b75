// What the engine does in the browser in several calls that belong together, each in one crossing from wasm. It decides
// nothing. No more files than these three: the test runner's web server hangs now and then on a page with more.
import { BAD_PARAMETER, WRONG_STATE, failure, log } from './common.js';

// peer_connection.rs

// In their order: microphone, camera, screen, sound of the screen.
const LINES = ['audio', 'video', 'video', 'audio'];
const [MICROPHONE, CAMERA, SCREEN, SCREEN_SOUND] = [0, 1, 2, 3];

// Every browser has it, and it takes the least of a processor.
const VIDEO_CODEC = 'VP8';
const START_BITRATE = 800; // kbit/s
// Of each kind, asked for once: the page stands still meanwhile.
const capabilities = {};

/** A connection with its data channel and, for the side that `offers`, the m-lines in their order. */
export function openConnection(configuration, offers) {
  const { videoCodec, ...rest } = JSON.parse(configuration);
  const connection = new RTCPeerConnection(rest);
  connection.codecs = { audio: 'audio/red', video: `video/${videoCodec ?? VIDEO_CODEC}` };
  for (const kind of offers ? LINES : []) preferCodec(connection, connection.addTransceiver(kind));
  // A channel that nobody refers to is closed by the garbage collector.
  connection.control = connection.createDataChannel('control', { negotiated: true, id: 0 });
  return connection;
}

export function makeOffer(connection, iceRestart) {
  if (iceRestart) connection.restartIce();
  return describe(connection);
}

export function makeAnswer(connection) {
  for (const transceiver of connection.getTransceivers()) {
    transceiver.direction = 'sendrecv';
    preferCodec(connection, transceiver);
  }
  return describe(connection);
}

/** With what browsers take as wishes for what they send, and have no other switch for. */
export async function applyRemote(connection, type, sdp) {
  // From Chromium's usual 300 kbit/s the first frames of a camera are held back until more is known of the network.
  const startSooner = (line, payload) =>
    sdp.includes(`a=fmtp:${payload} `) ? line : `${line}a=fmtp:${payload} x-google-start-bitrate=${START_BITRATE}\r\n`;
  // Silence is not sent: every decoder can fill it in.
  const wishes = sdp.replace(/useinbandfec=1/g, '$&;usedtx=1').replace(/a=rtpmap:(\d+) VP8\/90000\r\n/g, startSooner);
  await connection.setRemoteDescription({ type, sdp: wishes });
}

// What both sides have of these is sent; where one lacks it, what the browser would choose. RED repeats what a lost packet
// of sound carried. None is left out: Firefox would describe what is left of it, and Chromium would refuse that.
function preferCodec({ codecs }, transceiver) {
  const { kind } = transceiver.receiver.track;
  const isFirst = ({ mimeType }) => mimeType.toLowerCase() === codecs[kind].toLowerCase();
  capabilities[kind] ??= RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  transceiver.setCodecPreferences?.([...capabilities[kind]].sort((a, b) => isFirst(b) - isFirst(a)));
}

export function addCandidate(connection, candidate, sdpMid, sdpMLineIndex) {
  connection.addIceCandidate({ candidate, sdpMid, sdpMLineIndex }).catch((error) => log(0, 'a candidate was not taken', error));
}

/** Counts from the next ICE restart on. */
export function reconfigure(connection, change) {
  connection.setConfiguration({ ...connection.getConfiguration(), ...JSON.parse(change) });
}

/** By the data channel. Throws while it is not open. */
export function say(connection, text) {
  connection.control.send(text);
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

// Milliseconds: a tile that is moved about changes its size many times.
const SETTLED = 100;

// In a key, behind a user: no id has such a character.
const OF_SCREEN = '/screen';

// Lines of picture: a size in between would make the sender's encoder begin anew at every small change.
const STEP = 60;

/**
 * Pictures in the page and the sound of members, at most one of each a user; the local preview goes by the own user id, a
 * shared screen by the user's with `/screen` behind it. What the browser refuses to play is played at the next gesture.
 */
export class Views {
  /** `waits` is told whose picture or sound waits for a gesture, `sized` whose picture is shown larger or smaller now. */
  constructor(waits, sized) {
    this.waits = waits;
    this.sized = sized;
    // The connection by which each member's media come.
    this.members = new Map();
    this.pictures = new Map();
    this.sounds = new Map();
    this.refused = [];
    this.lines = new Map();
    this.note = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), SETTLED);
    };
    this.sizes = new ResizeObserver(this.note);
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) target.inSight = isIntersecting;
      this.note();
    });
    this.muted = false;
    this.retry = () => {
      // In the gesture's own task; refused once more means that it was none.
      for (const element of this.refused) element.play().catch(() => {});
      this.forgetRefused();
    };
  }

  /** In place of an earlier picture of this user. Resolves when it plays, or is taken down before. */
  async show(user, container, given) {
    const key = keyOf(user, given);
    await this.place(key, container, given.options ?? {}, this.received(user, key === user ? CAMERA : SCREEN));
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
    // Nothing of a screen may be cut off.
    const style = { fit: user.endsWith(OF_SCREEN) ? 'contain' : 'cover', mirror: false, quarterTurns: 0, ...readStyle(options) };
    const parent = findElement(container);
    if (!parent) throw failure(BAD_PARAMETER, 'there is no such element in the page');
    this.takeDown(user);
    const video = document.createElement('video');
    // Sound has an element of its own, and a silent picture may always start by itself.
    video.muted = true;
    video.setAttribute('muted', '');
    video.setAttribute('playsinline', '');
    parent.append(video);
    applyStyle(video, style);
    // The sender may have known another size of its picture, or none yet: it is told again.
    video.onresize = () => {
      video.told = false;
      this.note();
    };
    this.sizes.observe(video);
    this.sight.observe(video);
    document.addEventListener('visibilitychange', this.note);
    return new Promise((resolve) => {
      video.onplaying = resolve;
      this.pictures.set(user, { video, style, resolve });
      this.play(video, track, user);
    });
  }

  /** Shows the picture of this user, or every picture, in another way. */
  change(user, options) {
    const change = readStyle(options);
    const known = this.pictures.get(keyOf(user, options));
    if (user && !known) throw failure(WRONG_STATE, 'this user is not shown');
    for (const picture of known ? [known] : this.pictures.values()) {
      Object.assign(picture.style, change);
      applyStyle(picture.video, picture.style);
    }
  }

  hide(user, options) {
    this.takeDown(keyOf(user, options));
  }

  takeDown(user) {
    const picture = this.pictures.get(user);
    if (!picture) return;
    this.pictures.delete(user);
    this.sizes.unobserve(picture.video);
    this.sight.unobserve(picture.video);
    this.note();
    picture.video.srcObject = null;
    picture.video.remove();
    picture.resolve();
  }

  /** What this member sends comes by this connection now, with a screen or without; without one nothing is seen or heard. */
  refresh(user, connection, sharing) {
    if (connection) this.members.set(user, connection);
    else this.members.delete(user);
    this.renew(user, this.received(user, CAMERA));
    this.hear(user, this.received(user, MICROPHONE));
    const screen = user + OF_SCREEN;
    this.renew(screen, sharing && this.received(user, SCREEN));
    this.hear(screen, sharing && this.received(user, SCREEN_SOUND));
  }

  hear(user, sound) {
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
      this.takeDown(user);
      this.refresh(user);
    }
    this.forgetRefused();
    this.muted = false;
    this.lines.clear();
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.note);
  }

  /**
   * How many lines can be seen of the user's camera, and above 16 bits of the screen; of a picture that has not been shown
   * in this call, as many as there are.
   */
  linesOf(user) {
    const [camera, screen] = [user, user + OF_SCREEN].map((key) => this.lines.get(key) ?? 65535);
    return camera + screen * 65536;
  }

  look() {
    for (const user of new Set([...this.lines.keys(), ...this.pictures.keys()])) {
      const picture = this.pictures.get(user);
      const lines = picture ? visibleLines(picture) : 0;
      if (lines === undefined || (lines === this.lines.get(user) && picture?.video.told !== false)) continue;
      if (picture) picture.video.told = true;
      this.lines.set(user, lines);
      this.sized(user.split('/')[0]);
    }
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
      this.waits(user.split('/')[0]);
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

/** The key of the user's camera or screen. */
function keyOf(user, { streamType = 'camera' }) {
  if (streamType === 'camera') return user;
  if (streamType !== 'screen') throw failure(BAD_PARAMETER, "streamType must be 'camera' or 'screen'");
  return user + OF_SCREEN;
}

// Undefined: the browser has not looked yet.
function visibleLines({ video, style }) {
  const { inSight, clientWidth, clientHeight } = video;
  const [width, height] = [video.videoWidth || 4, video.videoHeight || 3];
  const hidden = document.visibilityState === 'hidden' && document.pictureInPictureElement !== video;
  if (!inSight || hidden) return inSight && 0;
  const zoom = Math[style.fit === 'contain' ? 'min' : 'max'](clientWidth / width, clientHeight / height);
  return Math.ceil((zoom * Math.min(width, height) * devicePixelRatio) / STEP) * STEP;
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
