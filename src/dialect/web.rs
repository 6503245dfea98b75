//! The Web dialect: `TUICallEngine.on(TUICallEvent.X, fn)`. Payloads are supersets of what the vendor's versions
//! 1.2.1 to 3.3.4 send, so that code written against any of them finds its keys.

use super::Emission;
use crate::json::Object;
use call_core::{CallEvent, CallInfo, LinkState, PeerLinkState, Role};
use call_protocol::{MediaType, Reason, UserId};
use std::slice::from_ref;

/// A constant of `TUICallEvent` and the event strings it has had, the current one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventName {
    pub constant: &'static str,
    pub names: &'static [&'static str],
}

macro_rules! events {
    ($($constant:ident $(as $shown:literal)? = $($name:literal),+;)*) => {
        /// Every constant that an application may listen by.
        pub const EVENTS: &[EventName] =
            &[$(EventName { constant: first(&[$($shown,)? stringify!($constant)]), names: &[$($name),+] },)*];

        /// A line for each event: its current name, and behind it those of earlier versions.
        pub const NAMES: &str = concat!($($(" ", $name,)+ "\n",)*);

        pub mod current {
            $(pub const $constant: &str = super::first(&[$($name),+]);)*
        }
    };
}

const fn first(names: &[&'static str]) -> &'static str {
    names[0]
}

events! {
    ERROR = "onError";
    SDK_READY = "sdkReady";
    KICKED_OUT = "onKickedOffLine", "onKickedOut";
    ON_USER_SIG_EXPIRED as "onUserSigExpired" = "onUserSigExpired";
    INVITED = "onInvited";
    ON_CALL_RECEIVED = "onCallReceived";
    ON_CALL_BEGIN = "onCallBegin";
    ON_CALL_CANCELED = "onCallCancelled", "onCallCanceled";
    ON_CALL_NOT_CONNECTED = "onCallNotConnected";
    USER_ACCEPT = "onUserAccept";
    USER_ENTER = "onUserJoin", "onUserEnter";
    USER_LEAVE = "onUserLeave";
    REJECT = "onUserReject", "onReject";
    NO_RESP = "onUserNoResponse", "onNoResp";
    LINE_BUSY = "onUserLineBusy", "onLineBusy";
    CALLING_TIMEOUT = "onCallingTimeout";
    CALLING_CANCEL = "onCallingCancel";
    CALLING_END = "onCallEnd";
    USER_VIDEO_AVAILABLE = "onUserVideoAvailable";
    USER_AUDIO_AVAILABLE = "onUserAudioAvailable";
    USER_SCREEN_AVAILABLE = "onUserScreenAvailable";
    USER_VOICE_VOLUME = "onUserVoiceVolumeChanged", "onUserVoiceVolume";
    GROUP_CALL_INVITEE_LIST_UPDATE = "onGroupCallInviteeListUpdate";
    CALL_TYPE_CHANGED = "onCallMediaTypeChanged", "onCallTypeChanged";
    DEVICED_UPDATED = "onDeviceUpdated";
    ON_DEVICE_CHANGE as "onDeviceChange" = "onDeviceChange";
    ON_USER_NETWORK_QUALITY_CHANGED = "onUserNetworkQualityChanged";
    ON_USER_INVITING = "onUserInviting";
    MESSAGE_SENT_BY_ME = "onMessageSentByMe";
    CALL_MESSAGE = "CALL_MESSAGE";
    CONNECTION_STATE_CHANGED = "onConnectionStateChanged";
    USER_CONNECTION_CHANGED = "onUserConnectionChanged";
    AUTOPLAY_FAILED = "onAutoplayFailed";
    USER_FIRST_VIDEO_FRAME = "onUserFirstVideoFrame";
    USER_VIDEO_FROZEN = "onUserVideoFrozen";
    ACTIVE_SPEAKER_CHANGED = "onActiveSpeakerChanged";
}

/// What the listeners of this dialect get for `event`, in order.
pub fn project(event: &CallEvent) -> Vec<Emission> {
    use current as name;
    let user_event = |event, user: &UserId| with(event, Object::default().text("userID", user.as_str()));
    match event {
        CallEvent::Ready => with(name::SDK_READY, Object::default().text("name", "ts_im_ready")),
        CallEvent::Error { code, message } => {
            with(name::ERROR, Object::default().number("code", *code).text("message", message).text("msg", message))
        }
        CallEvent::Kicked => with(name::KICKED_OUT, Object::default()),
        CallEvent::SigExpired => vec![Emission { event: name::ON_USER_SIG_EXPIRED, argument: None }],
        CallEvent::Link { state, code, message } => with(
            name::CONNECTION_STATE_CHANGED,
            Object::default().text("state", link_state(*state)).number("code", *code).text("message", message),
        ),
        CallEvent::PeerLink { user, state } => with(
            name::USER_CONNECTION_CHANGED,
            Object::default().text("userID", user.as_str()).text("state", peer_link_state(*state)),
        ),
        CallEvent::AutoplayFailed { user } => user_event(name::AUTOPLAY_FAILED, user),
        CallEvent::Received(call) => same(&[name::ON_CALL_RECEIVED, name::INVITED], received(call)),
        CallEvent::Begin(call) => with(name::ON_CALL_BEGIN, info(call)),
        CallEvent::NotConnected { call, reason, by } => {
            same(&[name::ON_CALL_NOT_CONNECTED, name::ON_CALL_CANCELED, name::CALLING_CANCEL], ended(call, *reason, by))
        }
        CallEvent::End { call, reason, by, duration } => {
            let seconds = i64::try_from(duration / 1000).unwrap_or(i64::MAX);
            let milliseconds = i64::try_from(*duration).unwrap_or(i64::MAX);
            let object = ended(call, *reason, by).number("totalTime", seconds).number("callEnd", seconds);
            with(name::CALLING_END, object.number("durationMs", milliseconds))
        }
        CallEvent::MediaTypeChanged { old, new } => {
            let (old, new) = (media(*old), media(*new));
            let object = Object::default().number("oldCallType", old).number("newCallType", new);
            with(name::CALL_TYPE_CHANGED, object.number("oldCallMediaType", old).number("newCallMediaType", new))
        }
        CallEvent::RingingTimeout { inviter, user } => with(
            name::CALLING_TIMEOUT,
            Object::default().text("sponsor", inviter.as_str()).texts("userIDList", from_ref(user)),
        ),
        CallEvent::Accepted { user } => user_event(name::USER_ACCEPT, user),
        CallEvent::Joined { user } => user_event(name::USER_ENTER, user),
        CallEvent::Left { user } => user_event(name::USER_LEAVE, user),
        CallEvent::Rejected { user } => user_event(name::REJECT, user),
        CallEvent::NoResponse { inviter, users } => {
            with(name::NO_RESP, Object::default().texts("userIDList", users).text("sponsor", inviter.as_str()))
        }
        CallEvent::Busy { user } => user_event(name::LINE_BUSY, user),
        CallEvent::Inviting { user } => user_event(name::ON_USER_INVITING, user),
        CallEvent::Members { users } => {
            with(name::GROUP_CALL_INVITEE_LIST_UPDATE, Object::default().texts("userIDList", users))
        }
        CallEvent::Audio { user, on } => with(
            name::USER_AUDIO_AVAILABLE,
            Object::default().text("userID", user.as_str()).flag("isAudioAvailable", *on),
        ),
        CallEvent::Video { user, on } => with(
            name::USER_VIDEO_AVAILABLE,
            Object::default().text("userID", user.as_str()).flag("isVideoAvailable", *on),
        ),
        CallEvent::Screen { user, on } => with(
            name::USER_SCREEN_AVAILABLE,
            Object::default().text("userID", user.as_str()).flag("isScreenAvailable", *on),
        ),
    }
}

/// The page's devices have changed. They are no part of a call, and told as the browser lists them: `report` is JSON.
pub fn devices_updated(report: String) -> Vec<Emission> {
    vec![Emission { event: current::DEVICED_UPDATED, argument: Some(report) }]
}

/// The contract's number of a media type.
pub fn media(kind: MediaType) -> u8 {
    match kind {
        MediaType::Audio => 1,
        MediaType::Video => 2,
    }
}

fn with(event: &'static str, object: Object) -> Vec<Emission> {
    vec![Emission { event, argument: Some(object.finish()) }]
}

fn same(events: &[&'static str], object: Object) -> Vec<Emission> {
    let argument = object.finish();
    let mut emissions = Vec::new();
    for event in events {
        emissions.push(Emission { event, argument: Some(argument.clone()) });
    }
    emissions
}

fn info(call: &CallInfo) -> Object {
    let group = call.chat_group.as_deref().unwrap_or_default();
    Object::default()
        .text("callId", call.id.as_str())
        .text("callID", call.id.as_str())
        .number("roomID", call.room.int)
        .text("strRoomID", &call.room.str)
        .number("callMediaType", media(call.media))
        .number("callRole", if call.role == Role::Caller { 1 } else { 2 })
        .text("chatGroupID", group)
        .text("groupID", group)
        .text("callerId", call.inviter.as_str())
        .text("userData", &call.user_data)
}

fn received(call: &CallInfo) -> Object {
    info(call)
        .text("sponsor", call.inviter.as_str())
        .texts("calleeIdList", &call.callees)
        .texts("userIDList", &call.callees)
        .flag("isFromGroup", call.group)
        .object(
            "inviteData",
            Object::default()
                .number("version", 4)
                .number("callType", media(call.media))
                .number("roomID", call.room.int),
        )
        .text("inviteID", call.id.as_str())
}

fn ended(call: &CallInfo, reason: Reason, by: &Option<UserId>) -> Object {
    info(call).text("userID", by.as_ref().map(UserId::as_str).unwrap_or_default()).number("reason", reason.code())
}

fn link_state(state: LinkState) -> &'static str {
    match state {
        LinkState::Connecting => "connecting",
        LinkState::Connected => "connected",
        LinkState::Reconnecting => "reconnecting",
        LinkState::Disconnected => "disconnected",
    }
}

fn peer_link_state(state: PeerLinkState) -> &'static str {
    match state {
        PeerLinkState::Connecting => "connecting",
        PeerLinkState::Connected => "connected",
        PeerLinkState::Reconnecting => "reconnecting",
        PeerLinkState::Failed => "failed",
    }
}
