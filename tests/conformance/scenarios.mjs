// What people do, step by step, and what is true about it. `by` says whose methods each person uses: they change from
// scenario to scenario, so that each dialect's callers call, answer and leave.

export const MEMBERS = ['alice', 'bob', 'carol', 'dave', 'erin'];

const VIDEO = 2;
const AUDIO = 1;
export const REASON = { hangup: 1, reject: 2, noResponse: 3, busy: 5, cancelled: 6 };

/** Facts of a call as the checks use them; `media` is the list of types that it had. */
const call = (caller, callees, media, more = {}) => ({ caller, callees, media: [media], group: '', userData: '', ...more });
const place = ({ callees, media, group, userData, roomID, strRoomID }, timeout) => ({
  users: callees,
  media: media[0],
  timeout,
  userData,
  ...(group ? { group } : {}),
  ...(roomID ? { roomID } : {}),
  ...(strRoomID ? { strRoomID } : {}),
});
const both = (reason, by) => ({ alice: { reason, by }, bob: { reason, by } });
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function connect(caller, callee, { by, facts, video = false }) {
  await caller.act(by[caller.name], 'call', place(facts));
  await callee.gets('onCallReceived');
  if (video) await Promise.all([caller, callee].map((person) => person.act(by[person.name], 'openCamera')));
  await callee.act(by[callee.name], 'accept');
  await Promise.all([caller.gets('onCallBegin'), callee.gets('onCallBegin')]);
}

