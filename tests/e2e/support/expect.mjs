import assert from 'node:assert/strict';

export const AUDIO = 1;
export const VIDEO = 2;
export const CALLER = 1;
export const CALLEE = 2;
export const REASON = { hangup: 1, reject: 2, noResponse: 3, offline: 4, busy: 5, cancelled: 6 };

/** Every wanted field is there with this value; a function checks the value itself. */
export function assertFields(actual, wanted, what) {
  assert.equal(typeof actual, 'object', `${what}: payload is ${JSON.stringify(actual)}`);
  for (const [key, value] of Object.entries(wanted)) {
    assert.ok(key in actual, `${what}: ${key} is missing in ${JSON.stringify(actual)}`);
    if (typeof value === 'function') assert.ok(value(actual[key]), `${what}: ${key} is ${JSON.stringify(actual[key])}`);
    else assert.deepEqual(actual[key], value, `${what}: ${key}`);
  }
}

/** The events of one call at one person: exactly these, in this order, each with these fields. */
export async function assertCallEvents(person, wanted) {
  const actual = await person.callEvents();
  assert.deepEqual(actual.map(({ event }) => event), wanted.map(([event]) => event), `${person.name}: events in order`);
  wanted.forEach(([event, fields], i) => assertFields(actual[i].payload, fields, `${person.name}: ${event}`));
  return actual.map(({ payload }) => payload);
}

const isRoom = (value) => Number.isInteger(value) && value >= 1 && value <= 2147483647;
const isID = (value) => typeof value === 'string' && value.length > 0;

/** What every payload about a whole 1v1 call has. */
export const callFields = (role, media) => ({
  callId: isID, callID: isID, roomID: isRoom, strRoomID: '', callMediaType: media, callRole: role, chatGroupID: '', groupID: '',
});

export const received = (caller, callee, media) => {
  const fields = {
    ...callFields(CALLEE, media), callerId: caller, sponsor: caller, calleeIdList: [callee], userIDList: [callee], isFromGroup: false,
    inviteID: isID, userData: '', inviteData: (data) => data.callType === media && isRoom(data.roomID) && 'version' in data,
  };
  return [['onCallReceived', fields], ['onInvited', fields]];
};

export const notConnected = (role, media, userID, reason) => {
  const fields = { ...callFields(role, media), userID, reason };
  return [['onCallNotConnected', fields], ['onCallCancelled', fields], ['onCallingCancel', fields]];
};

const isSeconds = (value) => Number.isInteger(value) && value >= 0 && value < 120;
export const ended = (role, media, userID, reason) => ['onCallEnd', {
  ...callFields(role, media), userID, reason, totalTime: isSeconds, callEnd: isSeconds,
}];

export const begun = (role, media) => ['onCallBegin', callFields(role, media)];

/** The call id and room of every payload of both sides are the same. */
export function assertOneCall(...payloads) {
  const calls = payloads.flat().filter((payload) => payload && 'callId' in payload);
  const keys = new Set(calls.map(({ callId, callID, roomID }) => `${callId} ${callID} ${roomID}`));
  assert.equal(keys.size, 1, `one call, but payloads name ${[...keys].join(' | ')}`);
  assert.equal(calls[0].callId, calls[0].callID);
}
