// A connection's m-lines, its descriptions, and how much is sent on each line.
import { log } from './error.js';

// In their order: microphone, camera, screen, sound of the screen.
const LINES = ['audio', 'video', 'video', 'audio'];
export const [MICROPHONE, CAMERA, SCREEN, SCREEN_SOUND] = [0, 1, 2, 3];

// Every browser has it, and it takes the least of a processor.
const VIDEO_CODEC = 'VP8';
// kbit/s.
const START_BITRATE = 800;

/** A connection with its data channel and, for the side that `offers`, the m-lines in their order. */
export function openConnection(configuration, offers) {
  const { videoCodec, ...rest } = JSON.parse(configuration);
  const connection = new RTCPeerConnection(rest);
  connection.codecs = { audio: 'audio/red', video: `video/${videoCodec ?? VIDEO_CODEC}` };
  if (offers) {
    for (const kind of LINES) preferCodec(connection, connection.addTransceiver(kind));
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
  const known = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const isFirst = ({ mimeType }) => mimeType.toLowerCase() === codecs[kind].toLowerCase();
  transceiver.setCodecPreferences?.(known.sort((a, b) => isFirst(b) - isFirst(a)));
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

// Without an argument, so that the browser makes the description that its state asks for.
async function describe(connection) {
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}

/** Sends `track` on this m-line, or nothing. */
export async function sendTrack(connection, line, track) {
  const sender = connection.getTransceivers()[line]?.sender;
  if (sender && sender.track !== (track ?? null)) await sender.replaceTrack(track ?? null);
  if (sender?.share) fit(sender);
}

/** Of the picture on this m-line so many pixels of its shorter side are sent at most, 0 = nothing. */
export function limitVideo(connection, line, ...share) {
  const sender = connection.getTransceivers()[line]?.sender;
  if (!sender) return;
  sender.share = [line, ...share];
  fit(sender);
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
  parameters.degradationPreference = line === CAMERA ? 'maintain-framerate' : 'maintain-resolution';
  await sender.setParameters(parameters);
}
