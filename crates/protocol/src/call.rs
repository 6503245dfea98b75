use crate::{CallId, Generation, Millis, UserId};
use serde::{Deserialize, Serialize};

/// A call as one session of one member may see it: no session ids, no nodes, nobody else's user data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub id: CallId,
    /// +1 at each change of the call. A snapshot that is not newer than the one held is dropped.
    pub rev: u32,
    pub phase: Phase,
    pub group: bool,
    /// Who placed the call.
    pub caller: UserId,
    pub room: Room,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_group: Option<String>,
    pub media: MediaType,
    /// The invitation that brought the receiver here; the caller gets the first one.
    pub invite: InviteView,
    pub members: Vec<MemberView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<Millis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// The receiving session placed this call.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mine: bool,
    /// The server's clock when this snapshot was made.
    pub now: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The caller's and callees' claims are being taken; nobody has been told yet.
    Placing,
    Ringing,
    Connected,
    Ended,
}

impl Phase {
    /// It rings or is connected.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Ringing | Self::Connected)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaType {
    Audio,
    Video,
}

/// The room's two names in the vendor's contract; a call has at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Room {
    /// 1 to 2,147,483,647; 0 when the room is named by text.
    #[serde(default)]
    pub int: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub str: String,
}

/// What belongs to an invitation rather than to the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteView {
    pub by: UserId,
    pub callees: Vec<UserId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_data: String,
}

/// How and by whom a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub reason: Reason,
    /// Who caused it; nobody when the server did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    pub at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    pub user: UserId,
    #[serde(rename = "gen")]
    pub generation: Generation,
    pub state: MemberState,
    /// Why a terminal state was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// When this state was reached.
    pub at: Millis,
    /// Who invited this generation; none for somebody who came by joining, and for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<UserId>,
    /// Number of the invitation, 0 for the one that placed the call.
    #[serde(default)]
    pub invite: u32,
    /// When ringing ends; none = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_until: Option<Millis>,
    /// When this generation joined; stays when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<Millis>,
    /// Order of joining, from 1. Of two members, the one with the higher number makes the first offer.
    #[serde(default)]
    pub join_no: u32,
    /// Signaling to this member is lost for the moment.
    #[serde(default, skip_serializing_if = "is_false")]
    pub away: bool,
    /// This member joined or refused through the session that receives this snapshot.
    #[serde(default, skip_serializing_if = "is_false")]
    pub here: bool,
    /// How the generation before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Previous>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    #[serde(rename = "gen")]
    pub generation: Generation,
    pub state: MemberState,
    pub reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    pub at: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<Millis>,
    /// It joined or refused through the session that receives this snapshot.
    #[serde(default, skip_serializing_if = "is_false")]
    pub here: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    Claiming,
    Ringing,
    Joined,
    Busy,
    Rejected,
    NoResponse,
    Cancelled,
    Left,
    Offline,
    Kicked,
    Aborted,
}

impl MemberState {
    /// Still in the call or on the way into it.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Claiming | Self::Ringing | Self::Joined)
    }
}

/// Why a call, or somebody's part in it, ended: the contract's reasons 0 to 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Unknown = 0,
    HangUp = 1,
    Reject = 2,
    NoResponse = 3,
    Offline = 4,
    LineBusy = 5,
    Cancelled = 6,
    AnsweredElsewhere = 7,
    RejectedElsewhere = 8,
    EndedByServer = 9,
}

impl Reason {
    /// The contract's number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl Snapshot {
    pub fn member(&self, user: &UserId) -> Option<&MemberView> {
        self.members.iter().find(|member| member.user == *user)
    }

    /// The same, who is looked for at `place` first: from one snapshot to the next, most members keep theirs.
    pub fn member_near(&self, place: usize, user: &UserId) -> Option<&MemberView> {
        self.members.get(place).filter(|member| member.user == *user).or_else(|| self.member(user))
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