/** Each: the facts of who is in which call, and `run`. The log starts anew before each. */
export const SCENARIOS = {
  login: {
    of: {},
    async run(people) {
      const five = MEMBERS.map((name) => people[name]);
      await Promise.all(five.map((person) => person.login()));
      await Promise.all(five.map((person) => person.gets('sdkReady')));
    },
  },

  answered: {
    by: { alice: 'web', bob: 'uniapp' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], VIDEO, { roomID: 4242, userData: '{"a":"\\" ü"}' }),
    outcome: both(REASON.hangup, 'alice'),
    async run({ alice, bob, by, facts }) {
      await connect(alice, bob, { by, facts, video: true });
      await Promise.all([alice.gets('onUserVideoAvailable'), bob.gets('onUserVideoAvailable')]);
      await alice.run(() => person.show('bob'));
      await Promise.all([alice.gets('onUserFirstVideoFrame'), bob.gets('onUserFirstVideoFrame')]);
      await bob.run(() => person.stall(true));
      await alice.gets('onUserVideoFrozen', { isFrozen: true });
      await bob.run(() => person.stall(false));
      await alice.gets('onUserVideoFrozen', { isFrozen: false });
      await alice.act(by.alice, 'closeMicrophone');
      await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: false });
      await alice.act(by.alice, 'openMicrophone');
      await bob.act(by.bob, 'closeCamera');
      await alice.gets('onUserVideoAvailable', { userID: 'bob', isVideoAvailable: false });
      await pause(1200);
      await alice.act(by.alice, 'hangup');
    },
  },

  measured: {
    by: { alice: 'uniapp', bob: 'observer' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], AUDIO),
    outcome: both(REASON.hangup, 'bob'),
    async run({ alice, bob, by, facts }) {
      await connect(alice, bob, { by, facts });
      await Promise.all([alice, bob].map((person) => person.gets('onUserVoiceVolumeChanged')));
      await Promise.all([alice, bob].map((person) => person.gets('onUserNetworkQualityChanged')));
      await Promise.all([alice, bob].map((person) => person.gets('onActiveSpeakerChanged')));
      await bob.act(by.bob, 'hangup');
    },
  },

  shared: {
    by: { alice: 'web', bob: 'web' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], AUDIO),
    outcome: both(REASON.hangup, 'bob'),
    async run({ alice, bob, by, facts }) {
      await connect(alice, bob, { by, facts });
      await alice.act(by.alice, 'startScreenSharing');
      await bob.gets('onUserScreenAvailable', { userID: 'alice', isScreenAvailable: true });
      await alice.act(by.alice, 'stopScreenSharing');
      await bob.gets('onUserScreenAvailable', { userID: 'alice', isScreenAvailable: false });
      await bob.act(by.bob, 'hangup');
    },
  },

  cancelled: {
    by: { alice: 'uniapp', bob: 'web' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], AUDIO),
    outcome: both(REASON.cancelled, 'alice'),
    async run({ alice, bob, by, facts }) {
      await alice.act(by.alice, 'call', place(facts));
      await bob.gets('onCallReceived');
      await alice.act(by.alice, 'hangup');
    },
  },

  rejected: {
    by: { alice: 'observer', bob: 'harmony' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], VIDEO, { strRoomID: 'room-1' }),
    outcome: both(REASON.reject, 'bob'),
    async run({ alice, bob, by, facts }) {
      await alice.act(by.alice, 'call', place(facts));
      await bob.gets('onCallReceived');
      await bob.act(by.bob, 'reject');
    },
  },

  unanswered: {
    by: { alice: 'harmony' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], AUDIO, { userData: 'x' }),
    outcome: both(REASON.noResponse, 'bob'),
    async run({ alice, by, facts }) {
      await alice.act(by.alice, 'call', place(facts, 1));
    },
  },

  busy: {
    by: { alice: 'global-event', bob: 'global-event', carol: 'observer' },
    of: ['bob', 'carol'],
    call: call('bob', ['carol'], AUDIO),
    another: { of: ['alice'], call: call('alice', ['bob'], VIDEO) },
    outcome: {
      alice: { reason: REASON.busy, by: 'bob' },
      bob: { reason: REASON.hangup, by: 'carol' },
      carol: { reason: REASON.hangup, by: 'carol' },
    },
    async run({ alice, bob, carol, by, facts, another }) {
      await connect(bob, carol, { by, facts });
      await alice.act(by.alice, 'call', place(another.call));
      await alice.gets('onCallNotConnected');
      await carol.act(by.carol, 'hangup');
    },
  },

  switched: {
    by: { alice: 'observer', bob: 'uniapp' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], VIDEO, { media: [VIDEO, AUDIO, VIDEO] }),
    outcome: both(REASON.hangup, 'bob'),
    async run({ alice, bob, by, facts }) {
      await connect(alice, bob, { by, facts, video: true });
      await alice.act(by.alice, 'switchMedia', AUDIO);
      await bob.gets('onCallMediaTypeChanged', { newCallType: AUDIO });
      await bob.act(by.bob, 'switchMedia', VIDEO);
      await alice.gets('onCallMediaTypeChanged', { newCallType: VIDEO });
      await bob.act(by.bob, 'hangup');
    },
  },

  // One accepts, one declines, one lets it ring; a fifth is invited; who had not answered joins by the call's id.
  group: {
    by: { alice: 'harmony', bob: 'observer', carol: 'uniapp', dave: 'harmony', erin: 'global-event' },
    of: ['alice', 'bob', 'carol', 'dave', 'erin'],
    call: call('alice', ['bob', 'carol', 'dave'], AUDIO, { group: 'team', strRoomID: 'room-2', userData: 'g', invited: { erin: { by: 'bob', callees: ['erin', 'alice'] } }, joining: ['dave'] }),
    outcome: {
      alice: { reason: REASON.hangup, by: 'bob' },
      bob: { reason: REASON.hangup, by: 'bob' },
      carol: { reason: REASON.reject, by: 'carol' },
      dave: { notConnected: { reason: REASON.noResponse, by: 'dave' }, reason: REASON.hangup, by: 'dave' },
      erin: { reason: REASON.hangup, by: 'erin' },
    },
    async run({ alice, bob, carol, dave, erin, by, facts }) {
      await alice.act(by.alice, 'call', place(facts, 3));
      await Promise.all([bob, carol, dave].map((person) => person.gets('onCallReceived')));
      await bob.act(by.bob, 'accept');
      await Promise.all([alice.gets('onCallBegin'), bob.gets('onCallBegin')]);
      await carol.act(by.carol, 'reject');
      await alice.gets('onUserReject', { userID: 'carol' });
      await bob.act(by.bob, 'invite', ['erin']);
      await erin.gets('onCallReceived');
      await erin.act(by.erin, 'accept');
      await Promise.all([alice.gets('onUserJoin', { userID: 'erin' }), dave.gets('onCallNotConnected')]);
      const { callId } = (await dave.log()).find(({ event }) => event === 'onCallNotConnected').args[0];
      await dave.act(by.dave, 'join', callId);
      await Promise.all([alice, bob, erin].map((person) => person.gets('onUserJoin', { userID: 'dave' })));
      await pause(1200);
      for (const person of [erin, dave, bob]) {
        await person.act(by[person.name], 'hangup');
        await alice.gets('onUserLeave', { userID: person.name });
      }
    },
  },

  // The permission for the microphone is taken away in mid-call.
  failing: {
    by: { alice: 'web', bob: 'web' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], AUDIO),
    outcome: both(REASON.hangup, 'alice'),
    async run({ alice, bob, by, facts }) {
      await connect(alice, bob, { by, facts });
      await bob.gets('onUserAudioAvailable', { userID: 'alice', isAudioAvailable: true });
      await alice.forbidMicrophone();
      await alice.gets('onError').finally(() => alice.allowMicrophone());
      await alice.act(by.alice, 'hangup');
    },
  },

  plugged: {
    by: { alice: 'web' },
    async run({ alice, by }) {
      await alice.act(by.alice, 'openCamera');
      await alice.act(by.alice, 'switchCamera');
      await alice.gets('onDeviceUpdated');
      await alice.act(by.alice, 'closeCamera');
    },
  },

  // Frank's userSig is good for three seconds.
  expired: {
    async run({ frank }) {
      await frank.login(3);
      await frank.gets('onUserSigExpired');
    },
  },

  // Gina's browser plays nothing before she touches the page.
  untouched: {
    by: { alice: 'harmony', gina: 'web' },
    of: ['alice', 'gina'],
    call: call('alice', ['gina'], AUDIO),
    outcome: { alice: { reason: REASON.hangup, by: 'alice' }, gina: { reason: REASON.hangup, by: 'alice' } },
    async run({ alice, gina, by, facts }) {
      await gina.login();
      await connect(alice, gina, { by, facts });
      await gina.gets('onAutoplayFailed');
      await alice.act(by.alice, 'hangup');
    },
  },

  // Bob logs in on another machine while he is in a call.
  kicked: {
    by: { alice: 'web', bob: 'global-event' },
    of: ['alice', 'bob'],
    call: call('alice', ['bob'], AUDIO),
    outcome: both(REASON.hangup, 'bob'),
    async run({ alice, bob, by, facts, setting }) {
      await connect(alice, bob, { by, facts });
      const elsewhere = await setting.person('bob');
      await elsewhere.login();
      await bob.gets('onKickedOffLine');
      await elsewhere.close();
    },
  },
};
