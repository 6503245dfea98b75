import { $, element, icon, paintAvatar } from './dom.js';

/** One tile per other member: the engine draws the picture into its view, the rest says who it is and what is off. */
const tiles = new Map();

export const viewID = (userID) => `remote-${userID}`;

export function ensureTile(userID) {
  const known = tiles.get(userID);
  if (known) return known;
  const view = element('div', 'view');
  view.id = viewID(userID);
  const avatar = paintAvatar(element('span', 'avatar huge'), userID);
  avatar.setAttribute('aria-hidden', 'true');
  const note = element('p', 'tile-note', '');
  const muted = element('span', 'tile-muted', icon('mic-off'), `${userID} is muted`);
  muted.hidden = true;
  const tile = element('section', 'tile', view, element('div', 'tile-blank', avatar, element('strong', '', userID), note), muted);
  tile.setAttribute('aria-label', userID);
  tile.dataset.user = userID;
  tile.dataset.video = 'off';
  $('tiles').append(tile);
  tiles.set(userID, { tile, note, muted });
  return tiles.get(userID);
}

export function showVideo(userID, on, isVideoCall) {
  const { tile, note } = ensureTile(userID);
  tile.dataset.video = on ? 'on' : 'off';
  note.textContent = isVideoCall ? 'Camera is off' : 'Voice call';
}

export function showMuted(userID, muted) {
  ensureTile(userID).muted.hidden = !muted;
}

export function removeTile(userID) {
  tiles.get(userID)?.tile.remove();
  tiles.delete(userID);
}

export function clearTiles() {
  for (const userID of [...tiles.keys()]) removeTile(userID);
}
