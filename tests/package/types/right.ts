import defaultEngine, {
  CallEndReason,
  TUICallCameraPosition,
  TUICallEngine,
  TUICallEngineError,
  TUICallErrorCode,
  TUICallEvent,
  TUICallType,
  TUINetworkQuality,
  VIDEO_ENCODER_MAP,
  type CallDevice,
  type CallReceivedPayload,
  type CallResult,
  type TUICallEventMap,
} from 'open-call-engine';
import { TUICallEngine as SlimEngine, TUICallEvent as SlimEvent } from 'open-call-engine/slim';
import { checkCall, type CheckReport } from 'open-call-engine/check';
import { showStats } from 'open-call-engine/overlay';
import TencentCloudChat, { type Profile } from 'open-call-engine/chat';
import 'open-call-engine/global';

/** Fails unless both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const sure = <T extends true>(): T | void => {};

globalThis.TUICALL_SERVER = 'wss://calls.example.com/v1/ws';
TUICallEngine.setServer('https://calls.example.com');
TUICallEngine.once('ready', () => {});
const ready: Promise<void> = TUICallEngine.ready();

const engine: TUICallEngine = TUICallEngine.createInstance({ SDKAppID: 1400000001 });
const alsoEngine: TUICallEngine = defaultEngine.createInstance({
  SDKAppID: 1400000001,
  serverUrl: 'http://localhost:8480',
  iceTransportPolicy: 'relay',
});
// What the vendor's UI kits pass.
TUICallEngine.createInstance({
  tim: { anything: 1 },
  SDKAppID: 1400000001,
  frameWork: 'vue3',
  language: 6,
  callkitVersion: '4.0.12',
  isFromChat: false,
  component: 14,
});
const fromScript: TUICallEngine = TUICall.TUICallEngine.createInstance({ SDKAppID: 1400000001 });
const slim: TUICallEngine = SlimEngine.createInstance({ SDKAppID: 1400000001 });
const slimReady: Promise<void>[] = [
  SlimEngine.ready(),
  SlimEngine.ready('/engine_bg.wasm'),
  SlimEngine.ready(new URL('https://example.com/engine_bg.wasm')),
  SlimEngine.ready(fetch('/engine_bg.wasm')),
  SlimEngine.ready(new Uint8Array(8)),
  SlimEngine.ready(new WebAssembly.Module(new Uint8Array(8))),
];

engine.on(TUICallEvent.INVITED, (event) => {
  sure<Same<typeof event, CallReceivedPayload>>();
  sure<Same<typeof event.sponsor, string>>();
  sure<Same<typeof event.inviteData.roomID, number>>();
});
engine.on(TUICallEvent.ON_CALL_RECEIVED, ({ calleeIdList, callMediaType, chatGroupID }) => {
  sure<Same<typeof calleeIdList, string[]>>();
  sure<Same<typeof callMediaType, 1 | 2>>();
  sure<Same<typeof chatGroupID, string>>();
});
engine.on(TUICallEvent.CALL_END, ({ totalTime, reason }) => {
  sure<Same<typeof totalTime, number>>();
  if (reason === CallEndReason.Hangup) console.log(totalTime);
});
engine.on(TUICallEvent.ON_CALL_NOT_CONNECTED, ({ userID, reason }) => console.log(userID, reason === CallEndReason.LineBusy));
engine.on(TUICallEvent.NO_RESP, ({ userIDList, sponsor }) => console.log(userIDList.join(), sponsor));
engine.on(TUICallEvent.USER_VIDEO_AVAILABLE, ({ userID, isVideoAvailable }) => {
  sure<Same<typeof isVideoAvailable, boolean>>();
  console.log(userID);
});
engine.on(TUICallEvent.USER_VOICE_VOLUME, ({ volumeMap }) => volumeMap.map(({ userId, audioVolume }) => [userId, audioVolume]));
engine.on(TUICallEvent.ON_USER_NETWORK_QUALITY_CHANGED, ({ networkQualityList }) =>
  console.log(networkQualityList.some(({ quality }) => quality === TUINetworkQuality.kQualityDown)),
);
engine.on(TUICallEvent.CONNECTION_STATE_CHANGED, ({ state }) => {
  sure<Same<typeof state, 'connecting' | 'connected' | 'reconnecting' | 'disconnected'>>();
});
engine.on(TUICallEvent.USER_CONNECTION_CHANGED, ({ userID, state }) => console.log(userID, state === 'failed'));
engine.on(TUICallEvent.DEVICED_UPDATED, ({ speakerList, currentMicrophone }) => {
  sure<Same<typeof currentMicrophone, CallDevice>>();
  console.log(speakerList.length);
});
engine.on(TUICallEvent.AUTOPLAY_FAILED, ({ userID }) => console.log(userID));
engine.on(TUICallEvent.USER_FIRST_VIDEO_FRAME, ({ userID, width, height }) => console.log(userID, width * height));
engine.on(TUICallEvent.USER_VIDEO_FROZEN, ({ userID, isFrozen }) => console.log(userID, isFrozen === true));
engine.on(TUICallEvent.ACTIVE_SPEAKER_CHANGED, ({ userID }) => console.log(userID.length));
engine.on(TUICallEvent.ERROR, ({ code, message, msg }) => console.log(code, message, msg));
engine.on(TUICallEvent.onUserSigExpired, () => {});
engine.on('onCallBegin', ({ callId, callRole }) => console.log(callId, callRole === 1));
engine.on('onUserEnter', ({ userID }) => console.log(userID));
engine.on('onSomethingElse', (event) => {
  sure<Same<typeof event, unknown>>();
});
engine.off(TUICallEvent.CALL_END);
engine.once(TUICallEvent.SDK_READY, ({ name }) => console.log(name));

class Screen {
  count = 0;
  private readonly name = 'screen';
  onBegin(this: Screen, { roomID }: TUICallEventMap['onCallBegin']): void {
    this.count += roomID;
  }
  watch(): void {
    engine.on(TUICallEvent.ON_CALL_BEGIN, this.onBegin, this);
    engine.off(TUICallEvent.ON_CALL_BEGIN, this.onBegin, this);
    console.log(this.name);
  }
}
new Screen().watch();

export async function everyMethod(): Promise<void> {
  const nothing: void = await engine.login({ userID: 'alice', userSig: 'eJx', assetsPath: '' });
  await engine.init({ userID: 'alice', userSig: 'eJx' });
  await engine.openCamera('localVideo');
  await engine.openCamera(document.body, false);
  const result: CallResult = await engine.call({ userID: 'bob', type: TUICallType.VIDEO_CALL, timeout: 0 });
  sure<Same<typeof result.callId, string>>();
  sure<Same<typeof result.code, 0>>();
  await engine.calls({
    userIDList: ['bob'],
    type: TUICallType.AUDIO_CALL,
    chatGroupID: 'team',
    timeout: 60,
    roomID: 1,
    strRoomID: 'one',
    userData: '{}',
    offlinePushInfo: { title: 'call', iOSPushType: 1 },
  });
  const { code, message } = await engine.accept();
  await engine.reject();
  await engine.hangup();
  await engine.closeCamera();
  await engine.openMicrophone();
  await engine.closeMicrophone();
  await engine.startRemoteView({ userID: 'bob', videoViewDomID: 'bob', options: { objectFit: 'contain', fillMode: 1 } });
  await engine.stopRemoteView({ userID: 'bob' });
  await engine.startScreenSharing();
  await engine.startScreenSharing({ systemAudio: false });
  await engine.startRemoteView({ userID: 'bob', videoViewDomID: 'bob-screen', streamType: 'screen' });
  await engine.setVideoRenderParams({ userID: 'bob', streamType: 'screen', objectFit: 'contain' });
  await engine.stopRemoteView({ userID: 'bob', streamType: 'screen' });
  await engine.stopScreenSharing();
  engine.on(TUICallEvent.USER_SCREEN_AVAILABLE, ({ userID, isScreenAvailable }) => {
    sure<Same<typeof userID, string>>();
    sure<Same<typeof isScreenAvailable, boolean>>();
  });
  await engine.startLocalView({ userID: 'alice', videoViewDomID: 'local' });
  await engine.stopLocalView({ userID: 'alice' });
  await engine.switchCamera(TUICallCameraPosition.BACK);
  await engine.setVideoRenderParams({ objectFit: 'fill', mirror: true, rotation: 1 });
  await engine.setVideoRenderParams({ userID: 'bob', objectFit: 'cover' });
  await engine.setVideoQuality('720p');
  const profile = await engine.getVideoQuality();
  await engine.setVideoQuality(profile);
  const report: CheckReport = await checkCall({ SDKAppID: 1, userID: 'alice', userSig: 'x', only: ['camera', 'turn'] });
  for (const result of report.results) if (result.name === 'turn') console.log(result.outcome, result.relay, result.advice);
  showStats(engine, document.body, { period: 500 }).stop();
  const { timestamp, members } = await engine.getStats();
  for (const { userID, relayed, received } of members) console.log(timestamp, userID, relayed, received.video?.frameRate);
  const [device] = await engine.getDeviceList(TUICallType.DEVCIED_MICROPHONES);
  sure<Same<typeof device, CallDevice | undefined>>();
  const current = await engine.getCurrentDevice('speaker');
  const switched: true = await engine.switchDevice({ deviceType: 'speaker', deviceId: current.deviceId });
  const { audio, video } = engine.getDevicePermission();
  sure<Same<typeof audio, boolean>>();
  engine.muteAllRemoteAudio(true);
  sure<Same<ReturnType<typeof engine.getCallStatus>, 'idle' | 'calling' | 'connected'>>();
  engine.getTRTCCloudInstance().on('onRecvCustomCmdMsg', (_userID: string) => {}, engine);
  engine.trtcCloud.muteAllRemoteAudio(false);
  await engine.setBlurBackground(0);
  await engine.setVirtualBackground('');
  await engine.setBeautyLevel({ style: 0, beautyLevel: 0, whitenessLevel: 0, ruddinessLevel: 0 });
  await engine.enableMultiDeviceAbility(true);
  await engine.enableAIVoice(true);
  await engine.callExperimentalAPI('{"api":"forceUseV2API","params":{}}');
  engine.reportLog({ name: 'anything' });
  const text: '' = engine.extractCallingInfoFromMessage({});
  console.log(switched, video, text, TUICallErrorCode.NOT_SUPPORT === 60006);
  await engine.setSelfInfo({ nickName: 'Alice' });
  const { data } = await engine.getTim().getUserProfile({ userIDList: ['bob'] });
  sure<Same<(typeof data)[0] | undefined, Profile | undefined>>();
  const chat = TencentCloudChat.create({ SDKAppID: 1, directory: { membersOf: async () => ['bob'] } });
  chat.setDirectory({ profilesOf: (userIDs) => userIDs.map((userID) => ({ userID, nick: '', avatar: '' })) });
  const { memberList, offset } = (await chat.getGroupMemberList({ groupID: 'g' })).data;
  console.log(memberList[0]?.nick, offset + 1, TencentCloudChat.EVENT.SDK_READY);
  engine.setLogLevel(0);
  await engine.logout();
  await engine.destroyInstance();
  console.log(nothing, code, message, ready, alsoEngine, fromScript, slim, slimReady, SlimEvent.CALL_END);
}

export async function errors(): Promise<number> {
  try {
    await everyMethod();
  } catch (error) {
    if (error instanceof TUICallEngineError) {
      sure<Same<typeof error.cause, unknown>>();
      console.log(error.message, error.functionName, error.name === 'TUICallEngineError');
      return error.getCode() + error.code;
    }
  }
  return VIDEO_ENCODER_MAP['720p'];
}
