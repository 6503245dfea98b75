use super::{
    Authority, AuthorityError, Clock, Committed, Place,
    claim::Taken,
    write::{Advance, Stored, TRIES, contention},
};
use crate::{
    call::Call,
    store::{Key, Store, Value},
    transition::{Refused, Step},
};
use call_protocol::{Generation, Millis, Phase, UserId};
use std::sync::Arc;

/// How often a call is placed anew after others took its members, each time without anybody having been told.
const ATTEMPTS: usize = 8;

/// What came of one attempt.
pub(super) enum Attempt {
    /// Committed, and told.
    Done,
    CallerBusy,
    /// Somebody else ended or finished it: look again.
    Again,
}

impl<S: Store, C: Clock> Authority<S, C> {
    pub(super) async fn place_call(&self, place: &Place, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        let draft = Arc::new(place.draft(&self.policy, self.clock.now())?);
        let started = draft.created_at;
        for _ in 0..ATTEMPTS {
            let placed = self.open(&draft).await?;
            if placed.0.phase != Phase::Placing {
                tell(Committed { old: None, new: placed.0 });
                return Ok(());
            }
            match self.attempt(&placed, tell).await? {
                Attempt::Done => return Ok(()),
                Attempt::CallerBusy => return Err(AuthorityError::InAnotherCall),
                Attempt::Again if self.is_too_late(started) => break,
                Attempt::Again => {}
            }
        }
        Err(contention())
    }

    /// Stores the call; or finds what an earlier try with the same id left, placing it anew if that was given up.
    async fn open(&self, draft: &Arc<Call>) -> Result<Stored, AuthorityError> {
        let key = Key::Call(draft.app, draft.id.clone());
        for _ in 0..TRIES {
            // Not looked up first: a new call's id is hardly ever there.
            if let Some(version) = self.put(&key, Value::Call(draft.clone()), None).await? {
                return Ok((draft.clone(), version));
            }
            let Some(stored) = self.load(draft.app, &draft.id).await? else { continue };
            let origin = &stored.0.origin;
            if origin.user != draft.origin.user {
                return Err(AuthorityError::NoSuchCall);
            }
            if origin.session.id != draft.origin.session.id {
                return Err(Refused::WrongState.into());
            }
            if !stored.0.is_aborted() {
                return Ok(stored);
            }
            // What became of it is seen at the next look.
            self.advance(&stored, &Step::PlaceAgain { claim_time: self.policy.claim_time }).await?;
        }
        Err(contention())
    }

    async fn attempt(&self, placed: &Stored, tell: &impl Fn(Committed)) -> Result<Attempt, AuthorityError> {
        let (call, _) = placed;
        let caller = call.member(&call.origin.user).ok_or(AuthorityError::NoSuchCall)?;
        let generation = caller.generation;
        self.take_room(call).await?;
        let mut taken: Vec<UserId> = Vec::new();
        let mut busy: Vec<UserId> = Vec::new();
        for user in self.claim_order(call) {
            match self.take(&user, (call, generation), tell).await? {
                Taken::Yes => taken.push(user),
                Taken::Busy(other) if self.crosses(call, &other) => {
                    return self.merge((placed, generation), &taken, &other, tell).await;
                }
                Taken::Busy(_) => {
                    let stop = user == caller.user;
                    busy.push(user);
                    if stop {
                        break;
                    }
                }
            }
        }
        let caller_busy = busy.contains(&caller.user);
        let give_up = caller_busy || self.is_too_late(caller.at);
        let step = if give_up { Step::Abort } else { Step::Ring { busy } };
        let call = self.conclude((placed, generation), &step).await?;
        let concluded = concluded(&call, generation);
        if concluded {
            tell(Committed { old: None, new: call.clone() });
        }
        self.release_unheld(&call, generation, &taken).await;
        if call.phase == Phase::Ended {
            self.release_room(&call).await;
        }
        Ok(match concluded {
            true => Attempt::Done,
            false if caller_busy && call.is_aborted() => Attempt::CallerBusy,
            false => Attempt::Again,
        })
    }

    /// Takes the step that ends this attempt on the call as it was placed, unless somebody has ended it before; answers
    /// with the call as it is.
    pub(super) async fn conclude(
        &self,
        (placed, generation): (&Stored, Generation),
        step: &Step,
    ) -> Result<Arc<Call>, AuthorityError> {
        let mut stored = placed.clone();
        for _ in 0..TRIES {
            let caller = stored.0.member(&stored.0.origin.user);
            let mine = caller.is_some_and(|caller| caller.generation == generation);
            if stored.0.phase != Phase::Placing || !mine {
                return Ok(stored.0);
            }
            match self.advance(&stored, step).await? {
                Advance::Done(committed) => return Ok(committed.new),
                Advance::AlreadySo => return Ok(stored.0),
                Advance::Lost => {
                    let (call, _) = placed;
                    stored = self.load(call.app, &call.id).await?.ok_or(AuthorityError::NoSuchCall)?;
                }
            }
        }
        Err(contention())
    }

    // A claim that is not given back is stale and may be taken by anybody: so what the store answers is no matter.
    pub(super) async fn release_unheld(&self, call: &Call, generation: Generation, taken: &[UserId]) {
        for user in taken.iter().filter(|user| !call.holds(user, generation)) {
            let _ = self.release(call.app, user, &call.id, generation).await;
        }
    }

    // A server that stood still in the middle must not ring anybody when it goes on much later.
    pub(super) fn is_too_late(&self, since: Millis) -> bool {
        self.clock.now() >= since.saturating_add(self.policy.claim_time.saturating_mul(ATTEMPTS as u64))
    }

    /// One order for all, so that of two calls which want the same users one gets them all.
    fn claim_order(&self, call: &Call) -> Vec<UserId> {
        let mut users: Vec<UserId> = call.members.iter().map(|member| member.user.clone()).collect();
        users.sort();
        users
    }
}

/// This attempt, or a helper working on the same one, has made the call what it is.
fn concluded(call: &Call, generation: Generation) -> bool {
    let caller = call.member(&call.origin.user);
    !call.is_aborted() && call.phase != Phase::Placing && caller.is_some_and(|caller| caller.generation == generation)
}
