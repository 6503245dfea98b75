//! Where calls, claims, resume tokens and profiles live. The one place that names a kind of store.

mod database;
mod image;
mod names;
mod record;
mod sqlite;
mod writer;

#[cfg(test)]
mod image_test;
#[cfg(test)]
mod names_test;

pub use database::OpenError;
pub use record::{SavedSession, SessionKey};
pub use sqlite::SqliteStore;

use crate::{
    config::ConfigError,
    profiles::{Profile, ProfileKey},
};
use call_core::{Call, Key, MemoryStore, Store, StoreError, Value, Version};
use call_protocol::Millis;
use std::{path::PathBuf, sync::Arc};
use tracing::error;

/// Which store a server uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StoreKind {
    /// In this process's memory: a restart ends every call.
    #[default]
    Memory,
    /// In a database in this folder: calls and sessions survive a restart.
    Sqlite(PathBuf),
}

#[derive(Clone)]
pub enum CallStore {
    Memory(Arc<MemoryStore>),
    Sqlite(Arc<SqliteStore>),
}

/// May wait for the server that used the store before.
pub fn open(kind: &StoreKind) -> Result<CallStore, ConfigError> {
    match kind {
        StoreKind::Memory => Ok(CallStore::Memory(Arc::default())),
        StoreKind::Sqlite(dir) => {
            let store = SqliteStore::open(dir).map_err(|error| ConfigError::file(dir, error))?;
            Ok(CallStore::Sqlite(Arc::new(store)))
        }
    }
}

impl CallStore {
    /// All calls that `filter` lets pass, in no order.
    pub fn calls(&self, filter: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        match self {
            Self::Memory(store) => store.calls().into_iter().filter(|call| filter(call)).collect(),
            Self::Sqlite(store) => store.calls(filter),
        }
    }

    /// Forgets calls that ended, or got stuck in placing, before `before`, and claims that no known call holds.
    pub fn prune(&self, before: Millis) {
        match self {
            Self::Memory(store) => store.prune(before),
            Self::Sqlite(store) => store.prune(before),
        }
    }

    /// Those that may be resumed after a restart.
    pub fn sessions(&self) -> Vec<(SessionKey, SavedSession)> {
        match self {
            Self::Memory(_) => Vec::new(),
            Self::Sqlite(store) => store.sessions(),
        }
    }

    /// When this returns, the session can be resumed after a restart, if this store survives one. Of several that
    /// save the same session the last one whose `session` was called is kept.
    pub async fn save_session(
        &self,
        key: SessionKey,
        session: impl FnOnce() -> SavedSession + Send,
    ) -> Result<(), StoreError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Sqlite(store) => store.save_session(key, session).await,
        }
    }

    /// The same, without waiting, and even if the store is in trouble.
    pub fn put_session(&self, key: SessionKey, session: SavedSession) {
        match self {
            Self::Memory(_) => {}
            Self::Sqlite(store) => store.put_session(key, session),
        }
    }

    pub fn forget_session(&self, key: SessionKey) {
        match self {
            Self::Memory(_) => {}
            Self::Sqlite(store) => store.forget_session(key),
        }
    }

    /// Those that were set before a restart.
    pub fn profiles(&self) -> Vec<(ProfileKey, Profile)> {
        match self {
            Self::Memory(_) => Vec::new(),
            Self::Sqlite(store) => store.profiles(),
        }
    }

    /// When this returns, a restart does not lose it, if this store survives one. As in [`Self::save_session`], the last
    /// one whose `profile` was called is kept.
    pub async fn save_profile(
        &self,
        key: ProfileKey,
        profile: impl FnOnce() -> Profile + Send,
    ) -> Result<(), StoreError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Sqlite(store) => store.save_profile(key, profile).await,
        }
    }

    /// Writes what is left. Nothing is taken after this.
    pub async fn close(&self) {
        if let Self::Sqlite(store) = self {
            let store = store.clone();
            if tokio::task::spawn_blocking(move || store.close()).await.is_err() {
                error!("the store did not close in order");
            }
        }
    }
}

impl Store for CallStore {
    async fn get(&self, key: &Key) -> Result<Option<(Value, Version)>, StoreError> {
        match self {
            Self::Memory(store) => store.get(key).await,
            Self::Sqlite(store) => store.get(key).await,
        }
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<bool, StoreError> {
        match self {
            Self::Memory(store) => store.put(key, value, expected).await,
            Self::Sqlite(store) => store.put(key, value, expected).await,
        }
    }

    async fn delete(&self, key: &Key, expected: Version) -> Result<bool, StoreError> {
        match self {
            Self::Memory(store) => store.delete(key, expected).await,
            Self::Sqlite(store) => store.delete(key, expected).await,
        }
    }
}
