// Each directive stands before the one line that must not compile; a test counts them.
import { CallEndReason, TUICallEngine, TUICallEngineError, TUICallEvent, TUICallType } from 'open-call-engine';

// @ts-expect-error no SDKAppID
TUICallEngine.createInstance({});
// @ts-expect-error not a number
TUICallEngine.createInstance({ SDKAppID: '1400000001' });
// @ts-expect-error no such policy
TUICallEngine.createInstance({ SDKAppID: 1, iceTransportPolicy: 'none' });
// @ts-expect-error no such option
TUICallEngine.createInstance({ SDKAppID: 1, serverURL: 'http://localhost' });
// @ts-expect-error only ready
TUICallEngine.once('redy', () => {});
// @ts-expect-error the wasm is inside
TUICallEngine.ready('/engine_bg.wasm');
// @ts-expect-error a string
TUICallEngine.setServer(new URL('http://localhost'));

const engine = TUICallEngine.createInstance({ SDKAppID: 1400000001 });

// @ts-expect-error no userSig
void engine.login({ userID: 'alice' });
// @ts-expect-error no type
void engine.call({ userID: 'bob' });
// @ts-expect-error not a media type
void engine.call({ userID: 'bob', type: 3 });
// @ts-expect-error a device type is no media type
void engine.call({ userID: 'bob', type: TUICallType.DEVCIED_CAMERA });
// @ts-expect-error a list of users
void engine.calls({ userIDList: 'bob', type: 1 });
// @ts-expect-error seconds as a number
void engine.call({ userID: 'bob', type: 1, timeout: '30' });
// @ts-expect-error call takes one user
void engine.call({ userIDList: ['bob'], type: 1 });
// @ts-expect-error takes nothing
void engine.accept(1);
// @ts-expect-error an id or an element
void engine.openCamera(5);
// @ts-expect-error no container
void engine.startRemoteView({ userID: 'bob' });
// @ts-expect-error no such fit
void engine.startRemoteView({ userID: 'bob', videoViewDomID: 'bob', options: { objectFit: 'stretch' } });
// @ts-expect-error a camera or a screen
void engine.startRemoteView({ userID: 'bob', videoViewDomID: 'bob', streamType: 'window' });
// @ts-expect-error yes or no
void engine.startScreenSharing({ systemAudio: 'yes' });
// @ts-expect-error no such level
engine.setLogLevel(9);
// @ts-expect-error not a method of this engine
void engine.handsUp();
// @ts-expect-error the wasm object's own method is not for applications
engine.free();

// @ts-expect-error no such profile
engine.setVideoQuality('8K');
// @ts-expect-error no such type of device
engine.getDeviceList('printer');
// @ts-expect-error a device by its id
engine.switchDevice({ deviceType: 'camera' });
// @ts-expect-error 0 or 1
engine.switchCamera(2);
// @ts-expect-error quarter turns
engine.setVideoRenderParams({ rotation: 90 });
// @ts-expect-error made by the engine
engine.trtcCloud = engine.getTRTCCloudInstance();

// @ts-expect-error no such constant
engine.on(TUICallEvent.ON_CALL_ENDED, () => {});
// @ts-expect-error no such field
engine.on(TUICallEvent.INVITED, (event) => event.caller);
// @ts-expect-error a string
engine.on(TUICallEvent.INVITED, (event) => event.sponsor.toFixed());
// @ts-expect-error seconds as a number
engine.on(TUICallEvent.CALL_END, ({ totalTime }) => totalTime.length);
// @ts-expect-error no such reason
engine.on(TUICallEvent.CALL_END, ({ reason }) => reason === 99);
// @ts-expect-error not this event's payload
engine.on(TUICallEvent.USER_ENTER, (event: { isVideoAvailable: boolean }) => event.isVideoAvailable);
// @ts-expect-error called without an argument
engine.on(TUICallEvent.onUserSigExpired, (event) => event.code);
// @ts-expect-error nothing is known of other events
engine.on('onSomethingElse', (event) => event.userID);
// @ts-expect-error not a function
engine.on(TUICallEvent.CALL_END, 'listener');
// @ts-expect-error no listener
engine.on(TUICallEvent.CALL_END);
// @ts-expect-error a context of another type than the listener's this
engine.on(TUICallEvent.CALL_END, function (this: { count: number }) {}, { name: 'x' });

// @ts-expect-error texts
engine.setSelfInfo({ nickName: 5 });
// @ts-expect-error profiles belong to the chat
engine.tim = engine.getTim();

// @ts-expect-error constants are constant
TUICallEvent.CALL_END = 'onCallEnd';
// @ts-expect-error no such reason
console.log(CallEndReason.HungUp);
// @ts-expect-error a number
new TUICallEngineError('-1202', 'wrong', 'login');
// @ts-expect-error read-only
new TUICallEngineError(-1202, 'wrong', 'login').code = 5;
