//! Which call is in a room of a chat group. Unlike a claim it excludes nothing: it only lets a call be found. So the
//! key of a call that has ended, or was never made good, is overwritten by whoever finds it.

use super::{
    Authority, AuthorityError, Clock,
    write::{TRIES, contention},
};
use crate::{
    call::{AppId, Call},
    store::{Key, Store, StoreError, Value, Version},
};
use call_protocol::{CallId, Phase, Room};

impl<S: Store, C: Clock> Authority<S, C> {
    /// Makes the call be found by its chat group and room, unless another running call is there.
    pub(super) async fn take_room(&self, call: &Call) -> Result<(), AuthorityError> {
        let Some(key) = room_key(call) else { return Ok(()) };
        let own = Value::Room(call.id.clone());
        for _ in 0..TRIES {
            let expected = match self.room(&key).await? {
                Some((held, version)) => {
                    let holder = self.load(call.app, &held).await?.map(|(holder, _)| holder);
                    if held == call.id || holder.is_some_and(|holder| self.is_there(&holder)) {
                        return Ok(());
                    }
                    Some(version)
                }
                None => None,
            };
            if self.put(&key, own.clone(), expected).await?.is_some() {
                return Ok(());
            }
        }
        Err(contention())
    }

    /// The call in this room.
    pub(super) async fn call_in(&self, app: AppId, group: &str, room: &Room) -> Result<Option<CallId>, StoreError> {
        Ok(self.room(&Key::room(app, group, room)).await?.map(|(call, _)| call))
    }

    // A key that is left over is overwritten: so what the store answers is no matter.
    pub(super) async fn release_room(&self, call: &Call) {
        let Some(key) = room_key(call) else { return };
        if let Ok(Some((held, version))) = self.room(&key).await
            && held == call.id
        {
            let _ = self.store.delete(&key, version).await;
        }
    }

    fn is_there(&self, call: &Call) -> bool {
        match call.phase {
            Phase::Placing => !self.is_late(call),
            phase => phase != Phase::Ended,
        }
    }

    async fn room(&self, key: &Key) -> Result<Option<(CallId, Version)>, StoreError> {
        match self.store.get(key).await? {
            Some((Value::Room(call), version)) => Ok(Some((call, version))),
            Some(_) => Err(StoreError("something else where a room should be".into())),
            None => Ok(None),
        }
    }
}

fn room_key(call: &Call) -> Option<Key> {
    let group = call.chat_group.as_deref().filter(|group| !group.is_empty() && call.group)?;
    Some(Key::room(call.app, group, &call.room))
}
