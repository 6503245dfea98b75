// Microphone, camera, screen and speaker: the one owner of every captured track, what the page knows of its devices, and how
// much of a track is sent.
import { BAD_PARAMETER, WRONG_STATE, failure, log } from './common.js';

const KINDS = {
  audio: { name: 'microphone', input: 'audioinput', none: 60003, occupied: -1106, failed: -1104 },
  video: { name: 'camera', input: 'videoinput', none: 60004, occupied: -1102, failed: -1100 },
};
const DISPLAY = { name: 'screen', none: 65535, occupied: 65535, failed: 65535 };
// Of a screen larger than this no more would be seen, and people move on it slowly.
const SCREEN = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } };
// Sound as it is, and without that of the call itself, which everybody has.
const AS_IT_IS = { restrictOwnAudio: true, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
// Every name that the contract has had for a type of device: what is captured of it, its list, the one in use.
const CAMERA = ['video', 'cameraList', 'currentCamera'];
const MICROPHONE = ['audio', 'microphoneList', 'currentMicrophone'];
const SPEAKER = ['speaker', 'speakerList', 'currentSpeaker'];
const TYPES = {
  camera: CAMERA,
  video: CAMERA,
  microphone: MICROPHONE,
  microphones: MICROPHONE,
  audio: MICROPHONE,
  speaker: SPEAKER,
};

const DENIED_BY_SYSTEM = -1003;
const DENIED_BY_PERSON = -1101;
const NO_LIST = -1102;
const INSECURE_PAGE = 30000;
const NOT_SUPPORTED = 60006;
// Own: there are devices, but none that fits; the system holds the device back, as a phone does during its own calls.
const OVERCONSTRAINED = 60103;
const HELD_BACK = 60104;

// Of the queue of microtasks: from one method's call to its wish for a device it takes less than ten.
const TURNS = 30;
// Milliseconds: the browser tells of one plugged-in headset several times.
const SETTLED = 250;
// Milliseconds that a device which the system held back has to come back by itself when the person looks again.
const RETURN_TIME = 1000;

export class Devices {
  /**
   * `changed` gets the text of what {@link report} gives when it has become another; `lost` the kind of a device in use
   * that has gone, or that the system holds back or gives back.
   */
  constructor(changed, lost) {
    this.changed = changed;
    this.lost = lost;
    // A slot's `opening` is the promise of its track, `track` the one that is open.
    this.slots = { audio: { wish: usual('audio') }, video: { wish: usual('video') }, screen: {}, screenSound: {} };
    this.size = {};
    this.permissions = {};
    this.speaker = '';
    this.muted = false;
    this.refresh = () => {
      this.known = undefined;
      this.note();
    };
    this.looked = () => {
      if (document.visibilityState === 'visible') setTimeout(() => this.reopen(), RETURN_TIME);
    };
  }

  // Capture.

  /** Resolves to the track that is open, or to a new one. */
  open(kind) {
    const slot = this.slots[kind];
    slot.opening ??= this.fill(kind, slot);
    return slot.opening;
  }

  track(kind) {
    return this.slots[kind].track;
  }

  /** Whether others could hear or see something of it. */
  sends(kind) {
    const { track } = this.slots[kind];
    return Boolean(track && !track.muted && !(kind === 'audio' && this.muted));
  }

  close(kind) {
    const slot = this.slots[kind];
    slot.turn = slot.opening = undefined;
    giveBack(slot.track);
    slot.track = undefined;
    this.note();
  }

  /** A microphone that is off stays captured and is silent. */
  mute(muted) {
    this.muted = muted;
    const { track } = this.slots.audio;
    if (track) track.enabled = !muted;
  }

  /** Opens the camera at the front or the back of a phone; one that the application has chosen counts as front. */
  openCamera(front) {
    const slot = this.slots.video;
    if ((slot.wish.facingMode === 'environment') === front) {
      slot.wish = facing(front);
      this.close('video');
    }
    return this.open('video');
  }

  switchCamera(front) {
    return this.wish('video', facing(front));
  }

  /** Another device from now on, at once in place of the one that is open. If it can't be had, the old one stays. */
  async wish(kind, wish) {
    const slot = this.slots[kind];
    const old = slot.wish;
    slot.wish = wish;
    await slot.opening?.catch(() => {});
    if (!slot.opening) return this.note();
    // Phones have one camera open at a time; a microphone is heard until the next one is there.
    if (kind === 'video') this.close(kind);
    slot.opening = this.fill(kind, slot);
    try {
      await slot.opening;
    } catch (error) {
      slot.wish = old;
      if (kind === 'video' && error.code !== WRONG_STATE) await this.open(kind).catch(() => {});
      throw error;
    }
  }

  /** Asks the person for a screen, a window or a tab; its sound comes along where browser and person give it. */
  async share(options) {
    const turn = {};
    this.slots.screen.turn = turn;
    if (!navigator.mediaDevices?.getDisplayMedia) throw failure(NOT_SUPPORTED, 'this browser cannot share a screen');
    const audio = options?.systemAudio !== false && AS_IT_IS;
    let stream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio, systemAudio: 'include', surfaceSwitching: 'include' });
    } catch (error) {
      throw refusal('screen', error);
    }
    const tracks = stream.getTracks();
    if (this.slots.screen.turn !== turn) {
      for (const track of tracks) track.stop();
      throw failure(WRONG_STATE, 'the call ended, or sharing did, before a screen was chosen');
    }
    this.close('screenSound');
    for (const track of tracks) {
      const kind = track.kind === 'video' ? 'screen' : 'screenSound';
      const slot = this.slots[kind];
      giveBack(slot.track);
      slot.track = track;
      // Text is to be sharp.
      if (kind === 'screen') track.contentHint = 'detail';
      // A window that is minimized is muted, and still shared.
      track.onended = () => this.lost(kind);
    }
  }

  /** Goes on with any other device of this kind. One that is held back may come back by itself. */
  async replace(kind) {
    const { track } = this.slots[kind];
    if (track?.readyState === 'live') {
      if (track.muted) throw failure(HELD_BACK, `the system holds the ${KINDS[kind].name} back`);
      return;
    }
    this.close(kind);
    this.slots[kind].wish = usual(kind);
    await this.open(kind);
  }

  /** The size of picture from now on; the camera gives the nearest that it has. */
  async setSize(width, height) {
    this.size = { width, height };
    try {
      await this.slots.video.track?.applyConstraints(this.size);
    } catch (error) {
      throw refusal('video', error);
    }
  }

  // A capture that the browser grants after its slot was closed again is stopped at once: nothing stays open behind the
  // person's back.
  async fill(kind, slot) {
    const turn = {};
    slot.turn = turn;
    try {
      const track = await this.capture(kind, slot.wish);
      if (slot.turn === turn) return this.take(kind, slot, track);
      track.stop();
    } catch (error) {
      if (slot.turn === turn) slot.opening = slot.track && Promise.resolve(slot.track);
      throw error;
    }
    throw failure(WRONG_STATE, 'closed before the device was open');
  }

  async capture(kind, wish) {
    checkPage();
    const constraints = kind === 'video' ? { ...this.size, ...wish } : wish;
    try {
      return await this.request(kind, constraints);
    } catch (error) {
      throw refusal(kind, error);
    }
  }

  // Browsers open one request's devices after the other's, and ask the person once for each request: microphone and camera
  // that are wanted in one breath are one request, unless the person has agreed to one of them only.
  async request(kind, constraints) {
    const agreed = this.granted('audio');
    const shared = agreed === this.granted('video') && (this.gathering ??= this.gather());
    if (shared && !(kind in shared.wanted)) {
      shared.wanted[kind] = constraints;
      try {
        return (await shared.stream).getTracks().find((track) => track.kind === kind);
      } catch (error) {
        const refused = !agreed && error.name === 'NotAllowedError';
        // Of two one may be there all the same.
        if (refused || Object.keys(shared.wanted).length === 1) throw error;
      }
    }
    return (await navigator.mediaDevices.getUserMedia({ [kind]: constraints })).getTracks()[0];
  }

  gather() {
    const wanted = {};
    const ask = async () => {
      // Two calls of one task get here within these turns. A timer's turn comes late in a page that is hidden.
      for (let turn = 0; turn < TURNS; turn++) await turn;
      this.gathering = undefined;
      return navigator.mediaDevices.getUserMedia(wanted);
    };
    return { wanted, stream: ask() };
  }

  take(kind, slot, track) {
    giveBack(slot.track);
    slot.track = track;
    if (kind === 'audio') track.enabled = !this.muted;
    track.onended = track.onmute = track.onunmute = () => this.lost(kind);
    // The browser names devices only to pages that may use them.
    if (slot.granted) this.note();
    else this.refresh();
    slot.granted = true;
    return track;
  }

  /** What is still held back when the person looks again is opened anew: some phones never give it back. */
  reopen() {
    for (const [kind, { track }] of Object.entries(this.slots)) {
      if (!track?.muted || !KINDS[kind]) continue;
      track.stop();
      this.lost(kind);
    }
  }

  // What is there.

  /**
   * Before a call rings anybody: opens the microphone, and fails if it can't be had. Where the person has agreed before,
   * the call need not wait for it.
   */
  async ready(camera) {
    checkPage();
    if (typeof RTCPeerConnection !== 'function') throw failure(NOT_SUPPORTED, 'this browser has no WebRTC');
    const devices = await this.look();
    for (const { name, input, none } of camera ? [KINDS.audio, KINDS.video] : [KINDS.audio]) {
      if (!devices.some((device) => device.kind === input)) throw failure(none, `no ${name} was found`);
    }
    const opening = this.open('audio');
    if (!this.granted('audio')) await opening;
    // Told when the call begins.
    else opening.catch(() => {});
  }

  /** Whether the device opens without asking the person, as far as the browser tells. */
  granted(kind) {
    const state = this.permissions[kind]?.state;
    return state === 'granted' || (state !== 'denied' && this.slots[kind].granted === true);
  }

  /** The payload of DEVICED_UPDATED. */
  async report() {
    checkPage();
    const devices = await this.look();
    const list = (kind) =>
      devices.filter((one) => one.kind === kind).map(({ deviceId, label }) => ({ deviceId, deviceName: label, label }));
    // The browser lists its default first.
    const current = (all, id) => all.find((one) => id && one.deviceId === id) ?? all[0] ?? { deviceId: '', deviceName: '', label: '' };
    const used = ({ track, wish }) => track?.getSettings().deviceId ?? wish.deviceId?.exact;

    const cameraList = list('videoinput');
    const microphoneList = list('audioinput');
    const speakerList = list('audiooutput');
    const currentCamera = current(cameraList, used(this.slots.video));
    const currentMicrophone = current(microphoneList, used(this.slots.audio));
    return {
      cameraList,
      microphoneList,
      speakerList,
      currentCamera,
      currentMicrophone,
      currentSpeaker: current(speakerList, this.speaker),
      currentCameraID: currentCamera.deviceId,
      currentMicrophoneID: currentMicrophone.deviceId,
    };
  }

  async list(type) {
    return (await this.report())[TYPES[type]?.[1]] ?? [];
  }

  async current(type) {
    return (await this.report())[TYPES[type]?.[2]];
  }

  /** `switchDevice()`. The views fail for a speaker that can't be had. */
  async choose(options, views) {
    const [kind, listed] = TYPES[options?.deviceType] ?? [];
    if (!kind) throw failure(BAD_PARAMETER, "deviceType must be 'camera', 'microphone' or 'speaker'");
    const { deviceId } = options;
    const known = (await this.report())[listed].some((one) => one.deviceId === deviceId);
    if (!deviceId || !known) throw failure(BAD_PARAMETER, `there is no such ${options.deviceType}`);
    if (kind !== 'speaker') return this.wish(kind, { deviceId: { exact: deviceId } });
    try {
      await views.setSpeaker(deviceId);
    } catch (error) {
      throw failure(NOT_SUPPORTED, `the speaker cannot be used: ${error}`, error);
    }
    this.speaker = deviceId;
    this.note();
  }

  // The browser's lists, looked up again only when it says that they have changed.

  /** From now on, until {@link stop}, changes are told. */
  watch() {
    this.watching ??= this.tell();
  }

  stop() {
    this.watching = this.told = undefined;
    this.forget();
  }

  look() {
    this.known ??= this.lookUp();
    return this.known;
  }

  async lookUp() {
    try {
      const [devices] = await Promise.all([navigator.mediaDevices.enumerateDevices(), this.listen()]);
      return devices;
    } catch (error) {
      this.known = undefined;
      throw failure(NO_LIST, `the devices cannot be listed: ${error}`, error);
    }
  }

  async listen() {
    if (this.listening) return;
    this.listening = true;
    navigator.mediaDevices.addEventListener('devicechange', this.refresh);
    document.addEventListener('visibilitychange', this.looked);
    await Promise.all(Object.keys(KINDS).map((kind) => this.askPermission(kind)));
  }

  // Not every browser knows these permissions.
  async askPermission(kind) {
    try {
      const permission = await navigator.permissions.query({ name: KINDS[kind].name });
      if (!this.listening) return;
      permission.onchange = this.refresh;
      this.permissions[kind] = permission;
    } catch {}
  }

  forget() {
    if (this.listening) navigator.mediaDevices.removeEventListener('devicechange', this.refresh);
    document.removeEventListener('visibilitychange', this.looked);
    for (const permission of Object.values(this.permissions)) permission.onchange = null;
    this.permissions = {};
    this.listening = this.known = undefined;
    clearTimeout(this.timer);
  }

  /** What is listed or in use may have changed. */
  note() {
    clearTimeout(this.timer);
    if (this.watching) this.timer = setTimeout(() => this.tell(), SETTLED);
  }

  // A chosen device that is gone can't be opened any more; one in use is replaced when its track ends.
  forgetGone({ cameraList, microphoneList }) {
    for (const [kind, list] of [['video', cameraList], ['audio', microphoneList]]) {
      const chosen = this.slots[kind].wish.deviceId?.exact;
      if (chosen && !list.some((one) => one.deviceId === chosen)) this.slots[kind].wish = usual(kind);
    }
  }

  async tell() {
    const report = await this.report().catch(() => {});
    if (!report || !this.watching) return;
    this.forgetGone(report);
    const { told } = this;
    this.told = JSON.stringify(report);
    // What there was at login is no news.
    if (told && told !== this.told) this.changed(this.told);
  }
}

