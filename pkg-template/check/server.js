import { passed, within } from './devices.js';

const SUBPROTOCOL = 'open-call.v1';
const DEVICE = 'open-call-engine.device';
const NO_NETWORK = 2805;
const PATIENCE = 8000; // milliseconds

/**
 * Opens the socket and logs in as a page of its own: other sessions of the user stay. With the answer come the TURN
 * servers.
 */
export async function checkServer({ SDKAppID, serverUrl, userID, userSig }) {
  const url = socketUrl(serverUrl);
  const start = performance.now();
  const socket = new WebSocket(url, SUBPROTOCOL);
  try {
    await within(PATIENCE, 'no answer', opened(socket)).catch((cause) => {
      throw refused(NO_NETWORK, `The call server at ${url} cannot be reached: ${cause.message}`,
        'Check the network, the address, and that call-server is running and allows this Origin.');
    });
    const connectTime = Math.round(performance.now() - start);
    const { welcome, error } = await within(PATIENCE, 'the call server does not answer the login', loggedIn(socket, {
      app: SDKAppID, user: userID, sig: userSig, device: device(), page: crypto.randomUUID(), multi_device: true,
    }));
    if (error) throw refused(error.code, `The call server refuses the login: ${error.message}`, 'Log in with a new userSig.');
    const loginTime = Math.round(performance.now() - start) - connectTime;
    const text = `The call server answers: connected in ${connectTime} ms, logged in in ${loginTime} ms`;
    return passed(text, { connectTime, loginTime, iceServers: welcome.ice_servers ?? [] });
  } catch (error) {
    return { outcome: 'failed', code: error.code ?? NO_NETWORK, text: error.message, advice: error.advice ?? 'Try again.' };
  } finally {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ body: 'logout' }));
    socket.close();
  }
}

function socketUrl(serverUrl) {
  const url = new URL(serverUrl ?? globalThis.TUICALL_SERVER ?? location.origin);
  url.protocol = url.protocol.replace('http', 'ws');
  if (url.pathname === '/') url.pathname = '/v1/ws';
  return url.href;
}

function opened(socket) {
  return new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  });
}

function loggedIn(socket, login) {
  return new Promise((resolve, reject) => {
    socket.onclose = ({ code, reason }) => reject(new Error(`the call server closed the connection: ${code} ${reason}`));
    socket.onmessage = ({ data }) => {
      const { body } = JSON.parse(data);
      if (body.welcome || body.error) resolve(body);
    };
    socket.send(JSON.stringify({ id: 1, body: { login } }));
  });
}

/** As the engine's own, so that the server takes this for one more page of the same browser. */
function device() {
  try {
    return localStorage.getItem(DEVICE) ?? crypto.randomUUID();
  } catch {
    return crypto.randomUUID();
  }
}

function refused(code, text, advice) {
  return Object.assign(new Error(text), { code, advice });
}
