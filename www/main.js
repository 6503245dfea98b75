import { createCall, mediaOf } from './call.js';
import { hideUnblock } from './call-view.js';
import { $, currentScreen, showScreen } from './dom.js';
import { bindEventLog } from './event-log.js';
import { hideNotice, showNotice } from './notices.js';
import { bindPeople, meet, showAvatar, showName } from './people.js';
import { allowSounds } from './ring.js';
import { createEngine, demo, loadEngine, requestTicket } from './session.js';
import { bindSheets, callIdIn, devicesChanged } from './sheets.js';
import { problemText, SERVER_STATES } from './texts.js';

const NAME = /^[A-Za-z0-9_-]{1,32}$/;
const params = new URLSearchParams(location.search);
const iceTransportPolicy = params.get('relay') === '1' ? 'relay' : undefined;
const ringSeconds = params.has('timeout') ? Number(params.get('timeout')) : undefined;

let call = null;
let me = '';
let wasOnline = false;

start();

function start() {
  checkBrowser();
  bindEventLog();
  bindForms();
  bindControls();
  $('login-name').value = params.get('user') ?? localStorage.getItem('open-call-name') ?? '';
  if (params.get('user')) logIn(params.get('user'));
  else $('login-name').focus();
}

function checkBrowser() {
  const supported = 'RTCPeerConnection' in window && 'WebAssembly' in window && 'WebSocket' in window;
  if (!supported) showNotice({ key: 'browser', tone: 'error', ...problemText(60006) });
  else if (!window.isSecureContext) showNotice({ key: 'browser', tone: 'warning', ...problemText(30000) });
}

function bindForms() {
  $('login-form').addEventListener('submit', (event) => {
    event.preventDefault();
    logIn($('login-name').value.trim());
  });
  $('call-form').addEventListener('submit', (event) => {
    event.preventDefault();
    placeCall($('callee').value, event.submitter?.value ?? 'video');
  });
  for (const [field, message] of [['login-name', 'login-error'], ['callee', 'callee-error']]) {
    $(field).addEventListener('input', () => markField(field, message, ''));
  }
}

function bindControls() {
  const clicks = {
    accept: () => call.accept(), decline: () => call.decline(), 'hang-up': () => call.hangUp(),
    'toggle-microphone': () => call.toggleMicrophone(), 'toggle-camera': () => call.toggleCamera(),
    'toggle-screen': () => call.toggleScreen(),
    'preview-toggle': () => call.togglePreview(), 'log-out': logOut,
  };
  for (const [id, run] of Object.entries(clicks)) $(id).addEventListener('click', () => run());
  // Escape closes a dialog by itself, which would hide a call that still rings.
  $('incoming').addEventListener('cancel', (event) => event.preventDefault());
  bindSheets({ engine: () => demo.engine, call: () => call, self: () => me, namesIn });
  for (const gesture of ['pointerup', 'keyup']) {
    document.addEventListener(gesture, () => {
      allowSounds();
      // The engine plays again by itself on a gesture, whichever it is.
      setTimeout(hideUnblock);
    });
  }
  document.addEventListener('keydown', shortcut);
}

