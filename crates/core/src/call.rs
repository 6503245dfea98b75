use call_protocol::{CallId, End, Generation, MediaType, MemberState, Millis, Phase, Reason, Room, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// SDKAppID. Every key of the store starts with it.
pub type AppId = u32;

/// One login of one user on one device: 64 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// One life of one node: a random number drawn when it starts. A node that starts anew is another one.
pub type NodeEpoch = u64;

/// A call: the authority's value. It changes only through [`transition`](crate::transition()), one revision a step.
///
/// ```text
///   Placing ──Ring──▶ Ringing ──Accept, Cross, Join──▶ Connected
///    │  │ ▲              │                                ▲ │
///    │  │ │ PlaceAgain,  │ nobody is left to answer,      │ │ too few are left
///    │  │ │ if aborted   │ or the caller is gone          │ │
///    │  └─┼──────────────┼──Ring, if crossed──────────────┘ │
///    ▼    │              ▼                                  ▼
///   Ended ┘            Ended                              Ended
/// ```
///
/// A running call needs one who has joined, and another one who has or may yet: who is rung, or whose claim is being
/// taken. A call aborted while placing is known to nobody and may be placed once more, under new generations.
///
/// How it ends, with the contract's reason and who caused it, which every member's own end repeats:
///
/// | what happened                                     | reason            | by                      |
/// |---------------------------------------------------|-------------------|-------------------------|
/// | somebody hung up (also: said `bye` to the leaver) | 1 HangUp          | who hung up             |
/// | the last callee rejected                          | 2 Reject          | that callee             |
/// | the last callee let it ring                       | 3 NoResponse      | the first of those      |
/// | somebody's grace was over, or page was replaced   | 4 Offline         | that member             |
/// | the last callee was busy                          | 5 LineBusy        | the first of those      |
/// | the caller cancelled, logged out or was kicked    | 6 Cancelled       | the caller              |
/// | a back end or the server ended it                 | 9 EndedByServer   | nobody                  |
///
/// 7 and 8 are no end of a call: they are what the other sessions of a user who answered or rejected derive for
/// themselves. 0 is never seen by anybody: the call was aborted.
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
    /// One entry a user, also of those who are out.
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
    pub device: Arc<str>,
    /// The node that has, or had last, its connection.
    pub node: NodeEpoch,
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
    /// The inviter's membership.
    #[serde(rename = "gen")]
    pub generation: Generation,
    /// Given by the inviter, so that a repeated one is recognised; 0 = none.
    pub number: u32,
    pub callees: Vec<UserId>,
    pub user_data: String,
    /// Length of ringing; 0 = no deadline.
    pub timeout: Millis,
}

/// A user's part in a call, once per generation:
///
/// ```text
///   Claiming ────────────▶ Ringing ────────────▶ Joined ◀──▶ Joined, away
///     │   │                   │                   │  ▲          │
///     │   └─ caller, joiner ──┼───────────────────┼──┘          │
///     ▼                       ▼                   ▼             ▼
///   Busy, Aborted        Rejected, NoResponse,   Left,        Offline (grace is over)
///                        Cancelled, Left         Offline, Kicked
/// ```
///
/// Who is out of a running call comes back under the next generation: invited again, or by joining.
///
/// | end        | reason                                 | by                       |
/// |------------|----------------------------------------|--------------------------|
/// | Busy       | LineBusy                               | itself                   |
/// | Rejected   | Reject                                 | itself                   |
/// | NoResponse | NoResponse                             | itself                   |
/// | Cancelled  | as the call's, Cancelled for a hang-up | as the call's            |
/// | Left       | HangUp; Cancelled before it began      | itself                   |
/// | Left       | as the call's                          | as the call's: taken along when it ended |
/// | Offline    | Offline                                | itself                   |
/// | Kicked     | HangUp; Cancelled before it began      | itself                   |
/// | Aborted    | Unknown: never shown to anybody        | nobody                   |
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
    /// Its connection is lost, since then. Ends with a deadline of kind [`DeadlineKind::Grace`].
    pub away_since: Option<Millis>,
    pub joined_at: Option<Millis>,
    pub join_no: u32,
    /// The last generation before this one that others know of. Where that was busy, and its own user was not told, it
    /// has the last one that its user was told of as its own `prev`.
    pub prev: Option<Box<Member>>,
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

    /// Given up while it was being placed: nobody was told of it, and it may be placed again. A caller who was about to
    /// come back into a call that ended meanwhile was in it before.
    pub fn is_aborted(&self) -> bool {
        let is_aborted = |caller: &Member| caller.state == MemberState::Aborted && caller.prev.is_none();
        self.phase == Phase::Ended && self.member(&self.origin.user).is_some_and(is_aborted)
    }

    /// A call between its caller and one callee, and never more.
    pub fn is_one_to_one(&self) -> bool {
        !self.group && self.members.len() == 2
    }

    /// Whether `session` is the one through which `user` takes part.
    pub fn is_in(&self, user: &UserId, session: SessionId) -> bool {
        self.member(user).is_some_and(|member| member.state == MemberState::Joined && member.is_with(session))
    }

    pub fn is_ringing(&self, user: &UserId) -> bool {
        self.member(user).is_some_and(|member| member.state == MemberState::Ringing)
    }

    pub fn is_away(&self, user: &UserId) -> bool {
        self.member(user).is_some_and(Member::is_away)
    }
}

impl Member {
    /// A new membership, whose claim is to be taken by `until`.
    pub(crate) fn claiming(user: &UserId, generation: Generation, now: Millis, until: Millis) -> Self {
        Self {
            user: user.clone(),
            generation,
            invite: None,
            state: MemberState::Claiming,
            reason: None,
            by: None,
            at: now,
            deadline: Some(Deadline { kind: DeadlineKind::Claim, at: until }),
            session: None,
            away_since: None,
            joined_at: None,
            join_no: 0,
            prev: None,
        }
    }

    pub fn is_away(&self) -> bool {
        self.away_since.is_some()
    }

    /// Whether the user itself was told of this membership. Of a claim that is being taken or was given up nobody is,
    /// and who is busy with another call does not hear of this one.
    pub fn was_told(&self) -> bool {
        !matches!(self.state, MemberState::Claiming | MemberState::Aborted | MemberState::Busy)
    }

    /// The last membership, this or an earlier one, that its own user was told of.
    pub fn last_told(&self) -> Option<&Self> {
        if self.was_told() { Some(self) } else { self.prev.as_deref()?.last_told() }
    }

    /// This member joined, or refused, through `session`.
    pub fn is_with(&self, session: SessionId) -> bool {
        self.session.as_ref().is_some_and(|own| own.id == session)
    }
}
