use super::{Refused, Taken, media, settle, settle::Cause};
use crate::call::{Call, Deadline, DeadlineKind, Member, Session};
use call_protocol::{MemberState, Millis, Phase, Reason, UserId};

pub(super) fn ring(call: &mut Call, busy: &[UserId], now: Millis) -> Taken {
    match call.phase {
        Phase::Placing if !busy.contains(&call.origin.user) => {}
        Phase::Ringing | Phase::Connected => return Ok(false),
        _ => return Err(Refused::WrongState),
    }
    let crossed = call.crossed.take().filter(|crossed| !busy.contains(&crossed.user));
    let timeout = call.invites.first().map_or(0, |invite| invite.timeout);
    let origin = call.origin.clone();

    call.phase = Phase::Ringing;
    for index in 0..call.members.len() {
        let user = call.members[index].user.clone();
        if user == origin.user {
            join(call, index, origin.session.clone(), now);
        } else if busy.contains(&user) {
            call.members[index].finish(MemberState::Busy, &Cause::new(Reason::LineBusy, &user), now);
        } else {
            ring_member(&mut call.members[index], timeout, now);
        }
    }
    if let Some(crossed) = crossed {
        answer(call, &crossed.user, crossed.session, now)?;
        media::merge(call, crossed.media, &crossed.user);
    }
    if let Some(first) = busy.first() {
        settle::settle(call, &Cause::new(Reason::LineBusy, first), now);
    }
    Ok(true)
}

pub(super) fn abort(call: &mut Call, now: Millis) -> Taken {
    match call.phase {
        Phase::Placing => settle::end(call, &Cause::aborted(), now),
        Phase::Ended if call.is_aborted() => return Ok(false),
        _ => return Err(Refused::WrongState),
    }
    Ok(true)
}

pub(super) fn again(call: &mut Call, claim_time: Millis, now: Millis) -> Taken {
    if call.phase == Phase::Placing {
        return Ok(false);
    }
    if !call.is_aborted() {
        return Err(Refused::WrongState);
    }
    call.phase = Phase::Placing;
    call.end = None;
    for member in &mut call.members {
        // A new generation, so that whoever still works on the earlier attempt can neither commit nor block it.
        member.generation += 1;
        member.state = MemberState::Claiming;
        member.reason = None;
        member.by = None;
        member.at = now;
        member.deadline = Some(Deadline { kind: DeadlineKind::Claim, at: now.saturating_add(claim_time) });
    }
    Ok(true)
}

/// The member at `index` is in the call from now on, through `session`.
fn join(call: &mut Call, index: usize, session: Session, now: Millis) {
    let member = &mut call.members[index];
    member.state = MemberState::Joined;
    member.at = now;
    member.deadline = None;
    member.session = Some(session);
    member.joined_at = Some(now);
    member.join_no = call.next_join;
    call.next_join += 1;
}

/// A member joins, and a ringing call thereby begins.
pub(super) fn answer(call: &mut Call, user: &UserId, session: Session, now: Millis) -> Result<(), Refused> {
    let index = call.members.iter().position(|member| member.user == *user).ok_or(Refused::NotMember)?;
    join(call, index, session, now);
    call.phase = Phase::Connected;
    call.begun_at.get_or_insert(now);
    Ok(())
}

pub(super) fn ring_member(member: &mut Member, timeout: Millis, now: Millis) {
    member.state = MemberState::Ringing;
    member.at = now;
    let at = now.saturating_add(timeout);
    member.deadline = (timeout > 0).then_some(Deadline { kind: DeadlineKind::Ring, at });
}