function shortcut(event) {
  const elsewhere = event.target instanceof HTMLInputElement || document.querySelector('dialog[open]');
  if (currentScreen() !== 'call' || elsewhere || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = { m: $('toggle-microphone'), v: $('toggle-camera') }[event.key.toLowerCase()];
  if (button && !button.hidden && !button.disabled) button.click();
}

function markField(field, message, text) {
  $(message).textContent = text;
  if (text) $(field).setAttribute('aria-invalid', 'true');
  else $(field).removeAttribute('aria-invalid');
}

async function logIn(userID) {
  if (!NAME.test(userID)) {
    markField('login-name', 'login-error', userID ? 'Only letters, digits, - and _, please.' : 'Please enter a name.');
    $('login-name').focus();
    return;
  }
  setLoggingIn(true);
  hideNotice('login');
  try {
    await openSession(userID);
    localStorage.setItem('open-call-name', userID);
  } catch (error) {
    await closeSession();
    showNotice({ key: 'login', tone: 'error', ...problemText(error), action: { label: 'Try again', run: () => logIn(userID) } });
  }
  setLoggingIn(false);
}

async function openSession(userID) {
  const ticket = await requestTicket(userID);
  const sdk = await loadEngine();
  const engine = await createEngine(sdk, ticket.SDKAppID, iceTransportPolicy);
  call = createCall({ engine, TUICallEvent: sdk.TUICallEvent, userID, ringSeconds });
  for (const [event, handler] of Object.entries(call.handlers)) engine.on(event, handler);
  engine.on(sdk.TUICallEvent.CONNECTION_STATE_CHANGED, ({ state }) => serverStateIs(state));
  engine.on(sdk.TUICallEvent.KICKED_OUT, () => kickedOut(userID));
  engine.on(sdk.TUICallEvent.onUserSigExpired ?? 'onUserSigExpired', () => renew(userID));
  engine.on(sdk.TUICallEvent.DEVICED_UPDATED, devicesChanged);
  me = userID;
  bindPeople(engine);
  showName($('me-name'), userID);
  showAvatar($('me-avatar'), userID);
  await engine.login({ userID, userSig: ticket.userSig });
  meet([userID]);
  // Somebody may have called in the meantime, and the call may even have been accepted.
  if (currentScreen() === 'login') showScreen('home');
  if (call.isIdle()) $('callee').focus();
  if (params.has('join')) joinByLink();
}

/** Once: loading the page again later must not join again. */
function joinByLink() {
  const id = callIdIn(location.href);
  params.delete('join');
  history.replaceState(null, '', params.size ? `?${params}` : location.pathname);
  if (id && call.isIdle()) call.join(id);
}

function setLoggingIn(busy) {
  $('login-button').disabled = busy;
  $('login-button').textContent = busy ? 'Connecting…' : 'Continue';
}

async function logOut() {
  await closeSession();
  params.delete('user');
  history.replaceState(null, '', params.size ? `?${params}` : location.pathname);
  showScreen('login');
  $('login-name').focus();
}

async function closeSession() {
  const { engine } = demo;
  call?.reset();
  hideNotice('server');
  wasOnline = false;
  if (!engine) return;
  demo.engine = null;
  await engine.destroyInstance().catch((error) => showNotice({ key: 'login', tone: 'error', ...problemText(error) }));
}

async function kickedOut(userID) {
  await closeSession();
  showScreen('login');
  showNotice({ key: 'login', tone: 'warning', ...problemText('kicked-out'), action: { label: 'Log in here', run: () => logIn(userID) } });
}

async function renew(userID) {
  try {
    const { userSig } = await requestTicket(userID);
    await demo.engine?.login({ userID, userSig });
  } catch (error) {
    showNotice({ key: 'login', tone: 'error', ...problemText(error), action: { label: 'Try again', run: () => renew(userID) } });
  }
}

function serverStateIs(state) {
  const pill = $('server-state');
  pill.dataset.state = state;
  pill.textContent = SERVER_STATES[state] ?? state;
  if (state === 'reconnecting') showNotice({ key: 'server', tone: 'warning', ...problemText('reconnecting') });
  if (state !== 'connected') return;
  hideNotice('server');
  if (wasOnline) showNotice({ key: 'server', title: 'Back online' });
  wasOnline = true;
}

function placeCall(text, kind) {
  const { names, problem } = namesIn(text);
  markField('callee', 'callee-error', problem);
  if (problem) $('callee').focus();
  else call.place(names, mediaOf(kind));
}

/** The names in what somebody typed, or what is wrong with it. */
function namesIn(text) {
  const names = [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
  const problem = names.length === 0 ? 'Please enter the name of the person to call.'
    : names.includes(me) ? 'That is you. Enter somebody else’s name.'
      : names.length > 8 ? 'At most eight people at once, please. You can invite more later.'
        : names.every((name) => NAME.test(name)) ? '' : 'Only letters, digits, - and _, please.';
  return { names, problem };
}