// Browsers keep what has ended for a while, and its listeners with it.
function giveBack(track) {
  if (!track) return;
  track.onended = track.onmute = track.onunmute = null;
  track.stop();
}

function usual(kind) {
  return kind === 'video' ? facing(true) : {};
}

function facing(front) {
  return { facingMode: front ? 'user' : 'environment' };
}

function checkPage() {
  if (!isSecureContext) {
    throw failure(INSECURE_PAGE, 'cameras and microphones need a secure page: open it by https, or on localhost');
  }
  if (!navigator.mediaDevices) throw failure(NOT_SUPPORTED, 'this browser has no WebRTC');
}

/** What `getUserMedia` refused with, as the contract's number. */
function refusal(kind, error) {
  const { name, none, occupied, failed } = KINDS[kind] ?? DISPLAY;
  const codes = {
    NotAllowedError: /system/.test(error.message) ? DENIED_BY_SYSTEM : DENIED_BY_PERSON,
    SecurityError: DENIED_BY_PERSON,
    OverconstrainedError: OVERCONSTRAINED,
    NotFoundError: none,
    NotReadableError: occupied,
    AbortError: occupied,
  };
  return failure(codes[error.name] ?? failed, `the ${name} cannot be used: ${error}`, error);
}

// peer_connection.rs

