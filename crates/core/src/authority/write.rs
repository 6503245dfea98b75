use super::{Authority, AuthorityError, Clock, Committed};
use crate::{
    call::{AppId, Call},
    store::{Key, Store, StoreError, Value, Version},
    transition::{Step, transition},
};
use call_protocol::CallId;
use std::sync::Arc;

/// How often a compare-and-swap is tried again while others are faster.
pub(super) const TRIES: usize = 32;

pub(super) fn contention() -> AuthorityError {
    StoreError("too much contention".into()).into()
}

impl<S: Store, C: Clock> Authority<S, C> {
    /// The call as it is stored.
    pub(super) async fn load(&self, app: AppId, id: &CallId) -> Result<Option<(Arc<Call>, Version)>, StoreError> {
        match self.store.get(&Key::Call(app, id.clone())).await? {
            Some((Value::Call(call), version)) => Ok(Some((call, version))),
            Some(_) => Err(StoreError("a claim where a call should be".into())),
            None => Ok(None),
        }
    }

    /// Writes if the version is `expected`. Where the store gives no answer, looks whether the write took place; so
    /// false means: another one was faster, or try again.
    pub(super) async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<bool, StoreError> {
        match self.store.put(key, value.clone(), expected).await {
            Ok(written) => Ok(written),
            Err(_) => Ok(self.store.get(key).await?.is_some_and(|(stored, _)| stored == value)),
        }
    }

    /// Takes `step` on what `load` answered. None: another writer was faster.
    pub(super) async fn advance(
        &self,
        (call, version): &(Arc<Call>, Version),
        step: &Step,
    ) -> Result<Advance, AuthorityError> {
        let Some(next) = transition(call, step, self.clock.now())? else { return Ok(Advance::AlreadySo) };
        let next = Arc::new(next);
        let key = Key::Call(call.app, call.id.clone());
        if !self.put(&key, Value::Call(next.clone()), Some(*version)).await? {
            return Ok(Advance::Lost);
        }
        Ok(Advance::Done(Committed { old: Some(call.clone()), new: next }))
    }
}

pub(super) enum Advance {
    Done(Committed),
    AlreadySo,
    /// Another writer was faster: load and try again.
    Lost,
}
