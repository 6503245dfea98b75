// Counts what the page holds on to, at the browser's own boundary.
const captured = new Set();
const connections = new Set();
const sockets = new Set();
let listeners = 0;
let timers = new Set();

const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
let gate = null;
navigator.mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  for (const track of stream.getTracks()) captured.add(track);
  if (gate) await gate.promise;
  return stream;
};

const wrap = (name, known) => {
  const Native = globalThis[name];
  globalThis[name] = new Proxy(Native, {
    construct(target, args) {
      const made = new target(...args);
      known.add(made);
      return made;
    },
  });
};
wrap('RTCPeerConnection', connections);
wrap('WebSocket', sockets);

const { addEventListener, removeEventListener } = EventTarget.prototype;
const bound = new Map();
EventTarget.prototype.addEventListener = function (type, fn, options) {
  if (this instanceof RTCPeerConnection || this instanceof WebSocket || this === navigator.mediaDevices || this === document || this instanceof HTMLMediaElement) {
    if (fn && !bound.has(fn)) {
      bound.set(fn, type);
      listeners += 1;
    }
  }
  return addEventListener.call(this, type, fn, options);
};
EventTarget.prototype.removeEventListener = function (type, fn, options) {
  if (bound.delete(fn)) listeners -= 1;
  return removeEventListener.call(this, type, fn, options);
};

const { setTimeout: set, clearTimeout: clear } = globalThis;
globalThis.setTimeout = (fn, ms, ...args) => {
  const id = set(() => { timers.delete(id); fn(...args); }, ms);
  // Only long ones: the tests themselves wait in short steps.
  if (ms > 200) timers.add(id);
  return id;
};
globalThis.clearTimeout = (id) => { timers.delete(id); clear(id); };

export const liveTracks = (kind) =>
  [...captured].filter((track) => track.readyState === 'live' && (!kind || track.kind === kind)).length;
export const openConnections = () => [...connections].filter((pc) => pc.connectionState !== 'closed').length;
export const openSockets = () => [...sockets].filter((socket) => socket.readyState < 2).length;
export const heldListeners = () => listeners;
export const heldTimers = () => timers.size;

export const holdCaptures = () => {
  let release;
  const promise = new Promise((resolve) => { release = resolve; });
  gate = { promise, release };
};
export const releaseCaptures = () => { gate?.release(); gate = null; };

export const fetchJson = async (url) => (await fetch(url)).json();

export const addContainer = (id) => {
  const element = document.createElement('div');
  element.id = id;
  element.style.cssText = 'width:320px;height:240px';
  document.body.append(element);
};

/** Sum over all connections of what the named kind of inbound stream says, e.g. framesDecoded. */
export const inbound = async (kind, key) => {
  let most = 0;
  for (const pc of connections) {
    if (pc.connectionState === 'closed') continue;
    for (const report of (await pc.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === kind) most += report[key] ?? 0;
    }
  }
  return most;
};

/** How many streams of sound the connections of the page receive. */
export const streamsHeard = async () => {
  let heard = 0;
  for (const pc of connections) {
    if (pc.connectionState === 'closed') continue;
    for (const report of (await pc.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio' && report.totalAudioEnergy > 0) heard += 1;
    }
  }
  return heard;
};

/** The mean of a picture's red, green and blue, 0 to 255 each, over all its pixels; -1 where nothing plays. */
export const brightness = (containerId) => {
  const video = document.querySelector(`#${containerId} video`);
  if (!video || video.readyState < 2) return -1;
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 64, 48);
  const { data } = context.getImageData(0, 0, 64, 48);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2];
  return sum / (data.length / 4) / 3;
};
// Tracks that are made of others are captures of their own.
const { clone } = MediaStreamTrack.prototype;
MediaStreamTrack.prototype.clone = function () {
  const copy = clone.call(this);
  captured.add(copy);
  return copy;
};

// A panic inside a browser callback fails no test by itself: it is told here, and seen in the test's log.
addEventListener('error', (event) => console.log(`uncaught: ${event.message} ${event.error?.stack}`));
addEventListener('unhandledrejection', (event) => console.log(`unhandled: ${event.reason?.stack ?? event.reason}`));

// Devices as tests want them: refused, hidden, renamed, unplugged.
const { mediaDevices, permissions } = navigator;
let refusal;
const gatedCapture = mediaDevices.getUserMedia;
mediaDevices.getUserMedia = (constraints) =>
  refusal ? Promise.reject(new DOMException(...refusal.split(': ').reverse())) : gatedCapture(constraints);
/** With an error given as `name: message`. */
export const refuseCaptures = (error) => { refusal = error; };
export const allowCaptures = () => { refusal = undefined; };

let lookUps = 0;
let prefix = '';
let hidden = false;
let missing = '';
const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
mediaDevices.enumerateDevices = async () => {
  lookUps += 1;
  const devices = hidden ? [] : await enumerate();
  return devices
    .filter(({ deviceId }) => deviceId !== missing)
    .map(({ kind, deviceId, label }) => ({ kind, deviceId, label: prefix + label }));
};
/** The browser lists it no more; '' = all are there again. */
export const hideDevice = (deviceId) => {
  missing = deviceId;
  announceDevices();
};
export const deviceLookUps = () => lookUps;
export const renameDevices = (to) => { prefix = to; };
export const hideDevices = (on) => { hidden = on; };
export const announceDevices = () => mediaDevices.dispatchEvent(new Event('devicechange'));

let denied = false;
const statuses = new Set();
const query = permissions.query.bind(permissions);
permissions.query = async (what) => {
  const status = await query(what);
  if (what.name !== 'microphone') return status;
  Object.defineProperty(status, 'state', { get: () => (denied ? 'denied' : 'granted') });
  statuses.add(status);
  return status;
};
export const denyMicrophone = (on) => {
  denied = on;
  for (const status of statuses) status.onchange?.();
};

const live = (kind) => [...captured].filter((track) => track.readyState === 'live' && track.kind === kind);
export const openMicrophones = () => live('audio').filter((track) => track.enabled).length;
/** The one that was captured first. */
export const unplug = (kind) => lose(live(kind)[0]);
export const unplugLast = (kind) => lose(live(kind).at(-1));
const lose = (track) => {
  track.stop();
  track.dispatchEvent(new Event('ended'));
};

/** The system holds the device that was captured first back, as a phone does during its own calls, or gives it back. */
export const holdBack = (kind, on) => {
  const [track] = live(kind);
  Object.defineProperty(track, 'muted', { value: on, configurable: true });
  track.dispatchEvent(new Event(on ? 'mute' : 'unmute'));
};
export const lookAgain = () => document.dispatchEvent(new Event('visibilitychange'));

/** What has been negotiated so far. */
export const negotiated = () => [...connections].map((one) => one.localDescription?.sdp ?? '').join();

/** Bits a second at most, and the factor by which it is made smaller, of every camera that is sent. */
export const videoLimits = () =>
  [...connections]
    .filter((connection) => connection.connectionState === 'connected')
    .map((connection) => connection.getSenders().find((sender) => sender.track?.kind === 'video'))
    .filter(Boolean)
    .map((sender) => sender.getParameters().encodings[0])
    .map(({ maxBitrate, scaleResolutionDownBy }) => `${maxBitrate} ${scaleResolutionDownBy}`);

const sounds = new Set();
wrap('Audio', sounds);
/** Of those that play somebody: whether they are silenced. */
export const silenced = () => [...sounds].filter((audio) => audio.srcObject).map((audio) => audio.muted);

export const styleOf = (containerId, key) => document.querySelector(`#${containerId} video`).style[key];
