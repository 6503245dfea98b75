use call_protocol::{CallId, MediaType, Millis, Reason, Room, UserId};
use std::sync::Arc;

/// What an application is told: the one canonical event model. A dialect is a table from these to names and
/// arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEvent {
    /// Logged in.
    Ready,
    Error {
        code: i32,
        message: String,
    },
    /// The user logged in elsewhere; a running call has ended before this.
    Kicked,
    SigExpired,
    /// The connection to the server.
    Link {
        state: LinkState,
        code: i32,
        message: String,
    },
    /// The media connection to a member.
    PeerLink {
        user: UserId,
        state: PeerLinkState,
    },
    /// A picture or sound waits for a gesture of the person.
    AutoplayFailed {
        user: UserId,
    },

    Received(Arc<CallInfo>),
    Begin(Arc<CallInfo>),
    /// The call is over for this session and had not begun for it.
    NotConnected {
        call: Arc<CallInfo>,
        reason: Reason,
        by: Option<UserId>,
    },
    /// The call is over for this session. `duration` counts from when both sides were in it.
    End {
        call: Arc<CallInfo>,
        reason: Reason,
        by: Option<UserId>,
        duration: Millis,
    },
    MediaTypeChanged {
        old: MediaType,
        new: MediaType,
    },
    /// This session's own ringing expired.
    RingingTimeout {
        inviter: UserId,
        user: UserId,
    },

    Accepted {
        user: UserId,
    },
    Joined {
        user: UserId,
    },
    Left {
        user: UserId,
    },
    Rejected {
        user: UserId,
    },
    NoResponse {
        inviter: UserId,
        users: Vec<UserId>,
    },
    Busy {
        user: UserId,
    },
    Inviting {
        user: UserId,
    },
    /// Who is in the group call now, this member included; told when that changes.
    Members {
        users: Vec<UserId>,
    },
    Audio {
        user: UserId,
        on: bool,
    },
    Video {
        user: UserId,
        on: bool,
    },
    /// A screen is shared or no longer; the one who shares it is told, too, because the browser may end it.
    Screen {
        user: UserId,
        on: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    Connecting,
    Connected,
    Reconnecting,
    Disconnected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerLinkState {
    Connecting,
    Connected,
    Reconnecting,
    Failed,
}

/// A call as its events describe it to one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallInfo {
    pub id: CallId,
    pub room: Room,
    pub media: MediaType,
    pub role: Role,
    pub group: bool,
    pub chat_group: Option<String>,
    pub caller: UserId,
    /// Who invited this member.
    pub inviter: UserId,
    pub callees: Vec<UserId>,
    pub user_data: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Caller,
    Callee,
}
