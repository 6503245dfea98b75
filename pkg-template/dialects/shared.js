// @ts-check
// What several tables have in common.

/** @import { CallNotConnectedPayload } from '../index.js' */

const CALLER = 1;
const NO_RESPONSE = 3;
const OFFLINE = 4;
const CANCELED = 6;
const END_BY_SERVER = 9;

/**
 * Whom the native dialects name when a call was not connected: the caller who cancels, for both sides; else everybody is
 * named to himself.
 *
 * @param {CallNotConnectedPayload} event
 * @param {string} viewer
 */
export function cancelledId({ reason, callerId }, viewer) {
  return reason === CANCELED ? callerId : viewer;
}

/**
 * Whether ringing stopped without the callee's doing: the caller cancelled, nobody answered in time, or the call was lost.
 *
 * @param {CallNotConnectedPayload} event
 */
export function isMissed({ reason, callRole }) {
  return callRole !== CALLER && [NO_RESPONSE, OFFLINE, CANCELED, END_BY_SERVER].includes(reason);
}

/** @param {{ roomID: number, strRoomID: string }} call */
export function roomId({ roomID, strRoomID }) {
  return { intRoomId: roomID, strRoomId: strRoomID };
}

/** @param {{ userID: string }} event */
export function user({ userID }) {
  return { userId: userID };
}

/** @param {{ userID: string, isVideoAvailable: boolean }} event */
export function video({ userID, isVideoAvailable }) {
  return { userId: userID, isVideoAvailable };
}

/** @param {{ userID: string, isAudioAvailable: boolean }} event */
export function audio({ userID, isAudioAvailable }) {
  return { userId: userID, isAudioAvailable };
}

/**
 * A Map that has each user as a property as well: `volumes.get(id)`, `volumes[id]` and JSON of it all give the value.
 *
 * @template {number} Value
 * @param {[string, Value][]} entries
 */
export function userMap(entries) {
  /** @type {Map<string, Value> & Record<string, any>} */
  const map = new Map(entries);
  // A user named like a method of Map is found by get() only.
  for (const [userId, value] of entries) if (!(userId in map)) map[userId] = value;
  return map;
}

/** @param {{ volumeMap: { userId: string, audioVolume: number }[] }} event */
export function volumes({ volumeMap }) {
  return userMap(volumeMap.map(({ userId, audioVolume }) => [userId, audioVolume]));
}
