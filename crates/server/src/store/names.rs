//! Keys as text.

use super::record::{RecordKey, SessionKey};
use call_core::{Key, SessionId};

/// Like `call.1400000000.<call id>`: first the kind, then the app.
pub fn text(key: &RecordKey) -> String {
    match key {
        RecordKey::Core(Key::Call(app, call)) => format!("call.{app}.{call}"),
        RecordKey::Core(Key::Claim(app, user)) => format!("claim.{app}.{user}"),
        RecordKey::Session(SessionKey { app, user, id }) => format!("session.{app}.{user}.{:016x}", id.0),
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
        "session" => {
            let user = part()?.try_into().ok()?;
            let id = SessionId(u64::from_str_radix(part()?, 16).ok()?);
            RecordKey::Session(SessionKey { app, user, id })
        }
        _ => return None,
    };
    parts.next().is_none().then_some(key)
}
