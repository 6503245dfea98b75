use call_core::{AppId, Entry, Invite, NodeEpoch, Place, Session, SessionId};
use call_protocol::{CallId, Join, MediaType, Millis, Room, UserId};

pub const APP: AppId = 1_400_000_001;
pub const START: Millis = 1_700_000_000_000;
pub const RING: Millis = 30_000;
pub const GRACE: Millis = 20_000;
pub const NODE: NodeEpoch = 7;

pub fn user(name: &str) -> UserId {
    UserId::try_from(name).unwrap()
}

pub fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| user(name)).collect()
}

pub fn call_id(number: u8) -> CallId {
    CallId::from_bits([number; 16])
}

/// The session of a user on a device: "bob" is on the first one, "bob/phone" on another.
pub fn session(name: &str) -> Session {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Session { id: SessionId(hash), device: format!("device of {name}").into(), node: NODE }
}

/// A voice call, in a group if there are several callees.
pub fn place(number: u8, caller: &str, callees: &[&str]) -> Place {
    Place {
        app: APP,
        call: call_id(number),
        caller: user(caller),
        session: session(caller),
        callees: users(callees),
        media: MediaType::Audio,
        group: callees.len() > 1,
        room: Room::default(),
        room_number: 1000 + u32::from(number),
        chat_group: None,
        user_data: format!("data of {caller}"),
        timeout: RING,
    }
}

/// A voice call of a chat group.
pub fn place_in(number: u8, caller: &str, callees: &[&str], group: &str, room: u32) -> Place {
    let room = Room { int: room, str: String::new() };
    Place { group: true, chat_group: Some(group.into()), room, ..place(number, caller, callees) }
}

/// The first invitation by a member's first membership.
pub fn invite(number: u8, by: &str, callees: &[&str]) -> Invite {
    Invite {
        app: APP,
        call: call_id(number),
        by: user(by),
        generation: 1,
        session: session(by).id,
        number: 1,
        callees: users(callees),
        user_data: format!("data of {by}"),
        timeout: RING,
    }
}

/// `who` is a session: "bob", or "bob/phone" for another one of his.
pub fn entry(number: u8, who: &str) -> Entry {
    let name = who.split('/').next().unwrap_or(who);
    Entry { app: APP, user: user(name), session: session(who), to: Join::Call(call_id(number)) }
}

pub fn entry_in(group: &str, room: u32, who: &str) -> Entry {
    let room = Room { int: room, str: String::new() };
    Entry { to: Join::Room { group: group.into(), room }, ..entry(0, who) }
}
