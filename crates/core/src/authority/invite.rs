use super::{
    Authority, AuthorityError, Clock, Committed, Invite,
    claim::Taken,
    request::distinct,
    write::{Advance, TRIES, contention},
};
use crate::{
    call::{Call, Member},
    store::Store,
    transition::{InviteStep, Refused, Step},
};
use call_protocol::{Generation, MemberState, Millis, Phase, UserId};
use std::sync::Arc;

/// How often members are claimed anew after others took them for dead.
const ATTEMPTS: usize = 8;

impl<S: Store, C: Clock> Authority<S, C> {
    pub(super) async fn invite_more(&self, invite: &Invite, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        let callees = distinct(&invite.callees, &invite.by);
        if callees.is_empty() || callees.len() > self.policy.max_callees {
            return Err(AuthorityError::BadCallees);
        }
        let step = Step::Invite(InviteStep {
            by: invite.by.clone(),
            generation: invite.generation,
            session: invite.session,
            number: invite.number,
            callees,
            user_data: invite.user_data.clone(),
            timeout: invite.timeout,
            claim_time: self.policy.claim_time,
            limit: self.policy.max_members,
        });
        let started = self.clock.now();
        for _ in 0..ATTEMPTS {
            let Some((call, index)) = self.begin(invite, &step, tell).await? else { return Ok(()) };
            if self.finish(&call, index, started, tell).await? {
                return Ok(());
            }
            // Without a number it can't be gone on with; and whoever stood still must not ring anybody much later.
            if invite.number == 0 || self.is_too_late(started) {
                break;
            }
        }
        Err(contention())
    }

    /// Stores whose claims are to be taken. None: nobody's.
    async fn begin(
        &self,
        invite: &Invite,
        step: &Step,
        tell: &impl Fn(Committed),
    ) -> Result<Option<(Arc<Call>, u32)>, AuthorityError> {
        for _ in 0..TRIES {
            let stored = self.load(invite.app, &invite.call).await?.ok_or(AuthorityError::NoSuchCall)?;
            let advanced = match self.advance(&stored, step).await {
                Err(AuthorityError::Refused(Refused::Full)) => return Err(AuthorityError::BadCallees),
                advanced => advanced?,
            };
            let (call, index) = match advanced {
                Advance::Lost => continue,
                Advance::AlreadySo => {
                    let known = stored.0.find_invite(&invite.by, invite.generation, invite.number);
                    let Some(index) = known else { return Ok(None) };
                    (stored.0, index)
                }
                Advance::Done(committed) => {
                    let call = committed.new.clone();
                    tell(committed);
                    let known = call.find_invite(&invite.by, invite.generation, invite.number);
                    let index = known.unwrap_or(call.invites.len().saturating_sub(1) as u32);
                    (call, index)
                }
            };
            return Ok(Some((call, index)));
        }
        Err(contention())
    }

    /// Takes the claims of an invitation and rings whoever is free. False: somebody was given up meanwhile.
    async fn finish(
        &self,
        call: &Arc<Call>,
        invite: u32,
        started: Millis,
        tell: &impl Fn(Committed),
    ) -> Result<bool, AuthorityError> {
        let (mut free, mut busy) = (Vec::new(), Vec::new());
        for (user, generation) in self.pending(call, invite) {
            match self.take(&user, (call, generation), tell).await? {
                Taken::Yes => free.push((user, generation)),
                Taken::Busy(_) => busy.push((user, generation)),
            }
        }
        let taken = free.clone();
        let step = if self.is_too_late(started) { Step::Fence } else { Step::RingInvited { free, busy } };
        let (_, now) = self.advance_to(call.app, &call.id, &step, tell).await?;
        if now.group && !call.group {
            self.take_room(&now).await?;
        }
        for (user, generation) in &taken {
            self.release_unheld(&now, *generation, std::slice::from_ref(user)).await;
        }
        let given_up = |member: &Member| {
            member.invite == Some(invite) && matches!(member.state, MemberState::Claiming | MemberState::Aborted)
        };
        Ok(now.phase == Phase::Ended || !now.members.iter().any(given_up))
    }

    fn pending(&self, call: &Call, invite: u32) -> Vec<(UserId, Generation)> {
        let members = call.members.iter().filter(|member| member.invite == Some(invite));
        let claiming = members.filter(|member| member.state == MemberState::Claiming);
        let mut pending: Vec<_> = claiming.map(|member| (member.user.clone(), member.generation)).collect();
        pending.sort();
        pending
    }
}
