use super::{
    Authority, AuthorityError, Clock, Committed,
    place::Attempt,
    write::{Advance, Stored, contention},
};
use crate::{
    call::Call,
    store::Store,
    transition::{Refused, Step},
};
use call_protocol::{Generation, Millis, Phase, UserId};
use std::sync::Arc;

/// How long, and how often, the other call's placer is given time to connect both.
const PAUSE: Millis = 10;
const ROUNDS: usize = 512;

impl<S: Store, C: Clock> Authority<S, C> {
    /// Whether `other` calls `call`'s caller from `call`'s only callee.
    pub(super) fn crosses(&self, call: &Call, other: &Call) -> bool {
        let callee = call.members.iter().map(|member| &member.user).find(|user| **user != call.origin.user);
        self.policy.crossing_invites_connect
            && call.id != other.id
            && call.phase == Phase::Placing
            && call.is_one_to_one()
            && other.is_one_to_one()
            && Some(&other.origin.user) == callee
            && other.member(&call.origin.user).is_some()
    }

    /// Gives up the claimant's call, of which nobody was told, and joins the crossing one in its place.
    pub(super) async fn merge(
        &self,
        (placed, generation): (&Stored, Generation),
        taken: &[UserId],
        other: &Arc<Call>,
        tell: &impl Fn(Committed),
    ) -> Result<Attempt, AuthorityError> {
        let own = self.conclude((placed, generation), &Step::Abort).await?;
        self.release_unheld(&own, generation, taken).await;
        if !own.is_aborted() {
            return Ok(Attempt::Again);
        }
        self.join_crossing(&own, other, tell).await
    }

    async fn join_crossing(
        &self,
        own: &Call,
        other: &Call,
        tell: &impl Fn(Committed),
    ) -> Result<Attempt, AuthorityError> {
        let user = &own.origin.user;
        let session = &own.origin.session;
        let step = Step::Cross { user: user.clone(), session: session.clone(), media: own.media.kind };
        let mut told_before = None;
        for _ in 0..ROUNDS {
            let Some(stored) = self.load(other.app, &other.id).await? else { return Ok(Attempt::Again) };
            let (call, _) = &stored;
            if call.phase == Phase::Connected {
                let by_us = call.member(user).is_some_and(|member| member.is_with(session.id));
                if !by_us {
                    return Ok(Attempt::CallerBusy);
                }
                tell(Committed { old: told_before, new: call.clone() });
                return Ok(Attempt::Done);
            }
            if call.phase == Phase::Ended {
                return Ok(Attempt::Again);
            }
            told_before = Some(call.clone());
            if self.is_late(call) {
                self.fence(&stored, tell).await?;
                continue;
            }
            match self.advance(&stored, &step).await {
                Ok(Advance::Done(committed)) if committed.new.phase == Phase::Connected => {
                    tell(committed);
                    return Ok(Attempt::Done);
                }
                // Its placer will find the mark and connect both at once.
                Ok(Advance::AlreadySo) => self.clock.sleep(PAUSE).await,
                Ok(Advance::Done(_) | Advance::Lost) => {}
                Err(AuthorityError::Refused(Refused::WrongState)) => return Ok(Attempt::Again),
                Err(error) => return Err(error),
            }
        }
        Err(contention())
    }
}
