use super::{DropReason, enter, leave, settle, settle::Cause};
use crate::call::{Call, DeadlineKind};
use call_protocol::{MemberState, Millis, Phase, Reason, UserId};

/// Deadlines this close to each other (milliseconds) are one event for the members.
const TOGETHER: Millis = 50;

pub(super) fn expire(call: &mut Call, now: Millis) -> bool {
    if call.next_deadline().is_none_or(|at| at > now) {
        return false;
    }
    let mut changed = fence(call, now);
    if due(call, now).next().is_none() {
        return changed;
    }
    let mut first_cause = None;
    let together: Vec<_> = due(call, now.saturating_add(TOGETHER)).map(|(user, kind)| (user.clone(), kind)).collect();
    for (user, kind) in together {
        let cause = match kind {
            DeadlineKind::Claim => continue,
            DeadlineKind::Ring => no_response(call, &user, now),
            DeadlineKind::Grace => leave::depart_only(call, &user, DropReason::Offline, now).ok(),
        };
        changed |= cause.is_some();
        first_cause = first_cause.or(cause);
    }
    if let Some(cause) = first_cause {
        settle::settle(call, &cause, now);
    }
    changed
}

/// Aborts members that should have been claimed by now, which in a call that is being placed is everybody.
pub(super) fn fence(call: &mut Call, now: Millis) -> bool {
    let late = due(call, now).filter(|(_, kind)| *kind == DeadlineKind::Claim);
    let late: Vec<UserId> = late.map(|(user, _)| user.clone()).collect();
    if late.is_empty() {
        return false;
    }
    if call.phase == Phase::Placing {
        settle::end(call, &Cause::aborted(), now);
        return true;
    }
    enter::abort(call, &late.iter().collect::<Vec<_>>(), now);
    true
}

fn no_response(call: &mut Call, user: &UserId, now: Millis) -> Option<Cause> {
    let cause = Cause::new(Reason::NoResponse, user);
    call.member_mut(user).ok()?.finish(MemberState::NoResponse, &cause, now);
    Some(cause)
}

fn due(call: &Call, by: Millis) -> impl Iterator<Item = (&UserId, DeadlineKind)> {
    let deadlines = call.members.iter().filter_map(|member| Some((&member.user, member.deadline?)));
    deadlines.filter(move |(_, deadline)| deadline.at <= by).map(|(user, deadline)| (user, deadline.kind))
}
