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
pub use names::{key as key_of, text as text_of};
pub use record::{RecordKey, SavedSession, SessionKey};
pub use sqlite::SqliteStore;

use crate::{
    cluster::{self, ClusterConfig, NatsStore, Shared},
    config::ConfigError,
    profiles::{Profile, ProfileKey},
};
use call_core::{AppId, Call, Key, MemoryStore, Store, StoreError, Value, Version};
use call_protocol::{CallId, Millis, UserId};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{sync::mpsc::Receiver, task::spawn_blocking};
use tracing::error;

/// Which store a server uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StoreKind {
    /// In this process's memory: a restart ends every call.
    #[default]
    Memory,
    /// In a database in this folder: calls and sessions survive a restart.
    Sqlite(PathBuf),
    /// In NATS, together with other servers: users of one call may be on different ones, and any of them may die.
    Nats(ClusterConfig),
}

#[derive(Clone)]
pub enum CallStore {
    Memory(Arc<MemoryStore>),
    Sqlite(Arc<SqliteStore>),
    Nats(Arc<NatsStore>),
}

/// May wait for the server that used the store before. `keep_ended`: how long the final state of a call can be asked for.
pub async fn open(kind: StoreKind, keep_ended: Duration) -> Result<Shared, ConfigError> {
    match kind {
        StoreKind::Memory => Ok(CallStore::Memory(Arc::default()).into()),
        StoreKind::Sqlite(dir) => {
            let opened =
                spawn_blocking(move || SqliteStore::open(&dir).map_err(|error| ConfigError::file(&dir, error)));
            let store = opened.await.map_err(|error| ConfigError::Store(error.to_string()))??;
            Ok(CallStore::Sqlite(Arc::new(store)).into())
        }
        StoreKind::Nats(cluster) => {
            cluster::join(&cluster, keep_ended).await.map_err(|error| ConfigError::Store(error.to_string()))
        }
    }
}

impl CallStore {
    /// All calls that `filter` lets pass, in no order.
    pub fn calls(&self, filter: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        match self {
            Self::Memory(store) => store.calls().into_iter().filter(|call| filter(call)).collect(),
            Self::Sqlite(store) => store.calls(filter),
            Self::Nats(store) => store.calls(filter),
        }
    }

    /// The call that a user was in or rung by last, where another node may have told of it.
    pub fn last_call(&self, app: AppId, user: &UserId) -> Option<CallId> {
        match self {
            Self::Memory(_) | Self::Sqlite(_) => None,
            Self::Nats(store) => store.last_call(app, user),
        }
    }

    /// Calls that are changed by whichever node, where there are others. Nobody else can have them after this.
    pub fn take_news(&self) -> Option<Receiver<Arc<Call>>> {
        match self {
            Self::Memory(_) | Self::Sqlite(_) => None,
            Self::Nats(store) => store.take_news(),
        }
    }

    /// Forgets calls that ended, or got stuck in placing, before `before`, and claims that no known call holds.
    pub async fn prune(&self, before: Millis) {
        match self {
            Self::Memory(store) => store.prune(before),
            Self::Sqlite(store) => store.prune(before),
            Self::Nats(store) => store.prune(before).await,
        }
    }

    /// As far as is known without trying.
    pub fn takes_writes(&self) -> bool {
        match self {
            Self::Memory(_) | Self::Nats(_) => true,
            Self::Sqlite(store) => store.takes_writes(),
        }
    }

    /// Those that may be resumed after a restart.
    pub fn sessions(&self) -> Vec<(SessionKey, SavedSession)> {
        match self {
            Self::Memory(_) | Self::Nats(_) => Vec::new(),
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
            Self::Memory(_) | Self::Nats(_) => Ok(()),
            Self::Sqlite(store) => store.save_session(key, session).await,
        }
    }

    /// The same, without waiting, and even if the store is in trouble.
    pub fn put_session(&self, key: SessionKey, session: SavedSession) {
        match self {
            Self::Memory(_) | Self::Nats(_) => {}
            Self::Sqlite(store) => store.put_session(key, session),
        }
    }

    pub fn forget_session(&self, key: SessionKey) {
        match self {
            Self::Memory(_) | Self::Nats(_) => {}
            Self::Sqlite(store) => store.forget_session(key),
        }
    }

    /// Those that were set before a restart.
    pub fn profiles(&self) -> Vec<(ProfileKey, Profile)> {
        match self {
            Self::Memory(_) | Self::Nats(_) => Vec::new(),
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
            Self::Memory(_) | Self::Nats(_) => Ok(()),
            Self::Sqlite(store) => store.save_profile(key, profile).await,
        }
    }

    /// Writes what is left. Nothing is taken after this.
    pub async fn close(&self) {
        if let Self::Sqlite(store) = self {
            let store = store.clone();
            if spawn_blocking(move || store.close()).await.is_err() {
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
            Self::Nats(store) => store.get(key).await,
        }
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<Option<Version>, StoreError> {
        match self {
            Self::Memory(store) => store.put(key, value, expected).await,
            Self::Sqlite(store) => store.put(key, value, expected).await,
            Self::Nats(store) => store.put(key, value, expected).await,
        }
    }

    async fn delete(&self, key: &Key, expected: Version) -> Result<bool, StoreError> {
        match self {
            Self::Memory(store) => store.delete(key, expected).await,
            Self::Sqlite(store) => store.delete(key, expected).await,
            Self::Nats(store) => store.delete(key, expected).await,
        }
    }
}
