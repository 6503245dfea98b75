/** Every sentence that tells a person what went wrong and what to do about it, by code. */

const noCamera = {
  title: 'No camera found',
  advice: 'You can go on with your voice. To be seen, connect a camera and press the camera button.',
};
const noMicrophone = {
  title: 'No microphone found',
  advice: 'Nobody can hear you without one. Connect a microphone or a headset, then call again.',
};
const cameraDenied = {
  title: 'The camera is blocked',
  advice: 'Open the site settings beside the address, allow the camera, then press the camera button again.',
};
const microphoneDenied = {
  title: 'The microphone is blocked',
  advice: 'Open the site settings beside the address, allow the microphone, then call again.',
};
const cameraInUse = {
  title: 'The camera is in use',
  advice: 'Close the other app or tab that uses the camera, then press the camera button again.',
};
const microphoneInUse = {
  title: 'The microphone is in use',
  advice: 'Close the other app or tab that uses the microphone, then unmute or call again.',
};
const cameraFailed = {
  title: 'The camera did not start',
  advice: 'Unplug it and plug it in again, or restart the browser, then press the camera button.',
};
const microphoneFailed = {
  title: 'The microphone did not start',
  advice: 'Unplug it and plug it in again, or restart the browser, then call again.',
};
const badSignature = {
  title: 'The server did not accept this login',
  advice: 'Log in again. If it keeps happening, the secret of the server has changed: load the page again.',
};
const expired = { title: 'Your login has expired', advice: 'Log in again to go on.' };
const serverAway = {
  title: 'The call server does not answer',
  advice: 'Check your network, and that call-server is running, then try again.',
};
const badName = {
  title: 'That name cannot be called',
  advice: 'A name has 1 to 32 letters, digits, - or _, and is not your own.',
};

/** Error code -> what to show. `camera` and `microphone` name the device where one code stands for both. */
const PROBLEMS = {
  [-1]: { title: 'That did not work', advice: 'Try again. The event log says more.' },
  [-1001]: { title: 'That login is not complete', advice: 'Enter a name and try again.' },
  [-1100]: cameraFailed,
  [-1101]: { camera: cameraDenied, microphone: microphoneDenied },
  [-1102]: { camera: cameraInUse, microphone: microphoneInUse },
  [-1103]: noCamera,
  [-1104]: microphoneFailed,
  [-1105]: microphoneDenied,
  [-1106]: microphoneInUse,
  [-1107]: noMicrophone,
  [-1201]: { title: 'You are not logged in', advice: 'Log in first.' },
  [-1202]: badName,
  [-1203]: { title: 'Not possible right now', advice: 'Finish the call that is going on, then try again.' },
  [-1204]: { title: 'Still working on it', advice: 'Wait for the first attempt to finish.' },
  [-1401]: serverAway,
  2805: serverAway,
  30000: {
    title: 'This page is not secure',
    advice: 'Browsers give camera and microphone only to https pages and to localhost. Start the server with --dev-tls and open its https address.',
  },
  60003: noMicrophone,
  60004: noCamera,
  60005: { camera: cameraDenied, microphone: microphoneDenied },
  60006: {
    title: 'This browser cannot make calls',
    advice: 'Use a current Chrome, Edge, Firefox or Safari, with WebRTC and WebAssembly allowed.',
  },
  60103: {
    title: 'No device fits',
    advice: 'The chosen camera or microphone has gone, or cannot do what was asked of it. Choose another one under Devices.',
  },
  60104: {
    title: 'The system holds the microphone or the camera back',
    advice: 'Another call of this phone may use it. It comes back by itself, at the latest when you look at this page again.',
  },
  101002: badName,
  70001: expired,
  70002: badSignature,
  70003: badSignature,
  70009: badSignature,
  70013: badSignature,
  70014: badSignature,
  'server-away': serverAway,
  reconnecting: {
    ...serverAway,
    advice: 'Check your network, and that call-server is running. This page tries again by itself; a running call goes on.',
  },
  'no-camera-to-call': { title: 'No camera found', advice: 'Connect a camera for a video call, or use your voice alone.' },
  'no-such-call': { title: 'There is no such call', advice: 'It may be over. Ask for a new link, or call them.' },
  'not-dev': {
    title: 'This server does not log people in by name',
    advice: 'The demo needs a server that was started with --dev. Your own application makes the userSig instead.',
  },
  'no-package': {
    title: 'The engine could not be loaded',
    advice: 'Load the page again. If that does not help, build the package first: cargo xtask build.',
  },
  'kicked-out': { title: 'You logged in somewhere else', advice: 'This window was logged out. Log in again to use it here.' },
  'peer-failed': {
    title: 'No media connection',
    advice: 'A network between you two blocks the call. Try another network, or give the server a TURN relay (--turn-url).',
  },
};

