import { paintAvatar } from './dom.js';

/** Names and pictures that people gave themselves, asked of the call server once a person. */
let ask = async () => [];
let known = new Map();
const changed = new EventTarget();

export function bindPeople(engine) {
  known = new Map();
  ask = async (userIDs) => (await engine.getTim().getUserProfile({ userIDList: userIDs })).data;
}

export const nameOf = (userID) => known.get(userID)?.nick || userID;
export const namesOf = (userIDs) => userIDs.map(nameOf).join(', ');
/** Only what a page may load without a doubt: others have chosen it. */
const pictureOf = (userID) => (/^https:\/\//.test(known.get(userID)?.avatar) ? known.get(userID).avatar : '');
export const profileOf = (userID) => known.get(userID) ?? {};

/** Shows the user's avatar in `node`, now and when more is known. */
export function showAvatar(node, userID) {
  node.dataset.avatar = userID;
  node.setAttribute('aria-hidden', 'true');
  paintAvatar(node, userID, nameOf(userID), pictureOf(userID));
  return node;
}

/** Shows the user's name in `node`, now and when more is known. */
export function showName(node, userID) {
  node.dataset.name = userID;
  node.textContent = nameOf(userID);
  return node;
}

/** Asks for whoever is not known yet; `again` for those whose profile has changed. */
export async function meet(userIDs, { again = false } = {}) {
  const wanted = userIDs.filter((userID) => again || !known.has(userID));
  if (wanted.length === 0) return;
  for (const userID of wanted) if (!known.has(userID)) known.set(userID, {});
  for (const profile of await ask(wanted).catch(() => [])) known.set(profile.userID, profile);
  for (const node of document.querySelectorAll('[data-name]')) showName(node, node.dataset.name);
  for (const node of document.querySelectorAll('[data-avatar]')) showAvatar(node, node.dataset.avatar);
  changed.dispatchEvent(new Event('change'));
}

export const onPeopleChanged = (run) => changed.addEventListener('change', run);
