//! Where signals between members go.

use crate::call::{Call, Member, SessionId};
use call_protocol::{MemberState, Phase, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// To the session that takes part in the call.
    Session(SessionId),
    /// To every session of the user: they ring.
    Everywhere,
}

impl Call {
    /// Where a signal of `session` of `user` to another member goes; none: nowhere.
    ///
    /// Members who have joined talk with each other. Somebody who is rung hears all of them, and may answer the caller:
    /// that is enough to prepare the connection before accepting, and gives a stranger's calls no reach.
    pub fn route(&self, (user, session): (&UserId, SessionId), to: &UserId) -> Option<Route> {
        if self.phase == Phase::Ended || user == to {
            return None;
        }
        let (from, to) = (self.member(user)?, self.member(to)?);
        match (from.state, to.state) {
            (MemberState::Joined, MemberState::Joined) if from.is_with(session) => seat(to),
            (MemberState::Joined, MemberState::Ringing) if from.is_with(session) => Some(Route::Everywhere),
            (MemberState::Ringing, MemberState::Joined) if to.user == self.origin.user => seat(to),
            _ => None,
        }
    }
}

fn seat(member: &Member) -> Option<Route> {
    member.session.as_ref().map(|session| Route::Session(session.id))
}
