use call_protocol::{CallId, End, Generation, MediaType, MemberState, Millis, Phase, Previous, Reason, Room, UserId};
use serde::{Deserialize, Serialize};

/// SDKAppID. Every key of the store starts with it.
pub type AppId = u32;

/// One login of one user on one device: 64 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// A call: the authority's value. It changes only through [`transition`](crate::transition()), one revision a step.
///
/// ```text
///              commit                accept, crossing             last one leaves, hang-up
///   Placing ───────────▶ Ringing ───────────────────▶ Connected ───────────────────────────▶ Ended
///      │                    │  reject, cancel, ring timeout, offline                           ▲
///      │ busy, aborted      └────────────────────────────────────────────────────────────────┤
///      └──────────────────────────────────────────────────────────────────────────────────────┘
/// ```
///
/// A call aborted while placing is known to nobody and may be placed once more, under new generations.
///
/// And a member of it, once per generation:
///
/// ```text
///   Claiming ──▶ Ringing ──▶ Joined ──▶ Left | Offline | Kicked
///      │            ├──▶ Rejected | NoResponse | Cancelled | Left (answered elsewhere) | Offline | Kicked
///      └──▶ Busy | Aborted
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub app: AppId,
    pub id: CallId,
    pub rev: u32,
    pub phase: Phase,
    pub group: bool,
    pub origin: Origin,
    pub room: Room,
    pub chat_group: Option<String>,
    pub media: CallMedia,
    pub created_at: Millis,
    pub begun_at: Option<Millis>,
    pub updated_at: Millis,
    pub end: Option<End>,
    /// A callee whose own call to the caller was merged into this one while it was still placing.
    pub crossed: Option<Crossed>,
    pub invites: Vec<Invitation>,
    /// The number that the next member to join gets.
    pub next_join: u32,
    pub members: Vec<Member>,
}

/// Who placed the call, and through which session: the one whose promise is pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub user: UserId,
    pub session: Session,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub device: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallMedia {
    pub kind: MediaType,
    /// +1 at each change.
    #[serde(rename = "gen")]
    pub generation: Generation,
    pub by: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossed {
    pub user: UserId,
    pub session: Session,
    pub media: MediaType,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub by: UserId,
    pub callees: Vec<UserId>,
    pub user_data: String,
    /// Length of ringing; 0 = no deadline.
    pub timeout: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    #[serde(rename = "gen")]
    pub generation: Generation,
    /// Index into [`Call::invites`]; none for the caller and for who came by joining.
    pub invite: Option<u32>,
    pub state: MemberState,
    pub reason: Option<Reason>,
    pub by: Option<UserId>,
    pub at: Millis,
    pub deadline: Option<Deadline>,
    /// The session that joined or refused.
    pub session: Option<Session>,
    pub away: bool,
    pub joined_at: Option<Millis>,
    pub join_no: u32,
    pub prev: Option<Previous>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub kind: DeadlineKind,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// The claim must be taken by then, else the member may be aborted by whoever needs the claim.
    Claim,
    /// Ringing ends.
    Ring,
    /// A member whose signaling is lost counts as offline from then on.
    Grace,
}

impl Call {
    pub fn member(&self, user: &UserId) -> Option<&Member> {
        self.members.iter().find(|member| member.user == *user)
    }

    /// When something in this call is due next.
    pub fn next_deadline(&self) -> Option<Millis> {
        if self.phase == Phase::Ended {
            return None;
        }
        self.members.iter().filter_map(|member| member.deadline).map(|deadline| deadline.at).min()
    }

    /// Whether `user`'s membership of this generation still holds the user's claim.
    pub fn holds(&self, user: &UserId, generation: Generation) -> bool {
        self.phase != Phase::Ended
            && self.member(user).is_some_and(|member| member.generation == generation && member.state.is_live())
    }

    /// Given up while it was being placed: nobody was told of it, and it may be placed again.
    pub fn is_aborted(&self) -> bool {
        self.phase == Phase::Ended
            && self.member(&self.origin.user).is_some_and(|caller| caller.state == MemberState::Aborted)
    }

    /// A call between its caller and one callee, and never more.
    pub fn is_one_to_one(&self) -> bool {
        !self.group && self.members.len() == 2
    }
}

impl Member {
    /// This member joined, or refused, through `session`.
    pub fn is_with(&self, session: SessionId) -> bool {
        self.session.as_ref().is_some_and(|own| own.id == session)
    }
}
