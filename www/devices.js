import { hideNotice, showNotice } from './notices.js';
import { problemText } from './texts.js';

/** Camera and microphone as the person switches them. A failing device is told, and never ends or prevents a call. */
export function createDevices(engine, changed) {
  const state = { camera: 'off', microphone: false };
  // A camera that opens after the call ended must not paint the button of the next one.
  let turn = 0;

  async function openCamera(viewID) {
    const mine = ++turn;
    setCamera('opening');
    hideNotice('call-camera');
    try {
      await engine.openCamera(viewID);
      if (mine === turn) setCamera('on');
    } catch (error) {
      if (mine !== turn) return;
      setCamera('off');
      tell('call-camera', error, 'camera');
    }
  }

  async function closeCamera() {
    turn += 1;
    setCamera('off');
    hideNotice('call-camera');
    await attempt('call-camera', 'camera', () => engine.closeCamera());
  }

  async function toggleMicrophone() {
    const on = !state.microphone;
    const done = await attempt('call-microphone', 'microphone', () => (on ? engine.openMicrophone() : engine.closeMicrophone()));
    if (done) microphoneIs(on);
  }

  function microphoneIs(on) {
    state.microphone = on;
    if (on) hideNotice('call-microphone');
    changed();
  }

  /** The engine closes both at the end of a call; only the buttons have to follow. */
  function reset() {
    turn += 1;
    state.microphone = false;
    setCamera('off');
  }

  function setCamera(next) {
    state.camera = next;
    changed();
  }

  return { state, openCamera, closeCamera, toggleMicrophone, microphoneIs, reset };
}

async function attempt(key, device, action) {
  try {
    await action();
    return true;
  } catch (error) {
    tell(key, error, device);
    return false;
  }
}

export function tell(key, error, device) {
  showNotice({ key, tone: 'error', ...problemText(error, device) });
}
