mod memory;

pub use memory::MemoryStore;

use crate::call::{AppId, Call};
use call_protocol::{CallId, Generation, Phase, Room, UserId};
use serde::{Deserialize, Serialize};
use std::{future::Future, sync::Arc};

/// Where calls and claims live: single keys with compare-and-swap, nothing more.
///
/// Every operation has a deadline of its own and then fails with [`StoreError`]; whether it took place is then
/// unknown, and the caller must read before it answers anybody.
pub trait Store: Send + Sync {
    /// The value under `key` and its version.
    fn get(&self, key: &Key) -> impl Future<Output = Result<Option<(Value, Version)>, StoreError>> + Send;

    /// Writes if the key's version is `expected` (none = the key must be absent), and answers with the version that it
    /// has now. None: it was another one.
    fn put(
        &self,
        key: &Key,
        value: Value,
        expected: Option<Version>,
    ) -> impl Future<Output = Result<Option<Version>, StoreError>> + Send;

    /// Removes if the key's version is `expected`. False: it was another one, or absent.
    fn delete(&self, key: &Key, expected: Version) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// A version of one key. Equal versions mean equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(pub u64);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Call(AppId, CallId),
    /// What a user is busy with.
    Claim(AppId, UserId),
    /// Which call is in this room of this chat group. See [`Key::room`].
    Room(AppId, String, Room),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Call(Arc<Call>),
    Claim(CallId, Generation),
    Room(CallId),
}

impl Key {
    /// The key under which a call in `room` of the chat group is found. Where a room has both names, the number counts.
    pub fn room(app: AppId, group: &str, room: &Room) -> Self {
        let room = if room.int > 0 { Room { int: room.int, str: String::new() } } else { room.clone() };
        Self::Room(app, group.into(), room)
    }
}

impl Value {
    /// The call that a claim or a room names.
    pub fn names(&self) -> Option<&CallId> {
        match self {
            Self::Call(_) => None,
            Self::Claim(call, _) | Self::Room(call) => Some(call),
        }
    }

    /// Whether this claim or room, found under `key`, is left over: the call it names is gone or does not hold it.
    pub fn is_left_over(&self, key: &Key, named: Option<&Call>) -> bool {
        match (key, self) {
            (Key::Claim(_, user), Self::Claim(_, generation)) => {
                !named.is_some_and(|call| call.holds(user, *generation))
            }
            (Key::Room(..), Self::Room(_)) => !named.is_some_and(|call| call.phase != Phase::Ended),
            _ => false,
        }
    }
}

/// The store did not answer in time, or not sensibly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("store: {0}")]
pub struct StoreError(pub String);

impl<S: Store> Store for Arc<S> {
    fn get(&self, key: &Key) -> impl Future<Output = Result<Option<(Value, Version)>, StoreError>> + Send {
        S::get(self, key)
    }

    fn put(
        &self,
        key: &Key,
        value: Value,
        expected: Option<Version>,
    ) -> impl Future<Output = Result<Option<Version>, StoreError>> + Send {
        S::put(self, key, value, expected)
    }

    fn delete(&self, key: &Key, expected: Version) -> impl Future<Output = Result<bool, StoreError>> + Send {
        S::delete(self, key, expected)
    }
}
