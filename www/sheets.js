import { runCheck } from './check.js';
import { $, element } from './dom.js';
import { showNotice } from './notices.js';
import { meet, profileOf } from './people.js';
import { problemText } from './texts.js';

/** The dialogs: inviting more people, joining by a link, one's own profile, devices. */

/** @param what {engine(), call(), self(), namesIn(text): {names, problem}} */
export function bindSheets({ engine, call, self, namesIn }) {
  sheet('invite', {
    opener: 'invite-open',
    field: ['invitee', 'invitee-error'],
    // A call of two is nobody else's, until somebody is invited.
    open() { $('copy-link').hidden = !call().now().group; },
    async submit() {
      const { names, problem } = namesIn($('invitee').value);
      if (problem) return problem;
      await call().invite(names);
      $('invitee').value = '';
    },
  });
  $('copy-link').addEventListener('click', () => copyLink(call().now().id));

  sheet('join', {
    opener: 'join-open',
    field: ['join-id', 'join-error'],
    async submit() {
      const id = callIdIn($('join-id').value);
      if (!id) return 'Please enter the link or the id of a call.';
      await call().join(id);
    },
  });

  sheet('profile', {
    opener: 'profile-open',
    field: ['profile-avatar', 'profile-error'],
    open() {
      const { nick = '', avatar = '' } = profileOf(self());
      $('profile-nick').value = nick;
      $('profile-avatar').value = avatar;
    },
    async submit() {
      const avatar = $('profile-avatar').value.trim();
      if (avatar && !/^https:\/\/\S+$/.test(avatar)) return 'An address that starts with https://, please.';
      await engine().setSelfInfo({ nickName: $('profile-nick').value.trim(), avatar });
      await meet([self()], { again: true });
    },
  });

  sheet('precheck', { opener: 'precheck-open', open: () => void runCheck(self()) });
  $('precheck-run').addEventListener('click', () => runCheck(self()));

  sheet('settings', {
    opener: 'settings-open',
    open() {
      const { isVideo, group, phase } = call().now();
      $('switch-media').hidden = group || phase !== 'connected';
      $('switch-media').textContent = isVideo ? 'Switch to a voice call' : 'Switch to a video call';
      // The browser may take its time to list them.
      void showDevices(engine(), isVideo);
    },
  });
  $('switch-media').addEventListener('click', () => { $('settings').close(); call().switchMedia(); });
  $('figures-toggle').addEventListener('click', () => { $('settings').close(); toggleFigures(engine()); });
}

let figures = null;

async function toggleFigures(engine) {
  const on = !figures;
  figures?.stop();
  figures = null;
  $('figures').hidden = !on;
  $('figures-toggle').setAttribute('aria-pressed', String(on));
  $('figures-toggle').textContent = on ? 'Hide figures' : 'Show figures';
  if (!on) return;
  const { showStats } = await import('/pkg/overlay.js');
  if (!$('figures').hidden) figures ??= showStats(engine, $('figures'));
}

/** A dialog with a form whose `submit` may answer with what is wrong. */
function sheet(id, { opener, field, open = () => {}, submit }) {
  const [dialog, form] = [$(id), $(`${id}-form`)];
  const wrong = (text) => {
    if (!field) return;
    $(field[1]).textContent = text;
    if (text) $(field[0]).setAttribute('aria-invalid', 'true');
    else $(field[0]).removeAttribute('aria-invalid');
  };
  $(opener).addEventListener('click', async () => {
    wrong('');
    await open();
    if (!dialog.open) dialog.showModal();
  });
  form.addEventListener('input', () => wrong(''));
  form.addEventListener('submit', async (event) => {
    if (!submit || event.submitter?.value === 'close') return;
    event.preventDefault();
    try {
      const problem = await submit();
      wrong(problem ?? '');
      if (problem) $(field[0]).focus();
      else dialog.close();
    } catch (error) {
      const { title, advice } = problemText(error);
      wrong(`${title}. ${advice}`);
    }
  });
}

/** The id in a link of ours, or the text itself. */
export function callIdIn(text) {
  try {
    return new URL(text.trim()).searchParams.get('join') ?? '';
  } catch {
    return text.trim();
  }
}

async function copyLink(id) {
  const link = `${location.origin}/?join=${id}`;
  try {
    await navigator.clipboard.writeText(link);
    $('invite').close();
    showNotice({ key: 'call-link', title: 'Link copied', advice: 'Whoever opens it and logs in can join this call.' });
  } catch {
    showNotice({ key: 'call-link', tone: 'warning', title: 'The browser would not copy', advice: link });
  }
}

const MENUS = [
  { kind: 'camera', label: 'Camera' },
  { kind: 'microphones', label: 'Microphone' },
  { kind: 'speaker', label: 'Loudspeaker' },
];

async function showDevices(engine, isVideo) {
  const menus = await Promise.all(MENUS.filter(({ kind }) => isVideo || kind !== 'camera').map((menu) => deviceMenu(engine, menu)));
  $('device-menus').replaceChildren(...menus.flat());
}

async function deviceMenu(engine, { kind, label }) {
  const devices = await engine.getDeviceList(kind).catch(() => []);
  const select = element('select');
  select.id = `device-${kind}`;
  for (const { deviceId, deviceName } of devices) select.append(new Option(deviceName || 'Unnamed', deviceId));
  select.disabled = devices.length === 0;
  if (select.disabled) select.append(new Option('None found'));
  select.value = chosen.get(kind) ?? select.value;
  select.addEventListener('change', async () => {
    try {
      await engine.switchDevice({ deviceType: kind, deviceId: select.value });
      chosen.set(kind, select.value);
    } catch (error) {
      select.value = chosen.get(kind) ?? devices[0]?.deviceId;
      showNotice({ key: `call-${kind}`, tone: 'error', ...problemText(error, kind === 'camera' ? 'camera' : 'microphone') });
    }
  });
  const name = element('label', '', label);
  name.htmlFor = select.id;
  return [name, select];
}

/** What is in use, by kind of device, as the engine has said. */
const chosen = new Map();

export function devicesChanged({ currentCamera, currentMicrophone, currentSpeaker }) {
  const current = { camera: currentCamera, microphones: currentMicrophone, speaker: currentSpeaker };
  for (const [kind, device] of Object.entries(current)) if (device?.deviceId) chosen.set(kind, device.deviceId);
}
