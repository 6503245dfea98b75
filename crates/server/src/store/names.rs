//! Keys as text.

use super::record::{RecordKey, SessionKey};
use crate::{profiles::ProfileKey, random::hex};
use call_core::{Key, SessionId};
use call_protocol::Room;

/// Like `call.1400000000.<call id>`: first the kind, then the app.
pub fn text(key: &RecordKey) -> String {
    match key {
        RecordKey::Core(Key::Call(app, call)) => format!("call.{app}.{call}"),
        RecordKey::Core(Key::Claim(app, user)) => format!("claim.{app}.{user}"),
        RecordKey::Core(Key::Room(app, group, room)) => {
            format!("room.{app}.{}.{}.{}", free(group), room.int, free(&room.str))
        }
        RecordKey::Session(SessionKey { app, user, id }) => format!("session.{app}.{user}.{:016x}", id.0),
        RecordKey::Profile(ProfileKey { app, user }) => format!("profile.{app}.{user}"),
    }
}

/// The key that `text` was made of.
pub fn key(text: &str) -> Option<RecordKey> {
    let mut parts = text.split('.');
    let kind = parts.next()?;
    let app = parts.next()?.parse().ok()?;
    let mut part = || parts.next();
    let key = match kind {
        "call" => RecordKey::Core(Key::Call(app, part()?.try_into().ok()?)),
        "claim" => RecordKey::Core(Key::Claim(app, part()?.try_into().ok()?)),
        "room" => {
            let group = unhex(part()?)?;
            let int = part()?.parse().ok()?;
            RecordKey::Core(Key::Room(app, group, Room { int, str: unhex(part()?)? }))
        }
        "session" => {
            let user = part()?.try_into().ok()?;
            let id = SessionId(u64::from_str_radix(part()?, 16).ok()?);
            RecordKey::Session(SessionKey { app, user, id })
        }
        "profile" => RecordKey::Profile(ProfileKey { app, user: part()?.try_into().ok()? }),
        _ => return None,
    };
    parts.next().is_none().then_some(key)
}

/// Names that are any text are written as hexadecimal digits. No part of a key is empty: NATS would not have it.
fn free(name: &str) -> String {
    if name.is_empty() { NO_NAME.into() } else { hex(name.as_bytes()) }
}

const NO_NAME: &str = "-";

fn unhex(digits: &str) -> Option<String> {
    if digits == NO_NAME {
        return Some(String::new());
    }
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}
