// What the table's rows ask of a value. `about` is what is known of the moment: the facts of the scenario, the call of the
// viewer, the viewer, and how often this event came to him before.

const isPercent = (value) => value >= 0 && value <= 100;
const isText = (value) => typeof value === 'string' && value.length > 0;
const room = 2_147_483_647;

/** By the name that rows give in `is`: what it means, for the documentation, and the check. */
export const CHECKS = {
  holder: { says: '', check: (value) => Object.keys(value).length > 0 },
  nothing: { says: 'no argument', check: () => true },
  empty: { says: 'no keys', check: (value) => Object.keys(value).length === 0 },
  callId: { says: 'the id of the call, the same for everybody', check: (value, { call }) => /^[0-9a-f]{32}$/.test(value) && value === (call.id ??= value) },
  roomNumber: {
    says: 'the number of the room, 1 to 2147483647; 0 when a text names it',
    check(value, { call }) {
      if (call.roomID) return value === call.roomID;
      if (call.strRoomID) return value === 0;
      return Number.isInteger(value) && value > 0 && value <= room && value === (call.madeRoom ??= value);
    },
  },
  roomText: { says: 'the text that names the room, or empty', check: (value, { call }) => value === (call.strRoomID ?? '') },
  media: { says: '1 voice, 2 video', check: (value, { call, event }) => value === (isLate(event) ? call.media.at(-1) : call.media[0]) },
  media01: { says: '0 voice, 1 video', check: (value, about) => CHECKS.media.check(value + 1, about) },
  oldMedia: { says: '1 voice, 2 video', check: (value, { call, nth }) => value === call.media[nth] },
  newMedia: { says: '1 voice, 2 video', check: (value, { call, nth }) => value === call.media[nth + 1] },
  oldMedia01: { says: '0 voice, 1 video', check: (value, about) => CHECKS.oldMedia.check(value + 1, about) },
  newMedia01: { says: '0 voice, 1 video', check: (value, about) => CHECKS.newMedia.check(value + 1, about) },
  role: { says: 'yours: 1 caller, 2 callee', check: (value, { call, viewer }) => value === (call.caller === viewer ? 1 : 2) },
  chatGroup: { says: 'the chat group, or empty', check: (value, { call }) => value === call.group },
  isGroup: { says: 'a call of several, or of a chat group', check: (value, { call }) => value === (call.callees.length > 1 || call.group !== '') },
  caller: { says: 'who invites', check: (value, { call, viewer }) => value === (call.invited?.[viewer]?.by ?? call.caller) },
  inviter: { says: 'who had invited them', check: (value, { call }) => value === call.caller },
  callees: {
    says: 'who are invited; in a running call also who is in it',
    check: (value, { call, viewer }) => String(value) === String(call.invited?.[viewer]?.callees ?? call.callees),
  },
  userData: { says: 'what the inviter gave along; empty for who joined', check: (value, { call, viewer, hasJoined }) => value === (hasJoined || call.invited?.[viewer] ? '' : call.userData) },
  reason: { says: 'why, 0 to 9: `CallEndReason`', check: (value, { outcome }) => value === outcome.reason },
  by: { says: 'who caused it; empty: the server', check: (value, { outcome }) => value === outcome.by },
  cancelled: {
    says: 'the caller’s id when the caller cancelled, else your own',
    check: (value, { outcome, call, viewer }) => value === (outcome.reason === 6 ? call.caller : viewer),
  },
  seconds: { says: 'whole seconds that the call was connected', check: (value, { elapsed }) => Number.isInteger(value) && isAbout(value * 1000 + 999, elapsed) },
  milliseconds: { says: 'milliseconds that the call was connected', check: (value, { elapsed }) => Number.isInteger(value) && isAbout(value, elapsed) },
  user: { says: 'who', check: (value, { named }) => named?.includes(value) ?? isText(value) },
  users: { says: 'who, one or several', check: (value, { named }) => value.length > 0 && value.every((user) => named?.includes(user) ?? isText(user)) },
  other: { says: 'who', check: (value, { viewer, members }) => value !== viewer && members.includes(value) },
  member: { says: 'who', check: (value, { members }) => members.includes(value) },
  members: { says: 'who are in the call, you included', check: (value, { members, viewer }) => value.includes(viewer) && value.every((user) => members.includes(user)) },
  eachUser: {
    says: 'by user, you included',
    check: (value, { viewer }) => (value.$map ? value.$map.map(([user]) => user) : value.map(({ userId }) => userId)).includes(viewer) && (!value.$json || value.$json.includes(`"${viewer}":`)),
  },
  selfFirst: { says: 'a list, you first', check: (value, { viewer }) => value[0].userId === viewer && value.length > 1 },
  volume: { says: '0 to 100', check: (value) => value >= 0 && value <= 100 },
  quality: { says: '0 unknown, 1 excellent to 5 very bad, 6 down', check: (value) => Number.isInteger(value) && value >= 0 && value <= 6 },
  upLoss: { says: 'per cent lost of what is sent to this user', check: isPercent },
  downLoss: { says: 'per cent lost of what this user sends', check: isPercent },
  pixels: { says: 'pixels', check: (value) => Number.isInteger(value) && value > 0 },
  alternates: { says: 'whether it stands still', check: (value, { nth }) => value === (nth % 2 === 0) },
  speaker: { says: 'who; empty: nobody', check: (value, { members }) => value === '' || members.includes(value) },
  delay: { says: 'milliseconds there and back', check: (value) => value >= 0 && value < 5000 },
  code: { says: 'see the methods in `index.d.ts`', check: (value) => Number.isInteger(value) && value !== 0 },
  text: { says: 'what failed, in words', check: isText },
  version: { says: 'of the vendor’s data, always 4', check: (value) => value === 4 },
  isOn: { says: 'whether it is on now', check: () => true },
  devices: { says: 'the devices that there are', check: (value) => value.length > 0 },
  deviceId: { says: 'its id; empty without permission', check: (value, { isPermitted }) => isText(value) || !isPermitted },
  deviceName: { says: 'its name; empty without permission', check: (value, { isPermitted }) => isText(value) || !isPermitted },
  inUse: { says: 'the device in use', check: (value) => 'deviceId' in value && 'deviceName' in value },
  inUseId: { says: 'its id; empty: none is in use', check: () => true },
  inUseName: { says: 'its name; empty: none is in use', check: () => true },
  linkCode: { says: 'why the connection was lost or refused; else 0', check: Number.isInteger },
  linkMessage: { says: 'the same in words', check: () => true },
  readyName: { says: 'always `ts_im_ready`', check: (value) => value === 'ts_im_ready' },
  linkState: { says: '`connecting`, `connected`, `reconnecting`, `disconnected`', check: (value) => ['connecting', 'connected', 'reconnecting', 'disconnected'].includes(value) },
  peerState: { says: '`connecting`, `connected`, `reconnecting`, `failed`', check: (value) => ['connecting', 'connected', 'reconnecting', 'failed'].includes(value) },
};

/** Events that come after the media type may have changed. */
const isLate = (event) => event === 'onCallEnd';

/** The server's time of a call, and what a page saw of it, which a busy machine may show late; far from another unit. */
const isAbout = (milliseconds, seen) => milliseconds > seen / 2 - 200 && milliseconds < seen + 5000;

/** What a row's type means of a value as it came from the page. */
export const TYPES = {
  none: (value) => value === undefined,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => value !== null && typeof value === 'object' && !Array.isArray(value) && !value.$map && !value.$undefined,
  Map: (value) => Array.isArray(value?.$map),
};
