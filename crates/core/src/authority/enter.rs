use super::{
    Authority, AuthorityError, Clock, Committed, Entry, Joining,
    claim::{PATIENCE, PAUSE, Taken},
    write::{Advance, contention},
};
use crate::{
    call::{Call, Member},
    store::Store,
    transition::{Refused, Step, transition},
};
use call_protocol::{CallId, Generation, Join, MemberState, Phase};
use std::sync::Arc;

const ROUNDS: usize = 64;

impl<S: Store, C: Clock> Authority<S, C> {
    pub(super) async fn enter(&self, entry: &Entry, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        let step = Step::Enter {
            user: entry.user.clone(),
            session: entry.session.clone(),
            claim_time: self.policy.claim_time,
            limit: self.policy.max_members,
        };
        let started = self.clock.now();
        let (mut first, mut waited) = (None, 0);
        for _ in 0..ROUNDS {
            let id = self.find(entry).await?;
            let stored = self.load(entry.app, &id).await?.ok_or(AuthorityError::NoSuchCall)?;
            if self.policy.joining == Joining::Invited && stored.0.member(&entry.user).is_none() {
                return Err(AuthorityError::NoSuchCall);
            }
            if self.is_too_late(started) {
                break;
            }
            if let Some(error) = obstacle(&stored.0, entry) {
                if self.is_late(&stored.0) {
                    self.fence(&stored, tell).await?;
                } else if waited >= PATIENCE {
                    return Err(error);
                } else {
                    self.clock.sleep(PAUSE).await;
                    waited += PAUSE;
                }
                continue;
            }
            // First, so that what may not be known is answered alike to everybody.
            transition(&stored.0, &step, self.clock.now())?;
            if self.is_elsewhere(&stored.0, entry).await? {
                return Err(AuthorityError::InAnotherCall);
            }
            let call = match self.advance(&stored, &step).await? {
                Advance::Lost => {
                    first.get_or_insert(stored.0);
                    continue;
                }
                Advance::AlreadySo => {
                    // Perhaps by a write of ours that the store did not answer: telling it twice does no harm.
                    if first.is_some() {
                        tell(Committed { old: first.take(), new: stored.0.clone() });
                    }
                    stored.0
                }
                Advance::Done(committed) => {
                    tell(committed.clone());
                    committed.new
                }
            };
            match call.member(&entry.user) {
                Some(member) if member.state == MemberState::Claiming => {
                    if self.claim_place(&call, member, tell).await? {
                        return Ok(());
                    }
                }
                _ => return Ok(()),
            }
        }
        Err(contention())
    }

    async fn find(&self, entry: &Entry) -> Result<CallId, AuthorityError> {
        match &entry.to {
            Join::Call(id) => Ok(id.clone()),
            Join::Room { group, room } => self.call_in(entry.app, group, room).await?.ok_or(AuthorityError::NoSuchCall),
        }
    }

    /// Whether the user is in another call, as far as can be seen without taking its claim: so that the members of
    /// `call` need not hear of every try.
    async fn is_elsewhere(&self, call: &Call, entry: &Entry) -> Result<bool, AuthorityError> {
        if call.member(&entry.user).is_some_and(|member| member.state.is_live()) {
            return Ok(false);
        }
        let current = self.current(entry.app, &entry.user).await?;
        Ok(current.is_some_and(|current| current.id != call.id))
    }

    /// Makes good what the call says of `member`. False: it was given up meanwhile.
    async fn claim_place(
        &self,
        call: &Arc<Call>,
        member: &Member,
        tell: &impl Fn(Committed),
    ) -> Result<bool, AuthorityError> {
        let (user, generation) = (member.user.clone(), member.generation);
        if let Taken::Busy(_) = self.take(&user, (call, generation), tell).await? {
            self.advance_to(call.app, &call.id, &Step::GiveUp { user, generation }, tell).await?;
            return Err(AuthorityError::InAnotherCall);
        }
        let late = self.is_too_late(member.at);
        let step = if late { Step::GiveUp { user, generation } } else { Step::Join { user, generation } };
        let outcome = self.advance_to(call.app, &call.id, &step, tell).await;
        let joined = matches!(&outcome, Ok((_, now)) if now.holds(&member.user, generation));
        if !joined && !matches!(outcome, Err(AuthorityError::Unavailable(_))) {
            self.give_back(call, member, generation).await;
        }
        match outcome {
            Ok(_) if late => Err(contention()),
            Ok(_) => Ok(joined),
            Err(AuthorityError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    // A claim that is not given back is stale and may be taken by anybody: so what the store answers is no matter.
    async fn give_back(&self, call: &Call, member: &Member, generation: Generation) {
        let _ = self.release(call.app, &member.user, &call.id, generation).await;
    }
}

/// What is in the way, and may be gone in a moment.
fn obstacle(call: &Call, entry: &Entry) -> Option<AuthorityError> {
    if call.phase == Phase::Placing {
        return Some(AuthorityError::NoSuchCall);
    }
    let claiming = call.member(&entry.user).filter(|member| member.state == MemberState::Claiming);
    let by_others = claiming.is_some_and(|member| !member.is_with(entry.session.id));
    by_others.then_some(AuthorityError::Refused(Refused::WrongState))
}
