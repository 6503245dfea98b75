//! Which step a change of a call was, seen from outside: by what was asked for and what has changed.

use call_core::{Call, DropReason, Step};
use call_protocol::{CallId, MemberState, Phase, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Create,
    Ring,
    Abort,
    Fence,
    PlaceAgain,
    Invite,
    RingInvited,
    Enter,
    Join,
    GiveUp,
    Accept,
    Reject,
    Leave,
    SwitchMedia,
    Away,
    Back,
    Vouch,
    GraceAnew,
    NodeLost,
    DropOffline,
    DropKicked,
    DropLeft,
    Expire,
    Cross,
    EndByServer,
}

impl Kind {
    pub const ALL: [Self; 25] = [
        Self::Create,
        Self::Ring,
        Self::Abort,
        Self::Fence,
        Self::PlaceAgain,
        Self::Invite,
        Self::RingInvited,
        Self::Enter,
        Self::Join,
        Self::GiveUp,
        Self::Accept,
        Self::Reject,
        Self::Leave,
        Self::SwitchMedia,
        Self::Away,
        Self::Back,
        Self::Vouch,
        Self::GraceAnew,
        Self::NodeLost,
        Self::DropOffline,
        Self::DropKicked,
        Self::DropLeft,
        Self::Expire,
        Self::Cross,
        Self::EndByServer,
    ];

    fn of(step: &Step) -> Self {
        match step {
            Step::Ring { .. } => Self::Ring,
            Step::Abort => Self::Abort,
            Step::Fence => Self::Fence,
            Step::PlaceAgain { .. } => Self::PlaceAgain,
            Step::Invite(_) => Self::Invite,
            Step::RingInvited { .. } => Self::RingInvited,
            Step::Enter { .. } => Self::Enter,
            Step::Join { .. } => Self::Join,
            Step::GiveUp { .. } => Self::GiveUp,
            Step::Accept { .. } => Self::Accept,
            Step::Reject { .. } => Self::Reject,
            Step::Leave { .. } => Self::Leave,
            Step::SwitchMedia { .. } => Self::SwitchMedia,
            Step::Away { .. } => Self::Away,
            Step::Back { .. } => Self::Back,
            Step::Vouch { .. } => Self::Vouch,
            Step::GraceAnew { .. } => Self::GraceAnew,
            Step::NodeLost { .. } => Self::NodeLost,
            Step::Drop { reason: DropReason::Offline, .. } => Self::DropOffline,
            Step::Drop { reason: DropReason::Kicked, .. } => Self::DropKicked,
            Step::Drop { reason: DropReason::Left, .. } => Self::DropLeft,
            Step::Expire => Self::Expire,
            Step::Cross { .. } => Self::Cross,
            Step::EndByServer => Self::EndByServer,
        }
    }
}

/// What a node was asked to do.
#[derive(Debug, Clone)]
pub enum Request {
    Look,
    Place(CallId),
    Invite(CallId),
    Join(UserId),
    Expire,
    Act(Kind),
}

impl Request {
    pub fn act(step: &Step) -> Self {
        Self::Act(Kind::of(step))
    }

    /// The step from `old` to `new` that this request took.
    pub fn step(&self, old: Option<&Call>, new: &Call) -> Kind {
        let Some(old) = old else { return Kind::Create };
        if old.is_aborted() {
            return Kind::PlaceAgain;
        }
        let moved = |from, to| {
            old.members
                .iter()
                .any(|before| before.state == from && new.member(&before.user).is_some_and(|after| after.state == to))
        };
        match self {
            Self::Act(kind) => *kind,
            Self::Expire if old.members.iter().zip(&new.members).all(|(old, new)| old.state == new.state) => {
                Kind::GraceAnew
            }
            Self::Expire => Kind::Expire,
            Self::Place(call) if *call == new.id => {
                if new.is_aborted() {
                    Kind::Abort
                } else {
                    Kind::Ring
                }
            }
            Self::Place(_) if new.crossed.is_some() || new.phase == Phase::Connected && old.phase != new.phase => {
                Kind::Cross
            }
            Self::Invite(call) if *call == new.id => {
                let claims =
                    |call: &Call| call.members.iter().filter(|member| member.state == MemberState::Claiming).count();
                let rings = moved(MemberState::Claiming, MemberState::Ringing)
                    || moved(MemberState::Claiming, MemberState::Busy);
                match claims(new) > claims(old) {
                    true => Kind::Invite,
                    false if rings => Kind::RingInvited,
                    false => Kind::Fence,
                }
            }
            Self::Join(user) => joining(old, new, user),
            Self::Place(_) | Self::Invite(_) | Self::Look => Kind::Fence,
        }
    }
}

fn joining(old: &Call, new: &Call, user: &UserId) -> Kind {
    let before = old.member(user);
    let in_time = before.and_then(|before| before.deadline).is_none_or(|claim| claim.at > new.updated_at);
    match (before.map(|before| before.state), new.member(user).map(|after| after.state)) {
        (Some(MemberState::Claiming), Some(MemberState::Joined)) => Kind::Join,
        (Some(MemberState::Claiming), Some(MemberState::Aborted)) if in_time => Kind::GiveUp,
        (before, after) if before != after && after.is_some_and(MemberState::is_live) => Kind::Enter,
        _ => Kind::Fence,
    }
}
