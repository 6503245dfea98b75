// Each directive stands before the one line that must not compile; a test counts them.
import { install, TUICallEngine as UniEngine } from 'open-call-engine/uniapp';
import { TUICallingEvent } from 'open-call-engine/global-event';
import { CallEndReason, TUICallEngine, TUICallMediaType, TUICallObserver } from 'open-call-engine/observer';
import { MediaType, TUICallEvent, TUICallKit } from 'open-call-engine/harmony';

// @ts-expect-error not an object
install('uni');
// @ts-expect-error no such event
UniEngine.addEventListener('onCallStarted', () => {});
// @ts-expect-error not in this dialect
UniEngine.addEventListener('onCallNotConnected', () => {});
// @ts-expect-error another spelling
UniEngine.addEventListener('onCallReceived', (res) => res.callerID);
// @ts-expect-error one user at a time
UniEngine.addEventListener('onUserNoResponse', (res) => res.userIDList);
// @ts-expect-error a room number
UniEngine.addEventListener('onCallBegin', (res) => res.roomID.intRoomId);
// @ts-expect-error not a function
UniEngine.addEventListener('onCallEnd', 'listener');
// @ts-expect-error seconds as a number
UniEngine.addEventListener('onCallEnd', ({ totalTime }) => totalTime.length);
// @ts-expect-error no userSig
UniEngine.login({ SDKAppID: 1, userID: 'ann' });
// @ts-expect-error voice is 1, video 2
UniEngine.call({ userID: 'ben', callMediaType: 0 });
// @ts-expect-error not an observer
UniEngine.addObserver({});

// @ts-expect-error the older plugin has five events
TUICallingEvent.addEventListener('onUserJoin', () => {});
// @ts-expect-error it has no user data
TUICallingEvent.addEventListener('onCallReceived', (res) => res.userData);
// @ts-expect-error named callerId
TUICallingEvent.addEventListener('onCallCancelled', (res) => res.userId);

// @ts-expect-error no such callback
new TUICallObserver({ onCallStarted: () => {} });
// @ts-expect-error positional
new TUICallObserver({ onUserJoin: ({ userId }) => userId });
// @ts-expect-error the fourth is the media type
new TUICallObserver({ onCallReceived: (_callId, _callerId, _list, mediaType) => mediaType.role });
// @ts-expect-error milliseconds as a number
new TUICallObserver({ onCallEnd: (_callId, _mediaType, _reason, _userId, totalTime) => totalTime.length });
// @ts-expect-error callbacks, not an observer
void TUICallEngine.instance.addObserver(() => {});
// @ts-expect-error three arguments
void TUICallEngine.instance.init({ sdkAppID: 1, userId: 'ann', userSig: 'eJx' });
// @ts-expect-error a list
void TUICallEngine.instance.calls('ben', TUICallMediaType.video);
// @ts-expect-error no such media type
void TUICallEngine.instance.call('ben', 3);
// @ts-expect-error there is one instance
TUICallEngine.instance = new TUICallEngine();
// @ts-expect-error another spelling
console.log(CallEndReason.Hangup);

// @ts-expect-error no such constant
TUICallKit.on(TUICallEvent.onUserInviting, () => {});
// @ts-expect-error the room is an object
TUICallKit.on(TUICallEvent.onCallBegin, (res) => res.roomId.toFixed());
// @ts-expect-error not a media type of this dialect
TUICallKit.on(TUICallEvent.onCallBegin, (res) => res.callMediaType === 2);
// @ts-expect-error a Map, not an object around it
TUICallKit.on(TUICallEvent.onUserNetworkQualityChanged, (res) => res.networkQualityList);
// @ts-expect-error the kit's own spelling
TUICallKit.login({ SDKAppID: 1, userID: 'ann', userSig: 'eJx' });
// @ts-expect-error two callbacks
TUICallKit.logout({ success: () => {} });
// @ts-expect-error no such member
console.log(MediaType.None);
// @ts-expect-error constants are constant
TUICallEvent.onError = 'onError';
