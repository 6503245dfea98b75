import { $, element, icon, paintAvatar, setIcon, showScreen } from './dom.js';
import { formatTime, PEER_STATES } from './texts.js';

/** What a call looks like; nothing here talks to the engine. */
let ticking = 0;

export function showOutgoing(peer, isVideo) {
  openStage(peer, isVideo);
  $('call-phase').textContent = isVideo ? 'Video call' : 'Voice call';
  $('waiting-text').textContent = `Calling ${peer}…`;
}

export function showIncoming(peer, isVideo) {
  paintAvatar($('incoming-avatar'), peer);
  $('incoming-name').textContent = peer;
  $('incoming-kind').textContent = isVideo ? 'invites you to a video call' : 'invites you to a voice call';
  $('incoming-error').textContent = '';
  $('accept-icon').setAttribute('href', `#i-${isVideo ? 'video' : 'phone'}`);
  showAnswering(false);
  if (!$('incoming').open) $('incoming').showModal();
  // Neither button has the focus at first: a key meant for something else must not answer or refuse.
  $('incoming').focus();
  document.title = `${peer} is calling`;
}

export function showAnswering(busy) {
  $('accept').disabled = busy;
  $('accept').querySelector('span').textContent = busy ? 'Connecting' : 'Accept';
}

export function hideIncoming() {
  if ($('incoming').open) $('incoming').close();
  document.title = 'Open Call';
}

export function showConnected(peer, isVideo, begunAt) {
  hideIncoming();
  openStage(peer, isVideo);
  $('waiting').hidden = true;
  $('call-phase').textContent = '';
  $('call-timer').hidden = false;
  const tick = () => {
    const time = formatTime((Date.now() - begunAt) / 1000);
    $('call-timer').textContent = time;
    document.title = `${time} · ${peer}`;
  };
  clearInterval(ticking);
  ticking = setInterval(tick, 500);
  tick();
}

export function showIdle() {
  clearInterval(ticking);
  hideIncoming();
  hideUnblock();
  showPeerState(null);
  $('self').hidden = true;
  if (document.body.dataset.screen === 'call') showScreen('home');
}

export function showMicrophone(on, usable) {
  const button = $('toggle-microphone');
  button.disabled = !usable;
  button.dataset.on = String(on);
  button.querySelector('span').textContent = on || !usable ? 'Mute' : 'Unmute';
  setIcon(button, on || !usable ? 'mic' : 'mic-off');
}

export function showCamera(state, isVideo) {
  const button = $('toggle-camera');
  button.hidden = !isVideo;
  button.disabled = state === 'opening';
  button.dataset.on = String(state !== 'off');
  button.querySelector('span').textContent = state === 'off' ? 'Camera on' : 'Camera off';
  setIcon(button, state === 'off' ? 'video-off' : 'video');
  $('self').hidden = !isVideo;
  $('self').dataset.camera = state;
  $('self-note').textContent = { off: 'Your camera is off', opening: 'Starting camera…', on: '' }[state];
}

export function showPeerState(state) {
  const pill = $('peer-state');
  pill.hidden = !state;
  pill.dataset.state = state ?? '';
  pill.textContent = state ? PEER_STATES[state] ?? state : '';
}

export function showUnblock(userID) {
  $('unblock-text').textContent = `Tap to hear ${userID}`;
  $('unblock').hidden = false;
}

export function hideUnblock() {
  $('unblock').hidden = true;
}

/** @param {{peer: string, outgoing: boolean, text: string, at: number, isVideo: boolean}} call */
export function addRecent({ peer, outgoing, text, at, isVideo }, callBack) {
  const avatar = paintAvatar(element('span', 'avatar small'), peer);
  avatar.setAttribute('aria-hidden', 'true');
  const when = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const again = element('button', 'quiet', icon(isVideo ? 'video' : 'phone'));
  again.type = 'button';
  again.setAttribute('aria-label', `Call ${peer} again`);
  again.addEventListener('click', () => callBack(peer, isVideo));
  const line = element('div', 'recent-line', element('strong', '', peer), element('span', '', text));
  const direction = icon(outgoing ? 'out' : 'in');
  $('recent-list').prepend(element('li', '', avatar, line, direction, element('time', '', when), again));
  while ($('recent-list').childElementCount > 6) $('recent-list').lastElementChild.remove();
  $('recent').hidden = false;
}

function openStage(peer, isVideo) {
  $('call-peer').textContent = peer;
  paintAvatar($('waiting-avatar'), peer);
  $('waiting').hidden = false;
  $('call-timer').hidden = true;
  $('screen-call').dataset.media = isVideo ? 'video' : 'audio';
  showScreen('call');
}
