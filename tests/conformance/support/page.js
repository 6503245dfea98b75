// One person's page: all five dialects on its one engine, everything they tell noted, and each dialect's own methods.

import * as web from '/pkg/index.js';
import { TUICallingEvent as older, install as installOlder } from '/pkg/global-event.js';
import { TUICallKit as kit, TUICallEvent as KitEvent } from '/pkg/harmony.js';
import { TUICallEngine as Flutter, TUICallObserver } from '/pkg/observer.js';
import { TUICallEngine as uniapp, install as installUniapp } from '/pkg/uniapp.js';

const params = new URLSearchParams(location.search);
const SDKAppID = Number(params.get('app'));
const userID = params.get('user');
web.TUICallEngine.setServer(params.get('server'));
const engine = web.TUICallEngine.createInstance({ SDKAppID });
const flutter = Flutter.instance;

/** Of this page, so that a picture can be made to stand still. */
const connections = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) {
    super(...args);
    connections.push(this);
  }
};

/** In sight of the person. */
function show(user) {
  const container = document.createElement('div');
  container.style = 'width: 160px; height: 120px';
  document.body.append(container);
  return engine.startRemoteView({ userID: user, videoViewDomID: container });
}

/** Sends no picture any more though the camera is on, or sends it again. */
let stalled;
async function stall(on) {
  const { sender } = connections.findLast(({ connectionState }) => connectionState === 'connected').getTransceivers()[1];
  if (on) stalled = sender.track;
  await sender.replaceTrack(on ? null : stalled);
}

/** Everything told: dialect, event, arguments that survive the way to the test, and when (milliseconds). */
const log = [];
const note = (dialect, event, args) => log.push({ dialect, event, args: args.map(portable), at: Date.now() });

function portable(value) {
  if (value instanceof Map) {
    return { $map: [...value].map(([key, item]) => [key, portable(item)]), $json: JSON.stringify(value) };
  }
  if (Array.isArray(value)) return value.map(portable);
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, portable(item)]));
  }
  return value === undefined ? { $undefined: true } : value;
}

/** Listens for all events of the table, in each dialect's own way. */
function listen(events) {
  for (const event of events.web) engine.on(event, (...args) => note('web', event, args));
  for (const event of events.uniapp) uniapp.addEventListener(event, (...args) => note('uniapp', event, args));
  for (const event of events['global-event']) older.addEventListener(event, (...args) => note('global-event', event, args));
  for (const event of events.harmony) kit.on(event, (...args) => note('harmony', event, args));
  const callbacks = events.observer.map((event) => [event, (...args) => note('observer', event, args)]);
  flutter.addObserver(new TUICallObserver(Object.fromEntries(callbacks)));
}

/** What the samples of the vendor's pages print, or their callbacks get. */
const printed = [];

/** Runs each sample in a scope of its own, with the names that its page takes for granted and a console of its own. */
function runSamples(samples) {
  for (const [dialect, codes] of Object.entries(samples)) {
    codes.forEach((code, index) => {
      const print = (...args) => printed.push({ dialect, index, args: args.map(portable) });
      const given = { console: { log: print }, ...scopeOf(dialect, print) };
      new Function(...Object.keys(given), `{${code}}`)(...Object.values(given));
    });
  }
}

function scopeOf(dialect, print) {
  if (dialect === 'web') return { tuiCallEngine: engine, TUICallEvent: web.TUICallEvent };
  if (dialect === 'harmony') return { TUICallKit: kit, TUICallEvent: KitEvent };
  if (dialect === 'observer') return { TUICallEngine: Flutter, TUICallObserver: printing(print) };
  const uni = {};
  (dialect === 'uniapp' ? installUniapp : installOlder)(uni);
  return { uni };
}

/** Observers whose callbacks tell that they were called: those of the samples are empty. */
const printing = (print) =>
  class extends TUICallObserver {
    constructor(callbacks) {
      const told = ([name, callback]) => [name, (...args) => [callback(...args), print(name, ...args)]];
      super(Object.fromEntries(Object.entries(callbacks).map(told)));
    }
  };

const settled = (result) => {
  if (result?.code) throw Object.assign(new Error(result.message ?? result.msg), { code: Number(result.code) });
  return result;
};
const plain = (plugin) => ({
  call: ({ users, media, group, timeout, userData, roomID, strRoomID }) =>
    plugin.calls({
      userIDList: users,
      callMediaType: media,
      callParams: { chatGroupID: group, timeout, userData, roomID, strRoomID },
    }),
  accept: () => plugin.accept(),
  reject: () => plugin.reject(),
  hangup: () => plugin.hangup(),
  invite: (users) => plugin.inviteUser({ userIDList: users }),
  join: (callId) => plugin.join({ callId }),
  switchMedia: (media) => plugin.switchCallMediaType(media),
  openCamera: () => plugin.openCamera(),
  closeCamera: () => plugin.closeCamera(),
  openMicrophone: () => plugin.openMicrophone(),
  closeMicrophone: () => plugin.closeMicrophone(),
  /** To the last one of the list. */
  switchCamera: async () => {
    const cameras = await engine.getDeviceList('camera');
    await engine.switchDevice({ deviceType: 'camera', deviceId: cameras[cameras.length - 1].deviceId });
  },
});

/** What a person does, by the methods of each dialect. */
const acts = {
  web: {
    ...plain(engine),
    startScreenSharing: () => engine.startScreenSharing(),
    stopScreenSharing: () => engine.stopScreenSharing(),
    call: ({ users, media, group, ...options }) => engine.calls({ userIDList: users, type: media, chatGroupID: group, ...options }),
  },
  uniapp: plain(uniapp),
  'global-event': plain(older),
  observer: {
    ...plain(flutter),
    call: ({ users, media, group, timeout, userData, roomID, strRoomID }) =>
      flutter.calls(users, media, {
        roomId: { intRoomId: roomID ?? 0, strRoomId: strRoomID ?? '' },
        chatGroupId: group,
        timeout,
        userData,
      }),
    invite: (users) => flutter.inviteUser(users),
    join: (callId) => flutter.join(callId),
    openCamera: () => flutter.openCamera(0, null),
  },
  harmony: {
    ...plain(kit),
    call: ({ users, media, group, timeout, userData, roomID, strRoomID }) =>
      kit.calls({
        userIdList: users,
        mediaType: media - 1,
        callParams: { roomId: { intRoomId: roomID, strRoomId: strRoomID }, chatGroupId: group, timeout, userData },
      }),
    invite: (users) => kit.inviteUser({ userIdList: users }),
    switchMedia: (media) => kit.switchCallMediaType(media - 1),
  },
};

async function login(userSig) {
  await engine.login({ userID, userSig });
  settled(await uniapp.login({ SDKAppID, userID, userSig }));
  settled(await older.login({ SDKAppID, userID, userSig }));
  settled(await flutter.init(SDKAppID, userID, userSig));
  settled(await kit.login({ sdkAppId: SDKAppID, userId: userID, userSig }));
}

globalThis.person = {
  log,
  printed,
  runSamples,
  engine,
  listen,
  login,
  show,
  stall,
  act: async (dialect, name, ...args) => portable(settled(await acts[dialect][name](...args))),
};
