use super::{DropReason, Refused, Taken, answer, settle, settle::Cause};
use crate::call::{Call, Session, SessionId};
use call_protocol::{Generation, MemberState, Millis, Phase, Reason, UserId};

pub(super) fn leave(call: &mut Call, who: (&UserId, Generation), session: SessionId, now: Millis) -> Taken {
    let member = call.membership(who)?;
    match member.state {
        MemberState::Joined | MemberState::Claiming if member.is_with(session) => {
            depart(call, who.0, DropReason::Left, now)?;
            Ok(true)
        }
        MemberState::Ringing => answer::reject(call, who, &Session { id: session, device: String::new() }, now),
        state if state.is_live() => Err(Refused::WrongState),
        // Crossed with somebody else's hang-up: out is out.
        _ => Ok(false),
    }
}

pub(super) fn drop_session(
    call: &mut Call,
    user: &UserId,
    session: SessionId,
    reason: DropReason,
    now: Millis,
) -> Taken {
    let member = call.member_mut(user)?;
    if !member.state.is_live() || !member.is_with(session) {
        return Ok(false);
    }
    depart(call, user, reason, now)?;
    Ok(true)
}

/// `user`'s part ends by its own doing or loss, and with it perhaps the call.
pub(super) fn depart(call: &mut Call, user: &UserId, why: DropReason, now: Millis) -> Result<(), Refused> {
    let cause = depart_only(call, user, why, now)?;
    settle::settle(call, &cause, now);
    Ok(())
}

/// As [`depart`], with nothing made of it for the others yet.
pub(super) fn depart_only(call: &mut Call, user: &UserId, why: DropReason, now: Millis) -> Result<Cause, Refused> {
    let begun = call.phase == Phase::Connected;
    let (state, reason) = match why {
        DropReason::Offline => (MemberState::Offline, Reason::Offline),
        DropReason::Kicked if begun => (MemberState::Kicked, Reason::HangUp),
        DropReason::Kicked => (MemberState::Kicked, Reason::Cancelled),
        DropReason::Left if begun => (MemberState::Left, Reason::HangUp),
        DropReason::Left => (MemberState::Left, Reason::Cancelled),
    };
    let cause = Cause::new(reason, user);
    call.member_mut(user)?.finish(state, &cause, now);
    Ok(cause)
}
