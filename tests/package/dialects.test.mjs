// The tables of the dialects alone: names, arguments, order, units, and that each has a row for everything that happens.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { table as globalEvent } from '../../pkg-template/dialects/global-event.table.js';
import { table as harmony } from '../../pkg-template/dialects/harmony.table.js';
import { table as observer } from '../../pkg-template/dialects/observer.table.js';
import { table as uniapp } from '../../pkg-template/dialects/uniapp.table.js';
import { TUICallEvent } from '../../pkg-template/events.js';

const TABLES = { uniapp, 'global-event': globalEvent, observer, harmony };
const ALIASES = ['onInvited', 'onCallCancelled', 'onCallingCancel'];
const SILENT = ['onDeviceChange', 'onMessageSentByMe', 'CALL_MESSAGE'];

const call = (role, media = 2) => ({
  callId: 'c1', callID: 'c1', roomID: 77, strRoomID: '', callMediaType: media, callRole: role, chatGroupID: 'team', groupID: 'team',
  callerId: 'ann', userData: '{"a":1}',
});
const CALLER = call(1);
const CALLEE = call(2);
const INFO = { roomId: { intRoomId: 77, strRoomId: '' }, role: 2, userData: '{"a":1}', chatGroupId: 'team' };
const RECEIVED = { ...CALLEE, sponsor: 'ann', calleeIdList: ['ben', 'carl'], userIDList: ['ben', 'carl'], isFromGroup: true };
const END = { ...CALLEE, userID: 'ann', reason: 1, totalTime: 61, callEnd: 61, durationMs: 61_999 };

