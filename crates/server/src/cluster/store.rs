use super::{
    bucket::{Bucket, BucketConfig, Found, MARKER_LIFE},
    connection::{ClusterError, Nats},
    image::Image,
};
use crate::store::{RecordKey, text_of};
use axum::body::Bytes;
use call_core::{AppId, Call, Key, Store, StoreError, Value, Version};
use call_protocol::{CallId, Millis, Phase, UserId};
use dashmap::DashMap;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, timeout},
};
use tracing::warn;

/// So many deletions are remembered for the next write of the same key.
const MOST_DELETED: usize = 100_000;

/// For reading what NATS holds, at the start. Longer than it takes, so that a server that is slow starts all the same.
const LOADING: Duration = Duration::from_secs(30);

/// How a [`NatsStore`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatsStoreConfig {
    /// What the names of all its buckets begin with: servers with different ones do not know of each other.
    pub name: String,
    /// For one operation.
    pub deadline: Duration,
    /// How long the final state of a call can still be asked for.
    pub keep_ended: Duration,
}

/// Calls, claims and rooms in a bucket of NATS, for any number of servers at once.
pub struct NatsStore {
    calls: Bucket,
    keep_ended: Duration,
    /// Keys that were deleted a moment ago: who makes such a key anew must say where that was.
    deleted: DashMap<Key, Deleted>,
    image: Arc<Image>,
    news: Mutex<Option<mpsc::Receiver<Arc<Call>>>>,
    watch: JoinHandle<()>,
}

struct Deleted {
    at: u64,
    since: Instant,
}

impl Deleted {
    fn is_there(&self) -> bool {
        self.since.elapsed() < MARKER_LIFE
    }
}

impl NatsStore {
    pub async fn open(nats: &Nats, config: &NatsStoreConfig) -> Result<Self, ClusterError> {
        let name = format!("{}-calls", config.name);
        let calls = nats.bucket(BucketConfig { name: &name, deadline: config.deadline }).await?;
        let (image, news) = Image::new();
        let image = Arc::new(image);
        let watching = (image.clone(), calls.clone());
        let watch = tokio::spawn(async move { watching.0.run(&watching.1).await });
        // Who comes back before that would be shown an earlier call than the one it was in.
        if timeout(LOADING, image.whole()).await.is_err() {
            warn!("calls are still being read from NATS");
        }
        let (keep_ended, news) = (config.keep_ended, Mutex::new(Some(news)));
        Ok(Self { calls, keep_ended, deleted: DashMap::new(), image, news, watch })
    }

    /// Calls that change, through whichever node. Nobody else can have them after this.
    pub fn take_news(&self) -> Option<mpsc::Receiver<Arc<Call>>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// All calls that `filter` lets pass, in no order, as of a moment ago.
    pub fn calls(&self, filter: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        self.image.calls(filter)
    }

    /// The call that a user was in or rung by last, as of a moment ago.
    pub fn last_call(&self, app: AppId, user: &UserId) -> Option<CallId> {
        self.image.last_call(app, user)
    }

    /// Removes claims and rooms that no call holds. Calls that ended go by themselves.
    pub async fn prune(&self, before: Millis) {
        self.deleted.retain(|_, deleted| deleted.is_there());
        for (key, at) in self.image.prune(before) {
            if self.delete(&key, Version(at)).await.is_err() {
                return;
            }
        }
    }

    fn life(&self, value: &Value) -> Option<Duration> {
        match value {
            Value::Call(call) => matches!(call.phase, Phase::Placing | Phase::Ended).then_some(self.keep_ended),
            Value::Claim(..) | Value::Room(_) => None,
        }
    }

    async fn create(
        &self,
        key: &Key,
        text: &str,
        json: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<Option<u64>, StoreError> {
        let deleted =
            self.deleted.remove(key).filter(|(_, deleted)| deleted.is_there()).map_or(0, |(_, deleted)| deleted.at);
        if let Some(at) = self.calls.put(text, json.clone(), deleted, life).await? {
            return Ok(Some(at));
        }
        // Its deletion may have been forgotten, here or there, or be another node's.
        match self.calls.get(text).await? {
            Found::Value(..) => Ok(None),
            Found::Deleted(at) => self.calls.put(text, json, at, life).await,
            Found::Nothing => self.calls.put(text, json, 0, life).await,
        }
    }

    fn remember_deleted(&self, key: &Key, at: u64) {
        if self.deleted.len() > MOST_DELETED {
            self.deleted.clear();
        }
        self.deleted.insert(key.clone(), Deleted { at, since: Instant::now() });
    }
}

impl Store for NatsStore {
    async fn get(&self, key: &Key) -> Result<Option<(Value, Version)>, StoreError> {
        match self.calls.get(&text(key)).await? {
            Found::Value(value, at) => Ok(Some((read(&value)?, Version(at)))),
            Found::Deleted(at) => {
                self.remember_deleted(key, at);
                Ok(None)
            }
            Found::Nothing => Ok(None),
        }
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<Option<Version>, StoreError> {
        let text = text(key);
        let json = serde_json::to_vec(&value).map_err(|error| StoreError(error.to_string()))?;
        let life = self.life(&value);
        let Some(Version(expected)) = expected else {
            return Ok(self.create(key, &text, json, life).await?.map(Version));
        };
        // 0 stands for what is not there.
        let at = if expected == 0 { None } else { self.calls.put(&text, json, expected, life).await? };
        Ok(at.map(Version))
    }

    async fn delete(&self, key: &Key, Version(expected): Version) -> Result<bool, StoreError> {
        let at = if expected == 0 { None } else { self.calls.delete(&text(key), expected).await? };
        if let Some(at) = at {
            self.remember_deleted(key, at);
        }
        Ok(at.is_some())
    }
}

impl Drop for NatsStore {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

fn text(key: &Key) -> String {
    text_of(&RecordKey::Core(key.clone()))
}

fn read(json: &Bytes) -> Result<Value, StoreError> {
    serde_json::from_slice(json).map_err(|error| StoreError(error.to_string()))
}
