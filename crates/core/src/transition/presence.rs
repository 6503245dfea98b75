use super::Taken;
use crate::call::{Call, Deadline, DeadlineKind, SessionId};
use call_protocol::{MemberState, Millis, UserId};

pub(super) fn away(call: &mut Call, user: &UserId, session: SessionId, until: Millis) -> Taken {
    let member = call.member_mut(user)?;
    if member.state != MemberState::Joined || !member.is_with(session) || member.away {
        return Ok(false);
    }
    member.away = true;
    member.deadline = Some(Deadline { kind: DeadlineKind::Grace, at: until });
    Ok(true)
}

pub(super) fn back(call: &mut Call, user: &UserId, session: SessionId) -> Taken {
    let member = call.member_mut(user)?;
    if !member.away || !member.is_with(session) {
        return Ok(false);
    }
    member.away = false;
    member.deadline = None;
    Ok(true)
}
