use super::{Refused, Taken, place, settle, settle::Cause};
use crate::call::{Call, Member, Session};
use call_protocol::{Generation, MemberState, Millis, Phase, UserId};

/// How many users a call may have had: its value must not grow without end.
const MAX_EVER: usize = 128;

pub(super) fn enter(
    call: &mut Call,
    user: &UserId,
    session: &Session,
    claim_until: Millis,
    limit: usize,
    now: Millis,
) -> Taken {
    // Whoever is not in a call of two can't know that it exists.
    if !call.phase.is_live() || (!call.group && call.member(user).is_none()) {
        return Err(Refused::NotMember);
    }
    match call.member(user) {
        Some(member) if member.state == MemberState::Ringing => place::answer(call, user, session.clone(), now)?,
        Some(member) if member.state.is_live() && member.is_with(session.id) => return Ok(false),
        Some(member) if member.state.is_live() => return Err(Refused::WrongState),
        _ if !call.group => return Err(Refused::WrongState),
        _ if !has_room(call, [user].into_iter(), limit) => return Err(Refused::Full),
        _ => claim(call, user, now, claim_until).session = Some(session.clone()),
    }
    Ok(true)
}

pub(super) fn join(call: &mut Call, who: (&UserId, Generation), now: Millis) -> Taken {
    let member = call.membership(who)?;
    match (member.state, member.session.clone()) {
        (MemberState::Claiming, Some(session)) if call.phase != Phase::Placing => {
            place::answer(call, who.0, session, now)?;
            Ok(true)
        }
        (MemberState::Joined, _) => Ok(false),
        _ => Err(Refused::WrongState),
    }
}

pub(super) fn give_up(call: &mut Call, who: (&UserId, Generation), now: Millis) -> Taken {
    let member = call.membership(who)?;
    if member.state != MemberState::Claiming {
        return Ok(false);
    }
    if call.phase == Phase::Placing {
        return Err(Refused::WrongState);
    }
    abort(call, &[who.0], now);
    Ok(true)
}

/// Aborts members of a running call whose claim is not taken. Nobody knew of them; but perhaps the last one who was
/// there has been waiting for them alone.
pub(super) fn abort(call: &mut Call, users: &[&UserId], now: Millis) {
    for member in call.members.iter_mut().filter(|member| users.contains(&&member.user)) {
        member.finish(MemberState::Aborted, &Cause::aborted(), now);
    }
    let cause = Cause::last_departure(call);
    settle::settle(call, &cause, now);
}

/// A new membership of a user who has none, or whose last one is over.
pub(super) fn claim<'a>(call: &'a mut Call, user: &UserId, now: Millis, until: Millis) -> &'a mut Member {
    let Some(index) = call.members.iter().position(|member| member.user == *user) else {
        call.members.push(Member::claiming(user, 1, now, until));
        let last = call.members.len() - 1;
        return &mut call.members[last];
    };
    let before = &mut call.members[index];
    let next = Member::claiming(user, before.generation + 1, now, until);
    let before = std::mem::replace(before, next);
    call.members[index].prev = match before.state {
        // Of what never came to be nobody knows.
        MemberState::Claiming | MemberState::Aborted => before.prev,
        MemberState::Busy => {
            let told = before.last_told().map(|told| Box::new(Member { prev: None, ..told.clone() }));
            Some(Box::new(Member { prev: told, ..before }))
        }
        _ => Some(Box::new(Member { prev: None, ..before })),
    };
    &mut call.members[index]
}

/// Whether so many more may come.
pub(super) fn has_room<'a>(call: &Call, users: impl Iterator<Item = &'a UserId> + Clone, limit: usize) -> bool {
    let live = call.members.iter().filter(|member| member.state.is_live()).count();
    let strangers = users.clone().filter(|user| call.member(user).is_none()).count();
    live + users.count() <= limit && call.members.len() + strangers <= MAX_EVER
}
