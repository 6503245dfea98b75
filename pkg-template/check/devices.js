import { Devices } from 'glue:devices';
import { volume } from '../measure/quality.js';

// Milliseconds that the microphone is listened to, at most: until it is heard.
const LISTENING = 3000;
// Of 100. A microphone that is not muted never is quite silent.
const HEARD = 1;

const ADVICE = {
  [-1003]: (name) => `Allow the browser to use the ${name} in the privacy settings of the system.`,
  [-1101]: (name) => `Allow the ${name} in the site settings beside the address, then check again.`,
  [-1102]: (name) => `Close the other program or tab that uses the ${name}.`,
  [-1106]: (name) => `Close the other program or tab that uses the ${name}.`,
  30000: () => 'Open this page by https, or on localhost.',
  60003: (name) => `Connect a ${name} or a headset.`,
  60004: (name) => `Connect a ${name}. Calls work without one, but nobody sees you.`,
  60006: () => 'Use a current version of Chrome, Edge, Firefox or Safari.',
};

export const checkCamera = () => withDevice('video', 'camera', async (track) => {
  const { width, height } = await pictureOf(track);
  return passed(`The camera gives a picture of ${width} x ${height} pixels`, { device: track.label, width, height });
});

export const checkMicrophone = () => withDevice('audio', 'microphone', async (track) => {
  const level = await loudest(track);
  if (level >= HEARD) return passed(`The microphone hears something: ${level} of 100`, { device: track.label, level });
  return {
    outcome: 'failed',
    code: -1104,
    text: 'The microphone is open, and nothing is heard',
    advice: 'Say something. Is the microphone muted by a switch, or another one chosen in the settings of the system?',
    device: track.label,
    level,
  };
});

async function withDevice(kind, name, look) {
  let track;
  try {
    track = await new Devices().capture(kind, {});
    return await look(track);
  } catch (error) {
    const advice = ADVICE[error.code] ?? (() => `Unplug the ${name} and plug it in again, or restart the browser.`);
    // Calls work without a camera.
    return { outcome: kind === 'video' ? 'warned' : 'failed', code: error.code ?? -1, text: error.message, advice: advice(name) };
  } finally {
    track?.stop();
  }
}

/** Of the first picture, because a camera that is covered up or broken may open and send none. */
async function pictureOf(track) {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await within(5000, 'the camera is open and gives no picture', video.play().then(() => video.requestVideoFrameCallback
      && new Promise((resolve) => video.requestVideoFrameCallback(resolve))));
    return { width: video.videoWidth, height: video.videoHeight };
  } finally {
    video.srcObject = null;
  }
}

/** The largest volume, 0 to 100 as of ON_USER_VOICE_VOLUME, until something is heard. */
async function loudest(track) {
  const context = new AudioContext();
  try {
    // Without a gesture of the person the browser lets none run.
    await within(2000, 'the browser lets no page listen before the person has clicked', context.resume());
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let most = 0;
    for (const end = performance.now() + LISTENING; performance.now() < end && most < HEARD; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      most = Math.max(most, volume(Math.sqrt(power)));
    }
    return most;
  } finally {
    await context.close();
  }
}

export function passed(text, figures) {
  return { outcome: 'passed', code: 0, text, advice: '', ...figures };
}

export async function within(milliseconds, text, promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(text)), milliseconds)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
