//! Whom a server tells of a change, told once more: the rules are the server's, this is what clients rely on.

use call_core::{Call, Member, SessionId};
use call_protocol::{MemberState, Phase, UserId};

/// Whether the change from `old` to `new` is delivered to this session of `user`.
pub fn is_told(old: Option<&Call>, new: &Call, user: &UserId, session: SessionId) -> bool {
    let old = old.filter(|old| old.phase != Phase::Placing);
    let Some(after) = new.member(user) else { return false };
    let before = old.and_then(|old| old.member(user)).filter(|before| before.state.is_live());
    let rings = |member: &Member| member.state == MemberState::Ringing;
    if rings(after) || before.is_some_and(rings) {
        return true;
    }
    if before.is_none() && !after.state.is_live() {
        // The caller's promise is pending.
        return old.is_none() && new.origin.user == *user && new.origin.session.id == session;
    }
    after.is_with(session) || before.is_some_and(|before| before.is_with(session))
}
