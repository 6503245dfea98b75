import { $, element, icon } from './dom.js';
import { nameOf, onPeopleChanged, showAvatar, showName } from './people.js';

/** One tile per other member: the engine draws the picture into its view, the rest says who it is and how it goes. */
const tiles = new Map();
/** Ends the key of a tile that is no person's. */
const SCREEN = ' screen';
const QUALITIES = ['', 'excellent', 'good', 'poor', 'bad', 'very bad', 'no connection'];

export const viewID = (userID) => `remote-${userID}`;

export function ensureTile(userID) {
  const known = tiles.get(userID);
  if (known) return known;
  const view = element('div', 'view');
  view.id = viewID(userID);
  const note = element('p', 'tile-note', '');
  const blank = element('div', 'tile-blank', showAvatar(element('span', 'avatar huge'), userID), showName(element('strong'), userID), note);
  const muted = element('span', 'tile-muted', icon('mic-off'), element('span', '', 'muted'));
  muted.hidden = true;
  const tag = element('p', 'tile-tag', showName(element('span', 'tile-name'), userID), muted, qualityBars());
  const still = element('p', 'tile-frozen', 'The picture stands still: the network is slow');
  still.hidden = true;
  const tile = element('section', 'tile', view, blank, still, tag);
  tile.dataset.user = userID;
  tile.dataset.video = 'off';
  tiles.set(userID, { tile, note, muted, still });
  nameTile(userID);
  $('tiles').insertBefore(tile, $('self'));
  layOut();
  return tiles.get(userID);
}

export const hasTile = (userID) => tiles.has(userID);

/** `state`: ringing or joined. */
export function showState(userID, state, note) {
  const known = ensureTile(userID);
  known.tile.dataset.state = state;
  known.note.textContent = note;
}

export function showVideo(userID, on, isVideoCall) {
  const { tile, note } = ensureTile(userID);
  tile.dataset.video = on ? 'on' : 'off';
  note.textContent = isVideoCall ? 'Camera is off' : '';
}

export function showMuted(userID, muted) {
  ensureTile(userID).muted.hidden = !muted;
}

export const screenID = (userID) => `screen-${userID}`;

/** A shared screen has a tile of its own, in front of the people. */
export function showSharedScreen(userID, on) {
  const key = screenID(userID) + SCREEN;
  if (on === tiles.has(key)) return;
  if (!on) return removeTile(key);
  const view = element('div', 'view');
  view.id = screenID(userID);
  const name = element('span', 'tile-name', `${nameOf(userID)}’s screen`);
  const tile = element('section', 'tile shared', view, element('p', 'tile-tag', name));
  tile.dataset.video = 'on';
  tile.setAttribute('aria-label', name.textContent);
  tiles.set(key, { tile });
  $('tiles').prepend(tile);
  layOut();
}

export function removeTile(userID) {
  tiles.get(userID)?.tile.remove();
  tiles.delete(userID);
  layOut();
}

export function clearTiles() {
  for (const userID of [...tiles.keys()]) removeTile(userID);
  showQuality('', 0);
  showSpeaker('', '-');
}

/** Who speaks is framed; '' = nobody. */
export function showSpeaker(userID, self) {
  for (const [known, { tile }] of tiles) tile.toggleAttribute('data-speaking', known === userID);
  $('self').toggleAttribute('data-speaking', self === userID);
}

/** A picture that stands still is not taken for a person who does. */
export function showFrozen(userID, frozen) {
  const { tile, still } = ensureTile(userID);
  tile.toggleAttribute('data-frozen', frozen);
  still.hidden = !frozen;
}

/** @param {number} quality 1 excellent to 6 no connection, 0 unknown; of oneself when there is no tile */
export function showQuality(userID, quality) {
  const bars = (tiles.get(userID)?.tile ?? $('self')).querySelector('.bars');
  bars.dataset.quality = quality;
  bars.setAttribute('aria-label', quality ? `Connection: ${QUALITIES[quality]}` : 'Connection');
}

function qualityBars() {
  const bars = element('span', 'bars', element('i'), element('i'), element('i'), element('i'));
  bars.setAttribute('role', 'img');
  bars.dataset.quality = 0;
  bars.setAttribute('aria-label', 'Connection');
  return bars;
}

/** As many columns as make the tiles large. One tile fills the page, with one's own picture upon it. */
function layOut() {
  const stage = $('tiles');
  const others = tiles.size;
  stage.dataset.layout = others > 1 ? 'grid' : 'pair';
  const count = others + ($('self').hidden ? 0 : 1);
  const { clientWidth: width, clientHeight: height } = stage;
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(width / columns / 4, height / rows / 3);
    if (size > best.size) best = { columns, size };
  }
  stage.style.setProperty('--columns', best.columns);
  stage.style.setProperty('--rows', Math.ceil(count / best.columns));
}

function nameTile(userID) {
  tiles.get(userID).tile.setAttribute('aria-label', nameOf(userID));
}

$('self').querySelector('.tile-tag').append(qualityBars());
new ResizeObserver(layOut).observe($('tiles'));
new MutationObserver(layOut).observe($('self'), { attributeFilter: ['hidden'] });
onPeopleChanged(() => { for (const userID of tiles.keys()) if (!userID.endsWith(SCREEN)) nameTile(userID); });
