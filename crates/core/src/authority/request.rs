use crate::call::{AppId, Session, SessionId};
use call_protocol::{CallId, Generation, Join, MediaType, Millis, Room, UserId};
use std::collections::HashSet;

/// A call to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub app: AppId,
    pub call: CallId,
    pub caller: UserId,
    /// The caller's session, which takes part in the call.
    pub session: Session,
    /// The caller's own id is dropped, doubles count once.
    pub callees: Vec<UserId>,
    pub media: MediaType,
    /// A call with more than one callee is a group call in any case.
    pub group: bool,
    pub room: Room,
    /// The room's number where `room` is empty.
    pub room_number: u32,
    /// With the room it makes a place where the call can be found, unless another running call is there.
    pub chat_group: Option<String>,
    pub user_data: String,
    /// Milliseconds of ringing; 0 = for ever.
    pub timeout: Millis,
}

/// More users for a running call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    pub app: AppId,
    pub call: CallId,
    /// The inviter, its membership and its session.
    pub by: UserId,
    pub generation: Generation,
    pub session: SessionId,
    /// Given by the inviter, unique in its membership, so that a repeated invitation is recognised; 0 = none.
    pub number: u32,
    /// The inviter's own id is dropped, doubles count once, and so does who is in the call.
    pub callees: Vec<UserId>,
    pub user_data: String,
    /// Milliseconds of ringing; 0 = for ever.
    pub timeout: Millis,
}

/// Somebody who wants to join a running call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub app: AppId,
    pub user: UserId,
    pub session: Session,
    pub to: Join,
}

/// Each once, and not the one who calls.
pub(super) fn distinct(callees: &[UserId], caller: &UserId) -> Vec<UserId> {
    let mut seen = HashSet::from([caller]);
    callees.iter().filter(|callee| seen.insert(callee)).cloned().collect()
}
