import { $, element } from './dom.js';

/** Keeps the page quick in long calls. */
const MOST = 200;

export function bindEventLog() {
  const toggle = $('log-toggle');
  const show = (open) => {
    $('log-panel').hidden = !open;
    toggle.setAttribute('aria-expanded', String(open));
    document.body.toggleAttribute('data-log', open);
  };
  toggle.addEventListener('click', () => show($('log-panel').hidden));
  $('log-close').addEventListener('click', () => { show(false); toggle.focus(); });
  $('log-clear').addEventListener('click', () => { $('log-list').replaceChildren(); $('log-empty').hidden = false; });
}

/** @param {{name: string, event: string, payload: unknown, at: number}} entry */
export function logEvent({ name, event, payload, at }) {
  const list = $('log-list');
  const time = element('time', '', new Date(at).toLocaleTimeString([], { hour12: false }));
  const summary = element('summary', '', time, element('b', '', name), element('span', 'brief', brief(payload)));
  const body = element('pre', '', `${event}\n${JSON.stringify(payload, null, 2)}`);
  list.prepend(element('li', '', element('details', '', summary, body)));
  while (list.childElementCount > MOST) list.lastElementChild.remove();
  $('log-empty').hidden = true;
}

function brief(payload) {
  if (payload === null || typeof payload !== 'object') return '';
  const telling = ['userID', 'userIDList', 'callerId', 'reason', 'totalTime', 'state', 'isVideoAvailable', 'isAudioAvailable', 'code', 'message'];
  return telling.filter((key) => payload[key] !== undefined && payload[key] !== '')
    .map((key) => `${key} ${Array.isArray(payload[key]) ? payload[key].join(', ') : payload[key]}`).join(' · ');
}
