use super::Taken;
use crate::call::{Call, Deadline, DeadlineKind, Member, NodeEpoch, SessionId};
use call_protocol::{MemberState, Millis, UserId};

/// So long (milliseconds) a member may be away, others vouching for it.
const LONGEST_AWAY: Millis = 10 * 60 * 1000;

pub(super) fn away(
    call: &mut Call,
    (user, session): (&UserId, SessionId),
    node: NodeEpoch,
    now: Millis,
    grace: Millis,
) -> Taken {
    let member = call.member_mut(user)?;
    let is_there = member.state == MemberState::Joined && !member.is_away();
    if !is_there || !member.is_with(session) || !member.is_on(node) {
        return Ok(false);
    }
    member.lose(now, grace);
    Ok(true)
}

pub(super) fn back(call: &mut Call, user: &UserId, session: SessionId, node: NodeEpoch) -> Taken {
    let member = call.member_mut(user)?;
    if member.state != MemberState::Joined || !member.is_with(session) {
        return Ok(false);
    }
    let was_away = member.away_since.take().is_some();
    if was_away {
        member.deadline = None;
    }
    let moved = member.session.as_mut().filter(|session| session.node != node).map(|session| session.node = node);
    Ok(was_away || moved.is_some())
}

pub(super) fn vouch(
    call: &mut Call,
    (user, session): (&UserId, SessionId),
    heard: &[UserId],
    now: Millis,
    grace: Millis,
) -> Taken {
    let voucher = call.member_mut(user)?;
    if voucher.state != MemberState::Joined || !voucher.is_with(session) {
        return Ok(false);
    }
    let mut changed = false;
    for member in call.members.iter_mut().filter(|member| member.user != *user && heard.contains(&member.user)) {
        let Some(since) = member.away_since else { continue };
        let until = now.saturating_add(grace).min(since.saturating_add(LONGEST_AWAY));
        // Not at each beat: a revision for everybody only when half of the grace is gone, or at the last.
        let gain = until.saturating_sub(member.deadline.map_or(0, |deadline| deadline.at));
        if gain >= grace.div_ceil(2).max(1) || (gain > 0 && until == since.saturating_add(LONGEST_AWAY)) {
            member.deadline = Some(Deadline { kind: DeadlineKind::Grace, at: until });
            changed = true;
        }
    }
    Ok(changed)
}

pub(super) fn grace_anew(call: &mut Call, until: Millis) -> bool {
    let graces = call.members.iter_mut().filter_map(|member| member.deadline.as_mut());
    let short = graces.filter(|deadline| deadline.kind == DeadlineKind::Grace && deadline.at < until);
    short.map(|deadline| deadline.at = until).count() > 0
}

pub(super) fn node_lost(call: &mut Call, node: NodeEpoch, now: Millis, grace: Millis) -> bool {
    let mut changed = false;
    for member in &mut call.members {
        if member.is_on(node) && member.state == MemberState::Joined && !member.is_away() {
            member.lose(now, grace);
            changed = true;
        }
    }
    changed
}

impl Member {
    fn is_on(&self, node: NodeEpoch) -> bool {
        self.session.as_ref().is_some_and(|session| session.node == node)
    }

    fn lose(&mut self, now: Millis, grace: Millis) {
        self.away_since = Some(now);
        self.deadline = Some(Deadline { kind: DeadlineKind::Grace, at: now.saturating_add(grace) });
    }
}
