import { $ } from './dom.js';
import { createDevices, tell } from './devices.js';
import { hideCallNotices, hideNotice, showNotice } from './notices.js';
import { meet, nameOf, namesOf } from './people.js';
import { clearTiles, ensureTile, hasTile, removeTile, showMuted, showQuality, showFrozen, showSharedScreen, showSpeaker, showState, showVideo, screenID, viewID } from './tiles.js';
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

/**
 * One person's calls on one engine: turns events and clicks into what is shown. `phase` is idle, outgoing, incoming, joining or
 * connected; `people` are the others, in the order in which they came up.
 */
export function createCall({ engine, TUICallEvent, userID: self, ringSeconds }) {
  const call = { phase: 'idle', id: '', people: [], peer: '', media: AUDIO, outgoing: false, group: false };
  const devices = createDevices(engine, paintDevices);
  const isVideo = () => call.media === VIDEO;

  async function place(people, media) {
    if (call.phase !== 'idle') return;
    hideCallNotices();
    Object.assign(call, { phase: 'outgoing', people: [...people], peer: people[0], media, outgoing: true, group: people.length > 1 });
    meet(people, { again: true });
    view.showOutgoing(call, isVideo());
    startCamera();
    const request = { userIDList: people, type: media };
    if (ringSeconds !== undefined) request.timeout = ringSeconds;
    try {
      await engine.calls(request);
    } catch (error) {
      if (call.phase === 'outgoing') await giveUp(error);
    }
  }

  async function join(id) {
    if (call.phase !== 'idle') return;
    hideCallNotices();
    Object.assign(call, { phase: 'joining', people: [], peer: '', media: VIDEO, outgoing: true, group: true });
    try {
      await engine.join({ callId: id });
    } catch (error) {
      if (call.phase !== 'joining') return;
      call.phase = 'idle';
      showNotice({ key: 'call', tone: 'error', ...problemText(error.code === -1202 || error.code === -1203 ? 'no-such-call' : error) });
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

  async function invite(people) {
    const request = { userIDList: people };
    if (ringSeconds !== undefined) request.timeout = ringSeconds;
    await engine.inviteUser(request);
    people.forEach(ringsNow);
  }

  /** Between voice and video, for everybody in the call. */
  async function switchMedia() {
    const media = isVideo() ? AUDIO : VIDEO;
    try {
      await engine.switchCallMediaType(media);
    } catch (error) {
      tell('call-switch', error);
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

  async function toggleScreen() {
    const isSharing = $('toggle-screen').getAttribute('aria-pressed') === 'true';
    try {
      await (isSharing ? engine.stopScreenSharing() : engine.startScreenSharing());
    } catch (error) {
      // Who chose nothing knows it.
      if (error.code !== -1101) tell('call-screen', error);
    }
  }

  async function giveUp(error) {
    const { people } = call;
    const noCamera = isVideo() && DEVICE_OF.get(error.code) === 'camera';
    await devices.closeCamera();
    finish({
      tone: 'error',
      ...problemText(noCamera ? 'no-camera-to-call' : error),
      action: noCamera ? { label: 'Call by voice', run: () => place(people, AUDIO) } : undefined,
    });
  }

  function finish(text) {
    if (call.phase === 'idle') return;
    const { peer, people, outgoing } = call;
    const record = { people: people.length ? people : [peer].filter(Boolean), outgoing, text: text.title, at: Date.now(), isVideo: isVideo() };
    view.addRecent(record, (again, video) => place(again, video ? VIDEO : AUDIO));
    Object.assign(call, { phase: 'idle', id: '' });
    clearTiles();
    devices.reset();
    view.showIdle();
    showNotice({ key: 'call', ...text });
  }

  function paintDevices() {
    if (call.phase === 'idle') return paintPreview();
    view.showMicrophone(devices.state.microphone, call.phase === 'connected');
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

  /** Somebody belongs to the call who did not yet. */
  function comes(userID) {
    if (!call.people.includes(userID)) call.people.push(userID);
    if (call.people.length > 1) call.group = true;
    meet([userID]);
    view.showTitle(call);
  }

  function goes(userID) {
    call.people = call.people.filter((known) => known !== userID);
    removeTile(userID);
    showSharedScreen(userID, false);
    view.showTitle(call);
  }

  function ringsNow(userID) {
    comes(userID);
    if (!hasTile(userID)) showState(userID, 'ringing', 'Ringing…');
  }

  /** In a call of two the end of the call says it. */
  function wentBefore(userID, what) {
    goes(userID);
    if (call.group) showNotice({ key: `call-${userID}`, title: `${nameOf(userID)} ${what}` });
  }

  const handlers = {
    [TUICallEvent.ON_CALL_RECEIVED]: ({ callId, callerId, calleeIdList, callMediaType, isFromGroup }) => {
      hideCallNotices();
      const people = [callerId, ...calleeIdList.filter((userID) => userID !== self)];
      const group = isFromGroup || people.length > 1;
      Object.assign(call, { phase: 'incoming', id: callId, people, peer: callerId, media: callMediaType, outgoing: false, group });
      meet(people, { again: true }).then(() => { if (call.phase === 'incoming') view.nameIncoming(call); });
      view.showIncoming(call, isVideo());
    },
    [TUICallEvent.ON_CALL_BEGIN]: ({ callId, callMediaType }) => {
      Object.assign(call, { phase: 'connected', id: callId, media: callMediaType });
      view.showConnected(call, isVideo(), Date.now());
      for (const userID of call.people) {
        if (call.group && !hasTile(userID)) showState(userID, 'ringing', 'Ringing…');
        else if (!call.group) showVideo(userID, false, isVideo());
      }
      devices.microphoneIs(true);
    },
    [TUICallEvent.USER_ENTER]: ({ userID }) => {
      comes(userID);
      showState(userID, 'joined', isVideo() ? 'Camera is off' : '');
    },
    [TUICallEvent.ON_USER_INVITING]: ({ userID }) => { if (userID !== self) ringsNow(userID); },
    [TUICallEvent.USER_LEAVE]: ({ userID }) => wentBefore(userID, 'left'),
    [TUICallEvent.REJECT]: ({ userID }) => wentBefore(userID, 'declined'),
    [TUICallEvent.LINE_BUSY]: ({ userID }) => wentBefore(userID, 'is in another call'),
    [TUICallEvent.NO_RESP]: ({ userIDList }) => userIDList.forEach((userID) => wentBefore(userID, 'did not answer')),
    [TUICallEvent.USER_VIDEO_AVAILABLE]: ({ userID, isVideoAvailable }) => showRemote(userID, isVideoAvailable),
    [TUICallEvent.USER_AUDIO_AVAILABLE]: ({ userID, isAudioAvailable }) => showMuted(userID, !isAudioAvailable),
    [TUICallEvent.USER_SCREEN_AVAILABLE]: ({ userID, isScreenAvailable }) => (
      userID === self ? view.showSharing(isScreenAvailable, true) : showScreen(userID, isScreenAvailable)),
    [TUICallEvent.ACTIVE_SPEAKER_CHANGED]: ({ userID }) => showSpeaker(userID, self),
    [TUICallEvent.USER_VIDEO_FROZEN]: ({ userID, isFrozen }) => { if (hasTile(userID)) showFrozen(userID, isFrozen); },
    [TUICallEvent.ON_USER_NETWORK_QUALITY_CHANGED]: ({ networkQualityList }) => {
      for (const { userId, quality } of networkQualityList) if (userId === self || hasTile(userId)) showQuality(userId, quality);
    },
    [TUICallEvent.CALL_TYPE_CHANGED]: ({ newCallType }) => {
      call.media = newCallType;
      view.showMedia(isVideo());
      showNotice({ key: 'call-switch', title: isVideo() ? 'This is a video call now' : 'This is a voice call now' });
      startCamera();
    },
    [TUICallEvent.ON_CALL_NOT_CONNECTED]: (what) => finish(notConnectedText(what, namesOf(call.people) || nameOf(call.peer))),
    [TUICallEvent.CALLING_END]: (what) => finish(endText(what, self, nameOf)),
    [TUICallEvent.USER_CONNECTION_CHANGED]: ({ userID, state }) => peerStateIs(userID, state),
    [TUICallEvent.AUTOPLAY_FAILED]: ({ userID }) => view.showUnblock(nameOf(userID)),
    [TUICallEvent.ERROR]: (error) => failed(error),
  };

  async function showRemote(userID, on) {
    ensureTile(userID);
    showVideo(userID, on, isVideo());
    const done = on ? engine.startRemoteView({ userID, videoViewDomID: viewID(userID) }) : engine.stopRemoteView({ userID });
    // Its tile may be gone by now: the call ended while the picture was on its way.
    await done.catch((error) => { if (call.phase === 'connected' && hasTile(userID)) tell('call-view', error); });
  }

  async function showScreen(userID, on) {
    showSharedScreen(userID, on);
    const options = { userID, streamType: 'screen', videoViewDomID: screenID(userID) };
    const done = on ? engine.startRemoteView(options) : engine.stopRemoteView(options);
    await done.catch((error) => { if (call.phase === 'connected' && $(screenID(userID))) tell('call-view', error); });
  }

  function peerStateIs(userID, state) {
    if (call.phase === 'idle') return;
    if (!call.group) view.showPeerState(state);
    else view.showPeerState(state === 'connected' ? null : state, `${nameOf(userID)}: `);
    if (state === 'failed') showNotice({ key: 'call-peer', tone: 'error', ...problemText('peer-failed') });
    else hideNotice('call-peer');
  }

  function failed(error) {
    const device = DEVICE_OF.get(error.code);
    if (device === 'microphone') devices.microphoneIs(false);
    tell(`call-${device ?? 'error'}`, error, device);
  }

  return {
    handlers, place, join, accept, decline, hangUp, invite, switchMedia, toggleCamera, toggleScreen, togglePreview,
    toggleMicrophone: devices.toggleMicrophone,
    now: () => ({ ...call, isVideo: isVideo() }),
    isIdle: () => call.phase === 'idle',
    reset: () => { call.phase = 'idle'; clearTiles(); devices.reset(); view.showIdle(); },
  };
}

export const mediaOf = (name) => (name === 'video' ? VIDEO : AUDIO);