/** Finds the text for an error, a code or a name; never fails, so that nothing stays silent. */
export function problemText(error, device = 'microphone') {
  const code = typeof error === 'object' && error !== null ? error.code : error;
  const found = PROBLEMS[code];
  if (found) return found[device] ?? found;
  const said = error?.message ? ` (${error.message})` : '';
  return { title: PROBLEMS[-1].title, advice: `${PROBLEMS[-1].advice}${said}` };
}

const nobody = () => ({ tone: 'info', title: 'Call ended' });

/** Reason of CallEndReason -> how a call that never connected is told to the caller and to the callee. */
const NOT_CONNECTED = {
  caller: {
    2: (peer) => ({ tone: 'info', title: `${peer} declined`, advice: 'Try again later.' }),
    3: (peer) => ({ tone: 'info', title: `${peer} did not answer`, advice: 'They may be away or not logged in. Try again later.' }),
    4: (peer) => ({ tone: 'info', title: `${peer} is offline`, advice: 'Ask them to open the page and log in, then call again.' }),
    5: (peer) => ({ tone: 'info', title: `${peer} is in another call`, advice: 'Try again in a few minutes.' }),
    6: () => ({ tone: 'info', title: 'Call cancelled' }),
    9: () => ({ tone: 'warning', title: 'The server ended the call', advice: 'Call again.' }),
  },
  callee: {
    2: () => ({ tone: 'info', title: 'Call declined' }),
    3: (peer) => ({ tone: 'info', title: `Missed call from ${peer}`, advice: 'Call back when you are ready.' }),
    4: (peer) => ({ tone: 'info', title: `${peer} lost the connection`, advice: 'Call back in a moment.' }),
    6: (peer) => ({ tone: 'info', title: `Missed call from ${peer}`, advice: 'Call back when you are ready.' }),
    7: () => ({ tone: 'info', title: 'Answered on another device' }),
    8: () => ({ tone: 'info', title: 'Declined on another device' }),
    9: () => ({ tone: 'warning', title: 'The server ended the call' }),
  },
};

export function notConnectedText({ reason, callRole }, peer) {
  const side = NOT_CONNECTED[callRole === 1 ? 'caller' : 'callee'];
  return (side[reason] ?? nobody)(peer);
}

export function endText({ reason, userID, totalTime }, self, nameOf) {
  const time = formatTime(totalTime);
  if (reason === 3) return { tone: 'warning', title: 'You were removed from the call', advice: time };
  if (reason === 4 && userID === self) return { tone: 'warning', title: 'You lost the connection', advice: 'Check your network and call again.' };
  if (reason === 4) return { tone: 'warning', title: `${nameOf(userID)} lost the connection`, advice: 'Call again in a moment.' };
  if (reason === 9) return { tone: 'warning', title: 'The server ended the call', advice: 'Call again.' };
  const title = userID === self || !userID ? 'Call ended' : `${nameOf(userID)} hung up`;
  return { tone: 'info', title, advice: `You talked for ${time}.` };
}

export const SERVER_STATES = {
  connecting: 'Connecting', connected: 'Online', reconnecting: 'Reconnecting', disconnected: 'Offline',
};
export const PEER_STATES = {
  connecting: 'Connecting', connected: 'Connected', reconnecting: 'Reconnecting', failed: 'No connection',
};

/** Seconds -> m:ss, or h:mm:ss from one hour on. */
export function formatTime(seconds) {
  const all = Math.max(0, Math.floor(seconds || 0));
  const two = (n) => String(n).padStart(2, '0');
  const rest = `${Math.floor(all / 60) % 60}`;
  return all < 3600 ? `${rest}:${two(all % 60)}` : `${Math.floor(all / 3600)}:${two(Number(rest))}:${two(all % 60)}`;
}
