import { $ } from './dom.js';
import { createDevices, tell } from './devices.js';
import { hideCallNotices, hideNotice, showNotice } from './notices.js';
import { clearTiles, ensureTile, removeTile, showMuted, showVideo, viewID } from './tiles.js';
import { endText, notConnectedText, problemText } from './texts.js';
import * as view from './call-view.js';

const AUDIO = 1;
const VIDEO = 2;
/** Which button an ERROR event is about; any other code concerns neither. */
const DEVICE_OF = new Map([
  [60004, 'camera'], [-1100, 'camera'], [-1102, 'camera'], [-1103, 'camera'],
  [60003, 'microphone'], [60005, 'microphone'], [-1101, 'microphone'],
  [-1104, 'microphone'], [-1105, 'microphone'], [-1106, 'microphone'], [-1107, 'microphone'],
]);

/** One person's calls on one engine: turns events and clicks into what is shown. `phase` is idle, outgoing, incoming or connected. */
export function createCall({ engine, TUICallEvent, userID: self, ringSeconds }) {
  const call = { phase: 'idle', peer: '', media: AUDIO, outgoing: false };
  const devices = createDevices(engine, paintDevices);
  const isVideo = () => call.media === VIDEO;

  async function place(peer, media) {
    if (call.phase !== 'idle') return;
    hideCallNotices();
    Object.assign(call, { phase: 'outgoing', peer, media, outgoing: true });
    view.showOutgoing(peer, isVideo());
    startCamera();
    const request = { userIDList: [peer], type: media };
    if (ringSeconds !== undefined) request.timeout = ringSeconds;
    try {
      await engine.calls(request);
    } catch (error) {
      if (call.phase === 'outgoing') await giveUp(error);
    }
  }

  async function accept() {
    if (call.phase !== 'incoming') return;
    hideCallNotices();
    view.showAnswering(true);
    startCamera();
    try {
      await engine.accept();
    } catch (error) {
      if (call.phase !== 'incoming') return;
      await devices.closeCamera();
      const { title, advice } = problemText(error);
      $('incoming-error').textContent = `${title}. ${advice}`;
      view.showAnswering(false);
    }
  }

  const decline = () => end(() => engine.reject());
  const hangUp = () => end(() => engine.hangup());

  async function end(action) {
    try {
      await action();
    } catch (error) {
      if (call.phase !== 'idle') tell('call-end', error);
    }
  }

  /** Not awaited by its callers: the invitation must not wait for a camera. */
  function startCamera() {
    if (isVideo()) devices.openCamera('local');
    else if (devices.state.camera !== 'off') devices.closeCamera();
    else paintDevices();
  }

  function toggleCamera() {
    if (!isVideo() || devices.state.camera === 'opening') return;
    if (devices.state.camera === 'on') devices.closeCamera();
    else devices.openCamera('local');
  }

  async function giveUp(error) {
    const { peer } = call;
    const noCamera = isVideo() && DEVICE_OF.get(error.code) === 'camera';
    await devices.closeCamera();
    finish({
      tone: 'error',
      ...problemText(noCamera ? 'no-camera-to-call' : error),
      action: noCamera ? { label: 'Call by voice', run: () => place(peer, AUDIO) } : undefined,
    });
  }

  function finish(text) {
    if (call.phase === 'idle') return;
    const { peer, outgoing } = call;
    const record = { peer, outgoing, text: text.title, at: Date.now(), isVideo: isVideo() };
    view.addRecent(record, (again, video) => place(again, video ? VIDEO : AUDIO));
    call.phase = 'idle';
    clearTiles();
    devices.reset();
    view.showIdle();
    showNotice({ key: 'call', ...text });
  }

  function paintDevices() {
    const connected = call.phase === 'connected';
    if (call.phase === 'idle') return paintPreview();
    view.showMicrophone(devices.state.microphone, connected);
    view.showCamera(devices.state.camera, isVideo());
  }

  function paintPreview() {
    const { camera } = devices.state;
    $('preview-box').dataset.camera = camera;
    $('preview-toggle').disabled = camera === 'opening';
    $('preview-toggle').setAttribute('aria-pressed', String(camera === 'on'));
    $('preview-toggle').textContent = camera === 'on' ? 'Stop camera' : 'Check camera';
  }

  function togglePreview() {
    if (call.phase !== 'idle') return;
    if (devices.state.camera === 'on') devices.closeCamera();
    else devices.openCamera('preview');
  }

  const handlers = {
    [TUICallEvent.ON_CALL_RECEIVED]: ({ callerId, callMediaType }) => {
      hideCallNotices();
      Object.assign(call, { phase: 'incoming', peer: callerId, media: callMediaType, outgoing: false });
      view.showIncoming(callerId, isVideo());
    },
    [TUICallEvent.ON_CALL_BEGIN]: () => {
      call.phase = 'connected';
      view.showConnected(call.peer, isVideo(), Date.now());
      showVideo(call.peer, false, isVideo());
      devices.microphoneIs(true);
    },
    [TUICallEvent.USER_ENTER]: ({ userID }) => ensureTile(userID),
    [TUICallEvent.USER_LEAVE]: ({ userID }) => removeTile(userID),
    [TUICallEvent.USER_VIDEO_AVAILABLE]: ({ userID, isVideoAvailable }) => showRemote(userID, isVideoAvailable),
    [TUICallEvent.USER_AUDIO_AVAILABLE]: ({ userID, isAudioAvailable }) => showMuted(userID, !isAudioAvailable),
    [TUICallEvent.ON_CALL_NOT_CONNECTED]: (what) => finish(notConnectedText(what, call.peer)),
    [TUICallEvent.CALLING_END]: (what) => finish(endText(what, self, call.peer)),
    [TUICallEvent.USER_CONNECTION_CHANGED]: ({ state }) => peerStateIs(state),
    [TUICallEvent.AUTOPLAY_FAILED]: ({ userID }) => view.showUnblock(userID),
    [TUICallEvent.ERROR]: (error) => failed(error),
  };

  async function showRemote(userID, on) {
    showVideo(userID, on, isVideo());
    const done = on ? engine.startRemoteView({ userID, videoViewDomID: viewID(userID) }) : engine.stopRemoteView({ userID });
    // Its tile may be gone by now: the call ended while the picture was on its way.
    await done.catch((error) => { if (call.phase === 'connected') tell('call-view', error); });
  }

  function peerStateIs(state) {
    if (call.phase === 'idle') return;
    view.showPeerState(state);
    if (state === 'failed') showNotice({ key: 'call-peer', tone: 'error', ...problemText('peer-failed') });
    else hideNotice('call-peer');
  }

  function failed(error) {
    const device = DEVICE_OF.get(error.code);
    if (device === 'microphone') devices.microphoneIs(false);
    tell(`call-${device ?? 'error'}`, error, device);
  }

  return {
    handlers, place, accept, decline, hangUp, toggleCamera, togglePreview,
    toggleMicrophone: devices.toggleMicrophone,
    isIdle: () => call.phase === 'idle',
    reset: () => { call.phase = 'idle'; clearTiles(); devices.reset(); view.showIdle(); },
  };
}

export const mediaOf = (name) => (name === 'video' ? VIDEO : AUDIO);
