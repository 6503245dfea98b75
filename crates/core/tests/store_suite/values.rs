//! Keys and values to store.

use call_core::{
    AppId, Call, CallMedia, Crossed, Deadline, DeadlineKind, Invitation, Key, Member, Origin, Session, SessionId, Value,
};
use call_protocol::{CallId, End, MediaType, MemberState, Phase, Reason, Room, UserId};
use std::sync::Arc;

pub const APP: AppId = 1_400_000_000;

pub fn user(name: &str) -> UserId {
    UserId::try_from(name).unwrap()
}

pub fn call_id(number: u8) -> CallId {
    CallId::from_bits([number; 16])
}

pub fn claim_key(name: &str) -> Key {
    Key::Claim(APP, user(name))
}

pub fn claim(number: u8, generation: u32) -> Value {
    Value::Claim(call_id(number), generation)
}

/// Every optional field set or not, in turn.
pub fn call(number: u8, rev: u32) -> Call {
    let device = "Gerät \"1\" \u{1f4f1}".into();
    let session = Session { id: SessionId(u64::MAX - u64::from(number)), device, node: u64::MAX };
    let full = rev.is_multiple_of(2);
    let phase = [Phase::Ringing, Phase::Connected, Phase::Ended][rev as usize % 3];
    Call {
        app: APP,
        id: call_id(number),
        rev,
        phase,
        group: full,
        origin: Origin { user: user("ann"), session: session.clone() },
        room: Room { int: 7, str: if full { "Raum 1/\\\u{0}".into() } else { String::new() } },
        chat_group: full.then(|| "grüppe".into()),
        media: CallMedia { kind: MediaType::Video, generation: 3, by: user("bob") },
        created_at: 1_700_000_000_000,
        begun_at: full.then_some(1_700_000_000_123),
        updated_at: 1_700_000_000_000 + u64::from(rev),
        end: full.then(|| End { reason: Reason::HangUp, by: Some(user("bob")), at: u64::MAX }),
        crossed: full.then(|| Crossed { user: user("bob"), session: session.clone(), media: MediaType::Audio }),
        invites: vec![Invitation {
            by: user("ann"),
            generation: 1,
            number: rev,
            callees: vec![user("bob")],
            user_data: "{\"x\": [1, \"ü\"]}\n".repeat(if full { 200 } else { 1 }),
            timeout: 30_000,
        }],
        next_join: 3,
        members: (0..if full { 32 } else { 2 }).map(|n| member(n, full, &session)).collect(),
    }
}

fn member(number: u32, full: bool, session: &Session) -> Member {
    Member {
        user: user(&format!("user{number}")),
        generation: 1 + number,
        invite: (number > 0).then_some(0),
        state: if full { MemberState::Joined } else { MemberState::Ringing },
        reason: full.then_some(Reason::AnsweredElsewhere),
        by: full.then(|| user("ann")),
        at: 1_700_000_000_000,
        deadline: (!full).then_some(Deadline { kind: DeadlineKind::Ring, at: 1_700_000_030_000 }),
        session: full.then(|| session.clone()),
        away_since: full.then_some(1_700_000_000_002),
        joined_at: full.then_some(1_700_000_000_001),
        join_no: number,
        prev: full.then(|| Box::new(Member { state: MemberState::Rejected, ..member(number, false, session) })),
    }
}

pub fn call_key(number: u8) -> Key {
    Key::Call(APP, call_id(number))
}

pub fn call_value(number: u8, rev: u32) -> Value {
    Value::Call(Arc::new(call(number, rev)))
}
