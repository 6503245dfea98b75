// What the engine does in the browser in several calls that belong together, each in one crossing from wasm. It decides
// nothing. One file, because the test runner's web server hangs when a page asks for more than four at once.

// peer_connection.rs

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

export function receivedTrack(connection, line) {
  return connection.getTransceivers()[line]?.receiver.track;
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

// media_devices.rs

/** The one track of a capture. */
export async function capture(constraints) {
  const stream = await navigator.mediaDevices.getUserMedia(JSON.parse(constraints));
  return stream.getTracks()[0];
}

/** Which devices are there, and whether the microphone opens without asking the person. */
export async function survey() {
  const [devices, permission] = await Promise.all([navigator.mediaDevices.enumerateDevices(), microphonePermission()]);
  const has = (kind) => devices.some((device) => device.kind === kind);
  return { microphone: has('audioinput'), camera: has('videoinput'), granted: permission === 'granted' };
}

// Not every browser knows this permission.
async function microphonePermission() {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state;
  } catch {
    return 'prompt';
  }
}

// playback.rs

// What counts as a gesture of the person.
const GESTURES = ['pointerup', 'keydown', 'touchend'];

/** Plays tracks, and plays what the browser has refused again at the next gesture. */
export class Player {
  constructor() {
    this.waiting = [];
    this.retry = () => {
      // In the gesture's own task; refused once more means that it was none.
      for (const element of this.waiting) element.play().catch(() => {});
      this.clear();
    };
  }

  /** Resolves to whether the browser wants a gesture first. Without a track the element falls silent. */
  async play(element, track) {
    if (element.srcObject?.getTracks()[0] === track) return false;
    element.srcObject = track ? new MediaStream([track]) : null;
    try {
      if (track) await element.play();
    } catch (error) {
      // Any other error means that the element has got another source by now.
      if (error.name !== 'NotAllowedError') return false;
      this.awaitGesture(element);
      return true;
    }
    return false;
  }

  awaitGesture(element) {
    if (this.waiting.length === 0) {
      for (const gesture of GESTURES) document.addEventListener(gesture, this.retry);
    }
    this.waiting.push(element);
  }

  clear() {
    this.waiting = [];
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.retry);
  }
}

// video_view.rs

/** The element itself, or the one with this id. */
export function findElement(container) {
  const element = typeof container === 'string' ? document.getElementById(container) : container;
  return element instanceof HTMLElement ? element : undefined;
}

/** The same for one that may come within a second: kits open the camera before they render. */
export async function findElementSoon(container) {
  for (let i = 0; i < 20 && !findElement(container); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function addPicture(parent, style) {
  const video = document.createElement('video');
  // Sound has an element of its own, and a silent picture may always start by itself.
  video.muted = true;
  video.setAttribute('muted', '');
  video.setAttribute('playsinline', '');
  video.style.cssText = style;
  parent.append(video);
  return video;
}

/** Resolves when the picture plays, or is taken down before. */
export function shown(video) {
  return new Promise((resolve) => {
    video.onplaying = resolve;
  });
}

export function removePicture(video) {
  video.srcObject = null;
  video.remove();
  video.onplaying?.();
}
