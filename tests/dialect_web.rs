//! The Web dialect's table, natively: names, arguments, and agreement with the package's constants.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use call_core::{CallEvent, CallInfo, LinkState, PeerLinkState, Role};
use call_protocol::{CallId, MediaType, Reason, Room, UserId};
use open_call_engine::dialect::web::{EVENTS, NAMES, devices_updated, project};
use serde_json::{Value, json};
use std::sync::Arc;

fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

fn info(role: Role) -> Arc<CallInfo> {
    Arc::new(CallInfo {
        id: CallId::from_bits([1; 16]),
        room: Room { int: 77, str: "r".into() },
        media: MediaType::Video,
        role,
        group: false,
        chat_group: None,
        caller: user("ann"),
        inviter: user("ann"),
        callees: vec![user("ben")],
        user_data: "quote \" and \\ and \n".into(),
    })
}

fn told(event: &CallEvent) -> Vec<(&'static str, Option<Value>)> {
    let parse = |text: String| serde_json::from_str(&text).unwrap();
    project(event).into_iter().map(|emission| (emission.event, emission.argument.map(parse))).collect()
}

fn call(role: u8) -> Value {
    let id = "01".repeat(16);
    json!({
        "callId": id, "callID": id, "roomID": 77, "strRoomID": "r", "callMediaType": 2, "callRole": role,
        "chatGroupID": "", "groupID": "", "callerId": "ann", "userData": "quote \" and \\ and \n",
    })
}

