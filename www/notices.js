import { $, element, icon } from './dom.js';

/** Messages at the top of the page. One per key: a newer one with the same key takes its place. */
const shown = new Map();
const SHORT_MS = 7000;

/** @param {{key: string, tone?: 'info'|'warning'|'error', title: string, advice?: string, stays?: boolean, action?: {label: string, run: () => void}}} notice */
export function showNotice({ key, tone = 'info', title, advice = '', stays = tone !== 'info', action }) {
  hideNotice(key);
  // Two reasons for one message, like a call that fails because the server is away.
  if ([...shown.values()].some((other) => other.title === title)) return;
  const text = element('div', 'notice-text', element('strong', '', title));
  if (advice) text.append(element('p', '', advice));
  const card = element('div', 'notice', icon(tone === 'info' ? 'info' : 'alert'), text);
  card.dataset.tone = tone;
  card.dataset.key = key;
  card.setAttribute('role', tone === 'info' ? 'status' : 'alert');
  if (action) {
    const button = element('button', 'secondary', action.label);
    button.type = 'button';
    button.addEventListener('click', () => { hideNotice(key); action.run(); });
    card.append(button);
  }
  card.append(closeButton(key));
  $('notices').append(card);
  shown.set(key, { card, title, timer: stays ? 0 : setTimeout(() => hideNotice(key), SHORT_MS) });
}

export function hideNotice(key) {
  const found = shown.get(key);
  if (!found) return;
  clearTimeout(found.timer);
  found.card.remove();
  shown.delete(key);
}

/** A new call starts with a clean page; what is still true (server away, insecure page) stays. */
export function hideCallNotices() {
  for (const key of [...shown.keys()]) if (key.startsWith('call')) hideNotice(key);
}

function closeButton(key) {
  const button = element('button', 'quiet', icon('close'));
  button.type = 'button';
  button.setAttribute('aria-label', 'Close this message');
  button.addEventListener('click', () => hideNotice(key));
  return button;
}
