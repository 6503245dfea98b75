use crate::{CallId, Generation, MediaType, Millis, Reason, Room, Snapshot, UserId, WireError};
use serde::{Deserialize, Serialize};

/// From a client. `S` is what members say to each other: [`crate::Signal`] in a client, raw text in a server,
/// which relays it unread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientFrame<S> {
    /// Answered with the same id; 0 = no answer wanted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub id: u32,
    pub body: ClientMessage<S>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage<S> {
    /// The first frame of every connection. Answered with [`ServerMessage::Welcome`] or an error.
    Login(Login),
    /// Ends the session: its part in a call, too.
    Logout,
    Invite(Invite<S>),
    Accept(CallRef),
    Reject(CallRef),
    Leave(Leave),
    /// Invites more users into the running call.
    InviteMore(InviteMore),
    /// Joins a running group call.
    Join(Join),
    /// Makes the call of two an audio or a video call, for both.
    SwitchMedia(SwitchMedia),
    /// To another member of the call; no answer. Dropped unless both sides are in it.
    Signal(SignalTo<S>),
    /// The answer to a beat.
    Beat(BeatAnswer),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// SDKAppID.
    pub app: u32,
    pub user: UserId,
    pub sig: String,
    /// Names this browser; kept in its storage. At most 64 bytes.
    pub device: String,
    /// Names this page (a tab, across its reloads), so that a reload is told from a second tab. At most 64 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// The user wants to be logged in on several devices at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multi_device: bool,
    /// Nobody has just asked for it: the client comes back by itself. Such a login ends none on another device, but is
    /// refused with [`ErrorCode::LoggedInElsewhere`](crate::ErrorCode::LoggedInElsewhere).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returns: bool,
    /// The token of the last [`Welcome`], to go on as the same session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
}

/// Places a call. Repeating it with the same call id is harmless.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invite<S> {
    pub call: CallId,
    pub callees: Vec<UserId>,
    pub media: MediaType,
    pub group: bool,
    /// Both names empty: the server chooses a number.
    #[serde(default)]
    pub room: Room,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_group: Option<String>,
    /// At most 4 KiB, delivered as it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_data: String,
    /// Seconds of ringing; 0 = for ever.
    pub timeout: u32,
    /// Handed to the ringing sessions together with the invitation.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub offer: Option<S>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRef {
    pub call: CallId,
    #[serde(rename = "gen")]
    pub generation: Generation,
}

/// Hang up; for the caller of a ringing call, cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    pub call: CallId,
    #[serde(rename = "gen")]
    pub generation: Generation,
    /// The leaver was told so by this member's `bye`, not by its own person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<UserId>,
    /// When it happened, in milliseconds since the Unix epoch by the server's clock as far as the leaver knows it: the
    /// server may have been away meanwhile. None: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteMore {
    pub call: CallId,
    #[serde(rename = "gen")]
    pub generation: Generation,
    /// Counts the invitations of this membership, from 1: a repeated one is recognised by it.
    pub number: u32,
    pub callees: Vec<UserId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_data: String,
    /// Seconds of ringing; 0 = for ever.
    pub timeout: u32,
}

/// By the call's id, or by the chat group and the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    Call(CallId),
    Room { group: String, room: Room },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchMedia {
    pub call: CallId,
    #[serde(rename = "gen")]
    pub generation: Generation,
    pub media: MediaType,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalTo<S> {
    pub call: CallId,
    pub to: UserId,
    pub signal: S,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeatAnswer {
    /// The call the client believes to be in, and the newest revision it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    #[serde(default)]
    pub rev: u32,
    /// Members whom this client heard on the data channel within the last 5 seconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<UserId>,
}

/// From the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerFrame<S> {
    /// The id of the request that this answers; 0 = not an answer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub re: u32,
    pub body: ServerMessage<S>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage<S> {
    Welcome(Welcome<S>),
    Done,
    Error(WireError),
    Call(CallUpdate<S>),
    /// The named call is not known any more.
    Gone(Gone),
    Signal(SignalFrom<S>),
    /// To be answered at once with [`ClientMessage::Beat`].
    Beat,
    /// The user logged in elsewhere. The final snapshot of a running call, if any, comes along.
    Kicked(Kicked),
    /// The userSig has expired: a running call goes on, nothing new is possible before a new login.
    SigExpired,
    /// The server will stop: reconnect after so many milliseconds.
    GoAway(GoAway),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome<S> {
    /// Lets a later login go on as this session.
    pub resume: String,
    pub now: Millis,
    /// When the userSig expires.
    pub sig_expires: Millis,
    /// The most that the server allows, and what is done where the application says nothing.
    #[serde(default)]
    pub connect: ConnectWhileRinging,
    #[serde(default)]
    pub ice_servers: Vec<IceServer>,
    /// The call that this session is in, or that rings for the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Snapshot>,
    /// The caller's offer, if that call rings here.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub offer: Option<S>,
}

/// How far a callee's connection to the caller is made before the callee accepts. Whoever can ring somebody shall not
/// learn that person's network address, so the more is allowed the more the callers must be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectWhileRinging {
    /// Nothing is made.
    Off,
    /// The callee applies the offer, and keeps its answer and its candidates to itself.
    #[default]
    Prepare,
    /// Both connect by the TURN server alone; with none configured as [`Prepare`](Self::Prepare).
    Relay,
    /// Both connect.
    Always,
}

/// One entry of `RTCConfiguration.iceServers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub credential: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallUpdate<S> {
    pub call: Snapshot,
    /// The caller's offer, for a session that is being rung.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub offer: Option<S>,
    /// It rings at no other session of this user, so this one may connect.
    #[serde(default, skip_serializing_if = "is_false")]
    pub alone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub call: CallId,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalFrom<S> {
    pub call: CallId,
    pub from: UserId,
    pub signal: S,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kicked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Snapshot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoAway {
    pub after: u32,
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn is_false(value: &bool) -> bool {
    !value
}

// `#[serde(default)]` would ask for `S: Default`.
fn none<S>() -> Option<S> {
    None
}
