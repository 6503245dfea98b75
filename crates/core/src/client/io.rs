//! What goes into a client and what comes out.

use crate::{
    error::CallError,
    event::{CallEvent, PeerLinkState},
    negotiation::Order,
};
use call_protocol::{CallId, ClientFrame, DescriptionKind, IceServer, Join, MediaType, Room, Shows, Signal, UserId};
use std::sync::Arc;

/// Names a command, so that its outcome finds the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommandId(pub u32);

/// Names one peer connection; never used again, so what a closed one reports late is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u32);

/// What the application asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Login(Account),
    Logout,
    Invite(NewCall),
    Accept,
    Reject,
    HangUp,
    /// Invites more users into the call.
    InviteMore(MoreCallees),
    /// Joins a running group call.
    Join(Join),
    /// Makes the call of two an audio or a video call, for both.
    SwitchMedia(MediaType),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub app: u32,
    pub user: UserId,
    pub sig: String,
    /// Names this browser.
    pub device: String,
    /// Names this page, across its reloads; empty = it has no name.
    pub page: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Random.
    pub id: CallId,
    /// Without the user itself, each once, at least one.
    pub callees: Vec<UserId>,
    pub media: MediaType,
    pub group: bool,
    pub room: Room,
    pub chat_group: Option<String>,
    pub user_data: String,
    /// Seconds of ringing; 0 = for ever.
    pub timeout: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoreCallees {
    /// Each once, at least one.
    pub callees: Vec<UserId>,
    pub user_data: String,
    /// Seconds of ringing; 0 = for ever.
    pub timeout: u32,
}

/// What a peer connection reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerInput {
    LocalDescription {
        kind: DescriptionKind,
        sdp: String,
    },
    RemoteApplied,
    /// The order under way failed; the text is for the log.
    Failed(String),
    Candidate {
        candidate: String,
        mid: Option<String>,
        index: Option<u16>,
    },
    State(PeerLinkState),
    /// The data channel has opened or closed.
    Channel(bool),
    /// It came by the data channel.
    Signal(Signal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketEvent {
    Open,
    /// With a WebSocket close code; 1006 when there was none.
    Closed(u16),
}

/// What the shell is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Open the socket, in place of any open one.
    Connect,
    Disconnect,
    /// Shared with what is kept for sending it again.
    Send(Arc<ClientFrame<Signal>>),
    Emit(CallEvent),
    Complete {
        command: CommandId,
        result: Result<Completed, CallError>,
    },
    IceServers(Vec<IceServer>),
    /// Make a peer connection; the side that `offers` first fixes the m-lines.
    OpenPeer {
        peer: PeerId,
        user: UserId,
        offers: bool,
        /// By TURN only, until [`Output::LiftRelay`].
        relayed: bool,
    },
    /// From the next ICE restart on any way may be taken.
    LiftRelay {
        peer: PeerId,
    },
    ClosePeer {
        peer: PeerId,
    },
    Negotiate {
        peer: PeerId,
        order: Order,
    },
    /// By its data channel.
    SendPeer {
        peer: PeerId,
        signal: Signal,
    },
    /// The other side shows what is sent so large: send no more than that.
    Limit {
        peer: PeerId,
        shows: Shows,
    },
    /// Put the captured tracks on this connection, and keep it so.
    GoLive {
        peer: PeerId,
    },
    /// The call has begun for this session: start the microphone unless the person has muted it.
    StartMicrophone,
    /// The call has become an audio call.
    StopCamera,
    /// The call is over: end every capture and picture.
    ReleaseMedia,
    Log(String),
}

/// What a command's promise resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    Done,
    Placed { call: CallId, room: Room },
}
