import { $, element, icon, setIcon, showScreen } from './dom.js';
import { nameOf, namesOf, onPeopleChanged, showAvatar } from './people.js';
import { ring, silence } from './ring.js';
import { formatTime, PEER_STATES } from './texts.js';

/** What a call looks like; nothing here talks to the engine. */
let ticking = 0;
let titled = null;

export function showOutgoing(call, isVideo) {
  openStage(call, isVideo);
  $('call-phase').textContent = isVideo ? 'Video call' : 'Voice call';
  ring('waiting');
}

export function showIncoming(call, isVideo) {
  nameIncoming(call);
  $('incoming-kind').textContent = `invites you to a ${call.group ? 'group ' : ''}${isVideo ? 'video' : 'voice'} call`;
  $('incoming-error').textContent = '';
  $('accept-icon').setAttribute('href', `#i-${isVideo ? 'video' : 'phone'}`);
  showAnswering(false);
  closeSheets();
  if (!$('incoming').open) $('incoming').showModal();
  // Neither button has the focus at first: a key meant for something else must not answer or refuse.
  $('incoming').focus();
  ring('called');
}

export function nameIncoming({ peer, people }) {
  const others = people.filter((userID) => userID !== peer);
  showAvatar($('incoming-avatar'), peer);
  $('incoming-name').textContent = nameOf(peer);
  $('incoming-others').textContent = others.length ? `with ${namesOf(others)}` : '';
  document.title = `${nameOf(peer)} is calling`;
}

export function showAnswering(busy) {
  $('accept').disabled = busy;
  $('accept').querySelector('span').textContent = busy ? 'Connecting' : 'Accept';
}

export function hideIncoming() {
  silence();
  if ($('incoming').open) $('incoming').close();
  document.title = 'Open Call';
}

export function showConnected(call, isVideo, begunAt) {
  hideIncoming();
  openStage(call, isVideo);
  $('waiting').hidden = true;
  $('call-phase').textContent = '';
  $('call-timer').hidden = false;
  $('invite-open').disabled = false;
  showSharing(false, true);
  const tick = () => {
    const time = formatTime((Date.now() - begunAt) / 1000);
    $('call-timer').textContent = time;
    document.title = `${time} · ${$('call-peer').textContent}`;
  };
  clearInterval(ticking);
  ticking = setInterval(tick, 500);
  tick();
}

export function showIdle() {
  titled = null;
  clearInterval(ticking);
  hideIncoming();
  hideUnblock();
  closeSheets();
  showPeerState(null);
  $('self').hidden = true;
  $('invite-open').disabled = true;
  showSharing(false, false);
  if (document.body.dataset.screen === 'call') showScreen('home');
}

/** Who else is in the call, or will be. */
export function showTitle(call) {
  titled = call;
  const { people, peer } = call;
  const names = people.length ? namesOf(people) : peer && nameOf(peer);
  $('call-peer').textContent = names || 'Waiting for others';
  $('waiting-text').textContent = `Calling ${names}…`;
}

/** A voice call has no camera button, and no picture of oneself. */
export function showMedia(isVideo) {
  $('screen-call').dataset.media = isVideo ? 'video' : 'audio';
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

/** Phones have none to share. */
export function showSharing(on, usable) {
  const button = $('toggle-screen');
  button.hidden = !navigator.mediaDevices?.getDisplayMedia;
  button.disabled = !usable;
  button.setAttribute('aria-pressed', String(on));
  button.querySelector('span').textContent = on ? 'Stop sharing' : 'Share screen';
}

/** `whose`: a name in front of it, where there are several. */
export function showPeerState(state, whose = '') {
  const pill = $('peer-state');
  pill.hidden = !state;
  pill.dataset.state = state ?? '';
  pill.textContent = state ? whose + (PEER_STATES[state] ?? state) : '';
}

export function showUnblock(name) {
  $('unblock-text').textContent = `Tap to hear ${name}`;
  $('unblock').hidden = false;
}

export function hideUnblock() {
  $('unblock').hidden = true;
}

/** @param {{people: string[], outgoing: boolean, text: string, at: number, isVideo: boolean}} call */
export function addRecent({ people, outgoing, text, at, isVideo }, callBack) {
  if (people.length === 0) return;
  const names = namesOf(people);
  const avatar = showAvatar(element('span', 'avatar small'), people[0]);
  const when = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const again = element('button', 'quiet', icon(isVideo ? 'video' : 'phone'));
  again.type = 'button';
  again.setAttribute('aria-label', `Call ${names} again`);
  again.addEventListener('click', () => callBack(people, isVideo));
  const line = element('div', 'recent-line', element('strong', '', names), element('span', '', text));
  const direction = icon(outgoing ? 'out' : 'in');
  $('recent-list').prepend(element('li', '', avatar, line, direction, element('time', '', when), again));
  while ($('recent-list').childElementCount > 6) $('recent-list').lastElementChild.remove();
  $('recent').hidden = false;
}

function openStage(call, isVideo) {
  showTitle(call);
  if (call.peer) showAvatar($('waiting-avatar'), call.peer);
  $('waiting').hidden = false;
  $('call-timer').hidden = true;
  showMedia(isVideo);
  showScreen('call');
}

function closeSheets() {
  for (const sheet of document.querySelectorAll('dialog.sheet[open]')) sheet.close();
}

onPeopleChanged(() => { if (titled) showTitle(titled); });