const CAMERA_LINE = 1;

/** Sends `track` on this m-line, or nothing. */
export async function sendTrack(connection, line, track) {
  const sender = connection.getTransceivers()[line]?.sender;
  const failed = (error) => log(2, 'a track was not sent', error);
  if (sender && sender.track !== (track ?? null)) await sender.replaceTrack(track ?? null).catch(failed);
  fitWhenAgreed(connection, sender);
}

/** Of the picture on this m-line so many pixels of its shorter side are sent at most, 0 = nothing. */
export function limitVideo(connection, line, ...share) {
  const sender = connection.getTransceivers()[line]?.sender;
  if (!sender) return;
  sender.share = [line, ...share];
  fitWhenAgreed(connection, sender);
}

// To read parameters a page stands still while the browser negotiates; afterwards it is asked for again.
function fitWhenAgreed({ signalingState, currentRemoteDescription }, sender) {
  if (sender?.share && currentRemoteDescription && signalingState === 'stable') fit(sender);
}

// One after the other, because a change made during another one is refused; so is one during a negotiation, which is over
// when that is told.
function fit(sender, tries = 3) {
  sender.fitted = Promise.resolve(sender.fitted)
    .then(() => fitNow(sender))
    .catch((error) => (tries > 1 ? fit(sender, tries - 1) : log(0, 'not limited', error)));
}

async function fitNow(sender) {
  const [line, lines, maxBitrate, maxFramerate] = sender.share;
  const parameters = sender.getParameters();
  const encoding = parameters.encodings?.[0];
  const { width, height } = sender.track?.getSettings() ?? {};
  const scaleResolutionDownBy = Math.max(1, Math.min(width, height) / lines) || 1;
  const wanted = lines ? { active: true, maxBitrate, maxFramerate, scaleResolutionDownBy } : { active: false };
  // Firefox has none before it has negotiated; after that this is asked for again.
  if (!encoding || Object.entries(wanted).every(([key, value]) => encoding[key] === value)) return;
  Object.assign(encoding, wanted);
  parameters.degradationPreference = line === CAMERA_LINE ? 'maintain-framerate' : 'maintain-resolution';
  await sender.setParameters(parameters);
}
