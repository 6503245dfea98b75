#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    names::{key, text},
    record::{RecordKey, SessionKey},
};
use crate::profiles::ProfileKey;
use call_core::{Key, SessionId};
use call_protocol::{CallId, Room, UserId};

#[test]
fn keys_are_text_and_back() {
    let user = UserId::try_from("Ann_b-7").unwrap();
    let call = CallId::from_bits([0xa5; 16]);
    let room = |int, str: &str| Room { int, str: str.into() };
    let cases = [
        (RecordKey::Core(Key::Call(7, call)), "call.7.a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"),
        (RecordKey::Core(Key::Claim(u32::MAX, user.clone())), "claim.4294967295.Ann_b-7"),
        (RecordKey::Core(Key::Room(7, "a.b".into(), room(9, ""))), "room.7.612e62.9.-"),
        (RecordKey::Core(Key::Room(7, "\u{e4}".into(), room(0, "x"))), "room.7.c3a4.0.78"),
        (RecordKey::Profile(ProfileKey { app: 7, user: user.clone() }), "profile.7.Ann_b-7"),
        (RecordKey::Session(SessionKey { app: 7, user, id: SessionId(0xabc) }), "session.7.Ann_b-7.0000000000000abc"),
    ];
    for (made, expected) in cases {
        assert_eq!(text(&made), expected);
        assert_eq!(key(expected), Some(made));
    }
    let as_before = RecordKey::Core(Key::Room(7, "a.b".into(), room(9, "")));
    assert_eq!(key("room.7.612e62.9."), Some(as_before), "databases may have it so");
}

#[test]
fn what_is_no_key_is_none() {
    let texts =
        ["", "call", "call.7", "call.7.x", "call.x.a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", "claim.7.", "claim.7.a.b"];
    for text in texts.into_iter().chain([
        "claim.-1.ann",
        "session.7.ann",
        "session.7.ann.xyz",
        "profile.7.ann.b",
        "other.7.ann",
        "room.7.6.1.",
        "room.7.ff.1.",
        "room.7.+1.1.",
    ]) {
        assert_eq!(key(text), None, "{text}");
    }
}
