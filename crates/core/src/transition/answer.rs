use super::{Refused, Taken, media, place, settle, settle::Cause};
use crate::call::{Call, Crossed, Session};
use call_protocol::{Generation, MediaType, MemberState, Millis, Phase, Reason, UserId};

pub(super) fn accept(call: &mut Call, who: (&UserId, Generation), session: &Session, now: Millis) -> Taken {
    let member = call.membership(who)?;
    match member.state {
        MemberState::Ringing => place::answer(call, who.0, session.clone(), now)?,
        MemberState::Joined if member.is_with(session.id) => return Ok(false),
        _ => return Err(Refused::WrongState),
    }
    Ok(true)
}

pub(super) fn reject(call: &mut Call, who: (&UserId, Generation), session: &Session, now: Millis) -> Taken {
    let member = call.membership(who)?;
    match member.state {
        MemberState::Ringing => {
            let cause = Cause::new(Reason::Reject, who.0);
            member.session = Some(session.clone());
            member.finish(MemberState::Rejected, &cause, now);
            settle::settle(call, &cause, now);
            Ok(true)
        }
        MemberState::Rejected if member.is_with(session.id) => Ok(false),
        _ => Err(Refused::WrongState),
    }
}

pub(super) fn cross(call: &mut Call, user: &UserId, session: &Session, wanted: MediaType, now: Millis) -> Taken {
    let one_to_one = call.is_one_to_one();
    let callee_of_placing = call.phase == Phase::Placing && *user != call.origin.user;
    let crossed = call.crossed.is_some();
    let member = call.member_mut(user)?;
    match member.state {
        MemberState::Joined if member.is_with(session.id) => return Ok(false),
        MemberState::Ringing if one_to_one => {
            place::answer(call, user, session.clone(), now)?;
            media::merge(call, wanted, user);
        }
        // The first of several devices that call at once takes part; the others find their user in a call.
        MemberState::Claiming if callee_of_placing && crossed => return Ok(false),
        MemberState::Claiming if callee_of_placing && one_to_one => {
            call.crossed = Some(Crossed { user: user.clone(), session: session.clone(), media: wanted });
        }
        _ => return Err(Refused::WrongState),
    }
    Ok(true)
}
