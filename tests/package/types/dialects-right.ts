import plugin, { install, TUICallEngine as UniEngine, type UniappEventMap, type UniResult } from 'open-call-engine/uniapp';
import { install as installOlder, TUICallingEvent } from 'open-call-engine/global-event';
import {
  CallEndReason,
  TUICallEngine,
  TUICallMediaType,
  TUICallObserver,
  TUICallRole,
  TUICamera,
  TUINetworkQuality,
  type CallObserverExtraInfo,
  type TUIResult,
} from 'open-call-engine/observer';
import { MediaType, NetworkQuality, TUICallEvent, TUICallKit, type RoomId } from 'open-call-engine/harmony';
import { TUICallEngine as WebEngine } from 'open-call-engine';

/** Fails unless both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const sure = <T extends true>(): T | void => {};

WebEngine.setServer('https://calls.example.com');

// uni-app
const undo: () => void = install();
install({ requireNativePlugin: (name: string) => name });
installOlder();
UniEngine.addEventListener('onCallReceived', (res) => {
  sure<Same<typeof res, UniappEventMap['onCallReceived']>>();
  sure<Same<typeof res.calleeIdList, string[]>>();
});
UniEngine.addEventListener('onUserVoiceVolumeChanged', ({ volumeMap }) => console.log(volumeMap.get('ann'), undo, plugin));
UniEngine.addEventListener('onUserNetworkQualityChanged', ({ networkQualityList }) =>
  networkQualityList.map(({ userId, quality }) => [userId, quality]),
);
const heard = ({ userId }: { userId: string }): void => console.log(userId);
UniEngine.addEventListener('onCallCancelled', heard);
UniEngine.removeEventListener('onCallCancelled', heard);
UniEngine.removeEventListener('onCallCancelled');
TUICallingEvent.addEventListener('onCallReceived', ({ isGroupCall }) => sure<Same<typeof isGroupCall, boolean>>());
TUICallingEvent.addEventListener('onCallEnd', ({ totalTime, roomID }) => totalTime / 1000 + roomID);

export async function uni(): Promise<UniResult> {
  UniEngine.login({ SDKAppID: 1, userID: 'ann', userSig: 'eJx' }, ({ code, msg }) => console.log(code, msg));
  UniEngine.calls({ userIDList: ['ben'], callMediaType: 2, callParams: { roomID: 0, timeout: 30 } }, (res) => console.log(res.callId));
  UniEngine.hangup();
  UniEngine.openCamera('local', (res) => console.log(res.code));
  await TUICallingEvent.setSelfInfo({ nickName: 'Ann' });
  await UniEngine.enableFloatWindow(true);
  return UniEngine.accept();
}

// Flutter
const observer = new TUICallObserver({
  onCallReceived: (callId, callerId, calleeIdList, mediaType, info) => {
    sure<Same<typeof calleeIdList, string[]>>();
    sure<Same<typeof info, CallObserverExtraInfo>>();
    console.log(callId, callerId, mediaType === TUICallMediaType.video, info.roomId.intRoomId, info.role === TUICallRole.called);
  },
  onCallEnd: (_callId, _mediaType, reason, _userId, totalTime) => {
    sure<Same<typeof totalTime, number>>();
    console.log(reason === CallEndReason.hangup);
  },
  onUserNetworkQualityChanged: (list) => console.log(list.some(({ quality }) => quality === TUINetworkQuality.down)),
  onKickedOffline: () => {},
});

export async function flutter(): Promise<TUIResult> {
  await TUICallEngine.instance.addObserver(observer);
  await TUICallEngine.instance.removeObserver(observer);
  const { code } = await TUICallEngine.instance.init(1, 'ann', 'eJx');
  sure<Same<typeof code, string>>();
  await TUICallEngine.instance.calls(['ben'], TUICallMediaType.video, { roomId: { intRoomId: 7 }, timeout: 30, userData: null });
  await TUICallEngine.instance.openCamera(TUICamera.front, document.body);
  await TUICallEngine.instance.setVideoEncoderParams({ resolution: 2, resolutionMode: 0 });
  return TUICallEngine.instance.hangup();
}

// TUICallKit.on(TUICallEvent.onX, …)
TUICallKit.on(TUICallEvent.onCallBegin, (res) => {
  sure<Same<typeof res.roomId, RoomId>>();
  console.log(res.callMediaType === MediaType.Video, res.callRole);
});
TUICallKit.on(TUICallEvent.onUserNetworkQualityChanged, (networkQuality) => {
  for (const [key, value] of networkQuality) console.log(key, value === NetworkQuality.Vbad);
});
TUICallKit.on(TUICallEvent.onError, ({ code, errorCode, message, errorMessage }) => console.log(code, errorCode, message, errorMessage));
// As on the vendor's page.
TUICallKit.on(TUICallEvent.onUserVoiceVolumeChanged, (res: any) => console.log(res));
TUICallKit.off(TUICallEvent.onCallBegin);

export function kit(): void {
  TUICallKit.login({ sdkAppId: 1, userId: 'ann', userSig: 'eJx' }, () => {}, (errCode, errMsg) => console.log(errCode, errMsg));
  TUICallKit.call({ userId: 'ben', mediaType: MediaType.Audio, callParams: { roomId: { strRoomId: 'r' } } }, () => {});
  TUICallKit.setSelfInfo('Ann', '');
  TUICallKit.accept();
}
