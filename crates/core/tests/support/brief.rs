//! Events in few words, so that a whole history reads as one list.
#![allow(dead_code)] // each test binary uses its own part

use call_core::{CallEvent, Role};
use call_protocol::UserId;

pub fn brief(event: &CallEvent) -> String {
    match event {
        CallEvent::Received(call) => format!("received from {}", call.inviter),
        CallEvent::Begin(call) if call.role == Role::Caller => "begin as caller".into(),
        CallEvent::Begin(_) => "begin as callee".into(),
        CallEvent::NotConnected { reason, by, .. } => format!("not connected: {reason:?} by {}", name(by)),
        CallEvent::End { reason, by, duration, .. } => format!("end: {reason:?} by {} after {duration}", name(by)),
        CallEvent::MediaTypeChanged { old, new } => format!("{old:?} becomes {new:?}"),
        CallEvent::RingingTimeout { .. } => "own ringing expired".into(),
        CallEvent::Accepted { user } => format!("accepted {user}"),
        CallEvent::Joined { user } => format!("joined {user}"),
        CallEvent::Left { user } => format!("left {user}"),
        CallEvent::Rejected { user } => format!("rejected {user}"),
        CallEvent::NoResponse { users, .. } => format!("no response {}", list(users)),
        CallEvent::Busy { user } => format!("busy {user}"),
        CallEvent::Inviting { user } => format!("inviting {user}"),
        CallEvent::Members { users } => format!("members {}", list(users)),
        CallEvent::Audio { user, on } => format!("audio {user} {on}"),
        CallEvent::Video { user, on } => format!("video {user} {on}"),
        CallEvent::Screen { user, on } => format!("screen {user} {on}"),
        CallEvent::Ready => "ready".into(),
        CallEvent::Kicked => "kicked".into(),
        CallEvent::SigExpired => "userSig expired".into(),
        CallEvent::Link { state, .. } => format!("link {state:?}"),
        CallEvent::PeerLink { user, state } => format!("connection to {user} {state:?}"),
        other => format!("{other:?}"),
    }
}

/// Without the lists of members, which repeat what the other lines say; a test of their own reads them.
pub fn briefs(events: &[CallEvent]) -> Vec<String> {
    events.iter().filter(|event| !matches!(event, CallEvent::Members { .. })).map(brief).collect()
}

fn name(by: &Option<UserId>) -> &str {
    by.as_ref().map_or("nobody", |by| by.as_str())
}

fn list(users: &[UserId]) -> String {
    users.iter().map(|user| user.as_str()).collect::<Vec<_>>().join(" ")
}
