import { $, element, icon } from './dom.js';
import { requestTicket } from './session.js';

/** The panel that tries camera, microphone, server, relay and bandwidth before anybody is called. */

const LABELS = { camera: 'Camera', microphone: 'Microphone', server: 'Call server', turn: 'Relay (TURN)', bandwidth: 'Bandwidth' };
const OUTCOMES = { passed: 'works', warned: 'could be better', failed: 'does not work' };
const ICONS = { camera: 'video', microphone: 'mic', server: 'link', turn: 'settings', bandwidth: 'sound' };

let running = false;

export async function runCheck(userID) {
  if (running) return;
  running = true;
  const rows = new Map(Object.keys(LABELS).map((name) => [name, newRow(name)]));
  $('precheck-list').replaceChildren(...[...rows.values()].map(({ item }) => item));
  say('Checking…', true);
  try {
    const [{ checkCall }, ticket] = await Promise.all([import('/pkg/check.js'), requestTicket(userID)]);
    const { SDKAppID, userSig } = ticket;
    const { ok } = await checkCall({ SDKAppID, userID, userSig, onResult: (result) => fill(rows.get(result.name), result) });
    say(ok ? 'You can call.' : 'Something does not work yet.', false);
  } catch {
    say('The call server does not answer.', false);
  }
  running = false;
}

function say(text, busy) {
  $('precheck-state').textContent = text;
  $('precheck-run').disabled = busy;
}

function newRow(name) {
  const text = element('p', 'hint', 'Checking…');
  const item = element('li', '', icon(ICONS[name]), element('div', '', element('strong', '', LABELS[name]), text));
  item.dataset.check = name;
  return { item, text };
}

function fill({ item, text }, { outcome, text: found, advice }) {
  item.dataset.outcome = outcome;
  item.querySelector('strong').append(element('span', 'verdict', ` ${OUTCOMES[outcome]}`));
  text.textContent = advice ? `${found}. ${advice}` : `${found}.`;
}