fn and(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

#[test]
fn an_invitation_is_told_twice_with_one_object() {
    let payload = and(
        call(2),
        json!({
            "sponsor": "ann", "calleeIdList": ["ben"], "userIDList": ["ben"], "isFromGroup": false,
            "inviteData": { "version": 4, "callType": 2, "roomID": 77 }, "inviteID": "01".repeat(16),
        }),
    );
    let expected = vec![("onCallReceived", Some(payload.clone())), ("onInvited", Some(payload))];
    assert_eq!(told(&CallEvent::Received(info(Role::Callee))), expected);
}

#[test]
fn not_connected_is_the_triple() {
    let event = CallEvent::NotConnected { call: info(Role::Caller), reason: Reason::LineBusy, by: Some(user("ben")) };
    let payload = and(call(1), json!({ "userID": "ben", "reason": 5 }));
    let names = ["onCallNotConnected", "onCallCancelled", "onCallingCancel"];
    assert_eq!(told(&event), names.map(|name| (name, Some(payload.clone()))));
}

#[test]
fn the_end_tells_seconds_rounded_down_and_milliseconds() {
    let event = CallEvent::End { call: info(Role::Callee), reason: Reason::HangUp, by: None, duration: 61_999 };
    let payload =
        and(call(2), json!({ "userID": "", "reason": 1, "totalTime": 61, "callEnd": 61, "durationMs": 61_999 }));
    assert_eq!(told(&event), [("onCallEnd", Some(payload))]);
}

#[test]
fn every_other_event() {
    let ben = || user("ben");
    let rows = [
        (CallEvent::Ready, "sdkReady", Some(json!({ "name": "ts_im_ready" }))),
        (
            CallEvent::Error { code: 60003, message: "m".into() },
            "onError",
            Some(json!({ "code": 60003, "message": "m", "msg": "m" })),
        ),
        (CallEvent::Kicked, "onKickedOffLine", Some(json!({}))),
        (CallEvent::SigExpired, "onUserSigExpired", None),
        (
            CallEvent::Link { state: LinkState::Reconnecting, code: 1006, message: String::new() },
            "onConnectionStateChanged",
            Some(json!({ "state": "reconnecting", "code": 1006, "message": "" })),
        ),
        (
            CallEvent::PeerLink { user: ben(), state: PeerLinkState::Failed },
            "onUserConnectionChanged",
            Some(json!({ "userID": "ben", "state": "failed" })),
        ),
        (CallEvent::AutoplayFailed { user: ben() }, "onAutoplayFailed", Some(json!({ "userID": "ben" }))),
        (CallEvent::Begin(info(Role::Caller)), "onCallBegin", Some(call(1))),
        (
            CallEvent::MediaTypeChanged { old: MediaType::Video, new: MediaType::Audio },
            "onCallMediaTypeChanged",
            Some(json!({ "oldCallType": 2, "newCallType": 1, "oldCallMediaType": 2, "newCallMediaType": 1 })),
        ),
        (
            CallEvent::RingingTimeout { inviter: user("ann"), user: ben() },
            "onCallingTimeout",
            Some(json!({ "sponsor": "ann", "userIDList": ["ben"] })),
        ),
        (CallEvent::Accepted { user: ben() }, "onUserAccept", Some(json!({ "userID": "ben" }))),
        (CallEvent::Joined { user: ben() }, "onUserJoin", Some(json!({ "userID": "ben" }))),
        (CallEvent::Left { user: ben() }, "onUserLeave", Some(json!({ "userID": "ben" }))),
        (CallEvent::Rejected { user: ben() }, "onUserReject", Some(json!({ "userID": "ben" }))),
        (
            CallEvent::NoResponse { inviter: user("ann"), users: vec![ben(), user("carl")] },
            "onUserNoResponse",
            Some(json!({ "userIDList": ["ben", "carl"], "sponsor": "ann" })),
        ),
        (CallEvent::Busy { user: ben() }, "onUserLineBusy", Some(json!({ "userID": "ben" }))),
        (CallEvent::Inviting { user: ben() }, "onUserInviting", Some(json!({ "userID": "ben" }))),
        (
            CallEvent::Members { users: vec![user("ann"), ben()] },
            "onGroupCallInviteeListUpdate",
            Some(json!({ "userIDList": ["ann", "ben"] })),
        ),
        (
            CallEvent::Audio { user: ben(), on: true },
            "onUserAudioAvailable",
            Some(json!({ "userID": "ben", "isAudioAvailable": true })),
        ),
        (
            CallEvent::Video { user: ben(), on: false },
            "onUserVideoAvailable",
            Some(json!({ "userID": "ben", "isVideoAvailable": false })),
        ),
        (
            CallEvent::Screen { user: ben(), on: true },
            "onUserScreenAvailable",
            Some(json!({ "userID": "ben", "isScreenAvailable": true })),
        ),
    ];
    for (event, name, payload) in rows {
        assert_eq!(told(&event), [(name, payload)]);
    }
}

#[test]
fn devices_are_told_as_the_browser_lists_them() {
    let [told] = &devices_updated("{\"cameraList\":[]}".into())[..] else { panic!("one event") };
    assert_eq!((told.event, told.argument.as_deref()), ("onDeviceUpdated", Some("{\"cameraList\":[]}")));
}

#[test]
fn every_event_has_a_line_of_its_names() {
    let lines: Vec<Vec<&str>> = NAMES.lines().map(|line| line.split_whitespace().collect()).collect();
    let names: Vec<&[&str]> = EVENTS.iter().map(|event| event.names).collect();
    assert_eq!(lines, names);
}

/// The package has the constants before any wasm runs, so they stand there once more.
#[test]
fn the_package_names_the_same_constants() {
    let source = include_str!("../pkg-template/events.js");
    let quoted = |line: &str| {
        let (constant, value) = line.trim().strip_suffix("',")?.split_once(": '")?;
        Some((constant.to_owned(), value.to_owned()))
    };
    let mut packaged: Vec<(String, String)> = source.lines().filter_map(quoted).collect();
    // Names that later versions of the contract gave to one event.
    let aliases = ["CALL_END", "ON_CALL_END"];
    for alias in aliases {
        let end = ("CALLING_END".to_owned(), "onCallEnd".to_owned());
        assert!(packaged.contains(&(alias.to_owned(), end.1)));
        packaged.retain(|(constant, _)| constant != alias);
    }
    let table: Vec<(String, String)> =
        EVENTS.iter().map(|event| (event.constant.to_owned(), event.names[0].to_owned())).collect();
    assert_eq!(packaged, table);
}
