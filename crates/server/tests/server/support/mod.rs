//! A server and its clients.

mod client;
pub mod http;
mod server;

pub use client::{Client, Got, Lost, Sent, call_id, invite, login};
pub use http::{HttpAnswer, get, post};
pub use server::{APP, Server, now, quick};

use call_protocol::{MemberState, MemberView, Snapshot, UserId};

pub fn user(name: &str) -> UserId {
    UserId::try_from(name).unwrap()
}

/// The state of a member in a snapshot.
pub fn state(call: &Snapshot, name: &str) -> MemberState {
    member(call, name).state
}

pub fn member<'a>(call: &'a Snapshot, name: &str) -> &'a MemberView {
    call.member(&user(name)).unwrap_or_else(|| panic!("{name} is a member"))
}