describe('the tables of the dialects', () => {
  for (const [name, table] of Object.entries(TABLES)) {
    it(`${name}: have a row for each canonical event, and no other`, () => {
      const canonical = new Set(Object.values(TUICallEvent).filter((event) => ![...ALIASES, ...SILENT].includes(event)));
      assert.deepEqual(Object.keys(table).sort(), [...canonical].sort());
    });
  }

  it('global-event: is the five events of the older plugin', () => {
    assert.deepEqual(Object.keys(globalEvent).filter((event) => globalEvent[event]), [
      'onError', 'onCallReceived', 'onCallBegin', 'onCallNotConnected', 'onCallEnd',
    ]);
  });

  /** What each dialect makes of an event: uniapp, global-event, observer, harmony. */
  function tells(event, payload, [uniappTold, globalEventTold, observerTold, harmonyTold], viewer = 'ben') {
    const told = (table) => (table[event] ? table[event](payload, viewer) : null);
    assert.deepEqual(told(uniapp), uniappTold, 'uniapp');
    assert.deepEqual(told(globalEvent), globalEventTold, 'global-event');
    assert.deepEqual(told(observer), observerTold, 'observer');
    assert.deepEqual(told(harmony), harmonyTold, 'harmony');
  }

  it('an error', () => {
    const told = [['onError', { code: 5, msg: 'm' }]];
    tells('onError', { code: 5, message: 'm', msg: 'm' }, [
      told, told, [['onError', 5, 'm']], [['onError', { code: 5, message: 'm', errorCode: 5, errorMessage: 'm' }]],
    ]);
  });

  it('kicked, and a userSig that has expired', () => {
    tells('onKickedOffLine', {}, [[['onKickedOffline', {}]], null, [['onKickedOffline']], [['onKickedOffline', {}]]]);
    tells('onUserSigExpired', undefined, [[['onUserSigExpired', {}]], null, [['onUserSigExpired']], [['onUserSigExpired', {}]]]);
  });

  it('an invitation', () => {
    const invitation = { callerId: 'ann', calleeIdList: ['ben', 'carl'], groupId: 'team', callMediaType: 2, userData: '{"a":1}' };
    tells('onCallReceived', RECEIVED, [
      [['onCallReceived', invitation]],
      [['onCallReceived', { callerId: 'ann', calleeIdList: ['ben', 'carl'], isGroupCall: true, callMediaType: 2 }]],
      [['onCallReceived', 'c1', 'ann', ['ben', 'carl'], 2, INFO]],
      [['onCallReceived', { ...invitation, callMediaType: 1 }]],
    ]);
  });

  it('the beginning', () => {
    const plain = [['onCallBegin', { roomID: 77, callMediaType: 1, callRole: 2 }]];
    tells('onCallBegin', call(2, 1), [
      plain, plain, [['onCallBegin', 'c1', 1, INFO]],
      [['onCallBegin', { roomId: { intRoomId: 77, strRoomId: '' }, callMediaType: 0, callRole: 2 }]],
    ]);
  });

  it('the end, in seconds or milliseconds', () => {
    const plain = { roomID: 77, callMediaType: 2, callRole: 2 };
    tells('onCallEnd', END, [
      [['onCallEnd', { ...plain, totalTime: 61 }]],
      [['onCallEnd', { ...plain, totalTime: 61_999 }]],
      [['onCallEnd', 'c1', 2, 1, 'ann', 61_999, INFO]],
      [['onCallEnd', { roomId: { intRoomId: 77, strRoomId: '' }, callMediaType: 1, callRole: 2, totalTime: 61 }]],
    ]);
  });

  // [reason, by, who uniapp, harmony and observer name to the caller and to the callee, who global-event names to the callee]
  for (const [what, reason, by, toCaller, toCallee, missed] of [
    ['the caller cancels', 6, 'ann', 'ann', 'ann', 'ann'],
    ['nobody answers in time', 3, 'ben', 'ann', 'ben', 'ann'],
    ['the callee rejects', 2, 'ben', 'ann', 'ben', null],
    ['the callee is busy', 5, 'ben', 'ann', 'ben', null],
    ['the caller is lost', 4, 'ann', 'ann', 'ben', 'ann'],
    ['the callee answers elsewhere', 7, 'ben', 'ann', 'ben', null],
    ['the callee rejects elsewhere', 8, 'ben', 'ann', 'ben', null],
    ['the server ends it', 9, '', 'ann', 'ben', 'ann'],
  ]) {
    it(`not connected: ${what}`, () => {
      for (const [side, viewer, named] of [[CALLER, 'ann', toCaller], [CALLEE, 'ben', toCallee]]) {
        const info = { ...INFO, role: side.callRole };
        const older = side === CALLEE && missed ? [['onCallCancelled', { callerId: missed }]] : [];
        tells('onCallNotConnected', { ...side, reason, userID: by }, [
          [['onCallCancelled', { userId: named }]],
          older,
          [['onCallNotConnected', 'c1', 2, reason, by, info], ['onCallCancelled', named]],
          [['onCallCancelled', { callerId: named }]],
        ], viewer);
      }
    });
  }

  it('another media type', () => {
    const change = { oldCallType: 2, newCallType: 1, oldCallMediaType: 2, newCallMediaType: 1 };
    tells('onCallMediaTypeChanged', change, [
      [['onCallMediaTypeChanged', { oldCallMediaType: 2, newCallMediaType: 1 }]],
      null,
      [['onCallMediaTypeChanged', 2, 1]],
      [['onCallMediaTypeChanged', { oldCallMediaType: 1, newCallMediaType: 0 }]],
    ]);
  });

  for (const event of ['onUserJoin', 'onUserLeave', 'onUserReject', 'onUserLineBusy']) {
    it(`${event} names one user`, () => {
      const told = [[event, { userId: 'carl' }]];
      tells(event, { userID: 'carl' }, [told, null, [[event, 'carl']], told]);
    });
  }

  it('who does not answer, one by one', () => {
    const told = [['onUserNoResponse', { userId: 'ben' }], ['onUserNoResponse', { userId: 'carl' }]];
    tells('onUserNoResponse', { userIDList: ['ben', 'carl'], sponsor: 'ann' }, [
      told, null, [['onUserNoResponse', 'ben'], ['onUserNoResponse', 'carl']], told,
    ]);
  });

  it('who is being invited, to observers only', () => {
    tells('onUserInviting', { userID: 'carl' }, [null, null, [['onUserInviting', 'carl']], null]);
  });

  it('audio and video of others', () => {
    const video = [['onUserVideoAvailable', { userId: 'carl', isVideoAvailable: true }]];
    tells('onUserVideoAvailable', { userID: 'carl', isVideoAvailable: true }, [
      video, null, [['onUserVideoAvailable', 'carl', true]], video,
    ]);
    const audio = [['onUserAudioAvailable', { userId: 'carl', isAudioAvailable: false }]];
    tells('onUserAudioAvailable', { userID: 'carl', isAudioAvailable: false }, [
      audio, null, [['onUserAudioAvailable', 'carl', false]], audio,
    ]);
  });

  it('network quality: lists, and a bare Map', () => {
    const list = [{ userId: 'ben', quality: 1 }, { userId: 'carl', quality: 6 }];
    const row = (table) => table.onUserNetworkQualityChanged({ networkQualityList: list });
    assert.deepEqual(row(uniapp), [['onUserNetworkQualityChanged', { networkQualityList: list }]]);
    assert.deepEqual(row(observer), [['onUserNetworkQualityChanged', list]]);
    const [[name, map]] = row(harmony);
    assert.equal(name, 'onUserNetworkQualityChanged');
    assert.deepEqual([...map], [['ben', 1], ['carl', 6]]);
    assert.equal(globalEvent.onUserNetworkQualityChanged, null);
  });

  it('volumes: a Map, with each user as a property too', () => {
    const payload = { volumeMap: [{ userId: 'ben', audioVolume: 40 }, { userId: 'size', audioVolume: 7 }] };
    const maps = [
      uniapp.onUserVoiceVolumeChanged(payload)[0][1].volumeMap,
      harmony.onUserVoiceVolumeChanged(payload)[0][1].volumeMap,
      observer.onUserVoiceVolumeChanged(payload)[0][1],
    ];
    for (const map of maps) {
      assert.ok(map instanceof Map);
      assert.equal(map.get('ben'), 40);
      assert.equal(map.ben, 40);
      assert.equal(map.get('size'), 7);
      assert.equal(map.size, 2);
      assert.equal(JSON.stringify(map), '{"ben":40}');
    }
  });
});
