use super::{Refused, Taken, enter, place, settle, settle::Cause};
use crate::call::{Call, Invitation, SessionId};
use call_protocol::{Generation, MemberState, Millis, Phase, Reason, UserId};

/// More invitations are refused: a call's value must not grow without end.
const MAX_INVITES: usize = 128;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteStep {
    /// The inviter and its membership.
    pub by: UserId,
    pub generation: Generation,
    pub session: SessionId,
    /// Given by the inviter, unique in this membership: a repeated one goes on with the invitation that is there.
    /// 0 = none.
    pub number: u32,
    /// Each once. Who is in the call, or on the way into it, is left as it is.
    pub callees: Vec<UserId>,
    pub user_data: String,
    /// Milliseconds of ringing; 0 = for ever.
    pub timeout: Millis,
    /// Milliseconds to take the claims.
    pub claim_time: Millis,
    /// How many may be in the call.
    pub limit: usize,
}

pub(super) fn invite(call: &mut Call, step: &InviteStep, now: Millis) -> Taken {
    let inviter = call.membership((&step.by, step.generation))?;
    if inviter.state != MemberState::Joined || !inviter.is_with(step.session) {
        return Err(Refused::WrongState);
    }
    let known = call.find_invite(&step.by, step.generation, step.number);
    let callees: Vec<UserId> = match known {
        Some(invite) => aborted(call, invite),
        None => step.callees.iter().filter(|callee| !is_live(call, callee)).cloned().collect(),
    };
    if callees.is_empty() {
        return Ok(false);
    }
    // A call of two is made with an offer that rides on its invitation: until that is answered, it stays one of two.
    if call.phase != Phase::Connected && !(call.phase == Phase::Ringing && call.group) {
        return Err(Refused::WrongState);
    }
    if call.invites.len() >= MAX_INVITES || !enter::has_room(call, callees.iter(), step.limit) {
        return Err(Refused::Full);
    }
    let invite = known.unwrap_or_else(|| {
        call.invites.push(Invitation {
            by: step.by.clone(),
            generation: step.generation,
            number: step.number,
            callees: callees.clone(),
            user_data: step.user_data.clone(),
            timeout: step.timeout,
        });
        (call.invites.len() - 1) as u32
    });
    for callee in &callees {
        enter::claim(call, callee, now, now.saturating_add(step.claim_time)).invite = Some(invite);
    }
    Ok(true)
}

/// Others may work on the same invitation, and may have given up and renewed what was claimed: a claim is good for its
/// generation only.
pub(super) fn ring(call: &mut Call, free: &[(UserId, Generation)], busy: &[(UserId, Generation)], now: Millis) -> bool {
    if call.phase == Phase::Placing {
        return false;
    }
    let mut changed = false;
    let mut first_busy = None;
    for member in call.members.iter_mut().filter(|member| member.state == MemberState::Claiming) {
        let Some(invite) = member.invite.and_then(|invite| call.invites.get(invite as usize)) else { continue };
        let membership = (member.user.clone(), member.generation);
        if busy.contains(&membership) {
            let cause = Cause::new(Reason::LineBusy, &member.user);
            member.finish(MemberState::Busy, &cause, now);
            first_busy.get_or_insert(cause);
        } else if free.contains(&membership) {
            place::ring_member(member, invite.timeout, now);
            call.group = true;
        } else {
            continue;
        }
        changed = true;
    }
    if let Some(cause) = first_busy {
        settle::settle(call, &cause, now);
    }
    changed
}

impl Call {
    /// The index of the invitation that `by` gave this number.
    pub(crate) fn find_invite(&self, by: &UserId, generation: Generation, number: u32) -> Option<u32> {
        let is_it = |invite: &Invitation| (&invite.by, invite.generation, invite.number) == (by, generation, number);
        (number > 0).then(|| self.invites.iter().position(is_it))?.map(|index| index as u32)
    }
}

/// Whose claim was not taken in time: nobody has told them.
fn aborted(call: &Call, invite: u32) -> Vec<UserId> {
    let members = call.members.iter().filter(|member| member.invite == Some(invite));
    members.filter(|member| member.state == MemberState::Aborted).map(|member| member.user.clone()).collect()
}

fn is_live(call: &Call, user: &UserId) -> bool {
    call.member(user).is_some_and(|member| member.state.is_live())
}
