use super::{DropReason, Refused, Taken, answer, enter, settle, settle::Cause};
use crate::call::{Call, Session, SessionId};
use call_protocol::{Generation, MemberState, Millis, Phase, Reason, UserId};

/// When a farewell that arrives `now` and names a time counts from: then, however quick it was. Who did not wait for the
/// server's word has counted from there, too.
pub(super) fn moment(call: &Call, named: Option<Millis>, now: Millis) -> Millis {
    let Some(named) = named else { return now };
    let changes = call.members.iter().map(|member| member.joined_at.unwrap_or(0).max(member.at));
    named.clamp(changes.max().unwrap_or(0).saturating_add(1).min(now), now)
}

pub(super) fn leave(
    call: &mut Call,
    who: (&UserId, Generation),
    session: SessionId,
    because: Option<&UserId>,
    now: Millis,
) -> Taken {
    let member = call.membership(who)?;
    match member.state {
        MemberState::Joined | MemberState::Claiming if member.is_with(session) => {
            match because.filter(|other| has_ended(call, who.0, other)) {
                Some(other) => follow(call, who.0, other, now)?,
                None => depart(call, who.0, DropReason::Left, now)?,
            }
            Ok(true)
        }
        MemberState::Ringing => answer::reject(call, who, &anonymous(session), now),
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

/// `user`'s part ends by its own doing or loss, and with it perhaps the call.
fn depart(call: &mut Call, user: &UserId, why: DropReason, now: Millis) -> Result<(), Refused> {
    if call.phase != Phase::Placing && call.member_mut(user)?.state == MemberState::Claiming {
        // On the way in: the others have not heard of it.
        enter::abort(call, &[user], now);
        return Ok(());
    }
    let cause = depart_only(call, user, why, now)?;
    settle::settle(call, &cause, now);
    Ok(())
}

/// The other one hung up first: so both ends say the same, whoever's word arrives.
fn follow(call: &mut Call, user: &UserId, other: &UserId, now: Millis) -> Result<(), Refused> {
    let cause = Cause::new(Reason::HangUp, other);
    call.member_mut(user)?.finish(MemberState::Left, &cause, now);
    settle::settle(call, &cause, now);
    Ok(())
}

/// Nobody but `other` is left when `user` leaves.
fn has_ended(call: &Call, user: &UserId, other: &UserId) -> bool {
    let joined = |user: &UserId| call.member(user).is_some_and(|member| member.state == MemberState::Joined);
    let only_two = call.members.iter().filter(|member| member.state.is_live()).count() == 2;
    only_two && user != other && joined(user) && joined(other)
}

fn anonymous(id: SessionId) -> Session {
    Session { id, device: "".into(), node: 0 }
}
