use super::{Authority, AuthorityError, Clock, Committed};
use crate::{
    call::{AppId, Call, DeadlineKind},
    store::{Key, Store, StoreError, Value, Version},
    transition::{Step, transition},
};
use call_protocol::{CallId, Phase};
use std::sync::Arc;

/// How often a compare-and-swap is tried again while others are faster.
pub(super) const TRIES: usize = 32;

pub(super) fn contention() -> AuthorityError {
    StoreError("too much contention".into()).into()
}

pub(super) type Stored = (Arc<Call>, Version);

pub(super) enum Advance {
    Done(Committed),
    AlreadySo,
    /// Another writer was faster: load and try again.
    Lost,
}

impl<S: Store, C: Clock> Authority<S, C> {
    /// The call as it is stored.
    pub(super) async fn load(&self, app: AppId, id: &CallId) -> Result<Option<Stored>, StoreError> {
        match self.store.get(&Key::Call(app, id.clone())).await? {
            Some((Value::Call(call), version)) => Ok(Some((call, version))),
            Some(_) => Err(StoreError("something else where a call should be".into())),
            None => Ok(None),
        }
    }

    /// Writes if the version is `expected`. Where the store gives no answer, looks whether the write took place; so
    /// none means: another one was faster, or try again.
    pub(super) async fn put(
        &self,
        key: &Key,
        value: Value,
        expected: Option<Version>,
    ) -> Result<Option<Version>, StoreError> {
        match self.store.put(key, value.clone(), expected).await {
            Ok(written) => Ok(written),
            Err(_) => Ok(self.store.get(key).await?.filter(|(stored, _)| *stored == value).map(|(_, version)| version)),
        }
    }

    /// Takes `step` on what `load` answered, and tells nobody.
    pub(super) async fn advance(&self, (call, version): &Stored, step: &Step) -> Result<Advance, AuthorityError> {
        let Some(next) = transition(call, step, self.clock.now())? else { return Ok(Advance::AlreadySo) };
        let next = Arc::new(next);
        let key = Key::Call(call.app, call.id.clone());
        if self.put(&key, Value::Call(next.clone()), Some(*version)).await?.is_none() {
            return Ok(Advance::Lost);
        }
        Ok(Advance::Done(Committed { old: Some(call.clone()), new: next }))
    }

    /// Takes `step` on the call as it is, tells it and releases what it sets free. Answers with whether it changed the
    /// call, and with what the call is now.
    pub(super) async fn advance_to(
        &self,
        app: AppId,
        id: &CallId,
        step: &Step,
        tell: &impl Fn(Committed),
    ) -> Result<(bool, Arc<Call>), AuthorityError> {
        let mut first = None;
        for _ in 0..TRIES {
            let stored = self.load(app, id).await?.ok_or(AuthorityError::NoSuchCall)?;
            match self.advance(&stored, step).await? {
                Advance::Done(committed) => {
                    self.settled(&committed, tell).await;
                    return Ok((true, committed.new));
                }
                Advance::AlreadySo => {
                    // Perhaps by a write of ours that the store did not answer: telling it twice does no harm.
                    if first.is_some() {
                        self.settled(&Committed { old: first, new: stored.0.clone() }, tell).await;
                    }
                    return Ok((false, stored.0));
                }
                Advance::Lost => drop(first.get_or_insert(stored.0)),
            }
        }
        Err(contention())
    }

    /// Aborts what should have been made good by now, so that it can't be any more.
    pub(super) async fn fence(&self, stored: &Stored, tell: &impl Fn(Committed)) -> Result<(), AuthorityError> {
        if let Advance::Done(committed) = self.advance(stored, &Step::Fence).await? {
            self.settled(&committed, tell).await;
        }
        Ok(())
    }

    /// Whether something in the call should have been made good by now, and was not.
    pub(super) fn is_late(&self, call: &Call) -> bool {
        let now = self.clock.now().max(call.updated_at);
        let claims = call.members.iter().filter_map(|member| member.deadline);
        claims.filter(|deadline| deadline.kind == DeadlineKind::Claim).any(|deadline| deadline.at <= now)
    }

    /// Tells a commit, and releases the claims of members who are out since then, and the room of a call that is over.
    async fn settled(&self, committed: &Committed, tell: &impl Fn(Committed)) {
        tell(committed.clone());
        let Committed { old: Some(old), new } = committed else { return };
        for member in old.members.iter().filter(|member| member.state.is_live()) {
            self.release_unheld(new, member.generation, std::slice::from_ref(&member.user)).await;
        }
        if new.phase == Phase::Ended {
            self.release_room(new).await;
        }
    }
}
