//! Real nats-servers, the real program on several nodes, and people with the SDK's client.

pub mod nats;
pub mod nodes;
#[path = "../../survival/support/person.rs"]
#[allow(dead_code)]
pub mod person;

mod route;

pub use crate::store_suite::rng;
pub use nodes::Nodes;
pub use person::{LATE, Person, Seen, new_call, now, user};

use call_server::{Nats, NatsStore, NatsStoreConfig};
use nats::NatsCluster;
use std::{
    future::Future,
    sync::{
        Arc, LazyLock, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::runtime::{Builder, Handle, Runtime};

/// Longer than a busy machine takes for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Where the connections to NATS live.
static BACKGROUND: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// One trio of servers for all tests that leave it alone, as long as one of them runs.
pub fn shared() -> Arc<NatsCluster> {
    static SHARED: Mutex<Weak<NatsCluster>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    shared.upgrade().unwrap_or_else(|| {
        let cluster = Arc::new(NatsCluster::start());
        *shared = Arc::downgrade(&cluster);
        cluster
    })
}

/// A name that no other test has used.
pub fn new_name() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("test{}", LAST.fetch_add(1, Ordering::Relaxed))
}

pub fn background() -> Handle {
    BACKGROUND.handle().clone()
}

/// On this thread.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    background().block_on(future)
}

pub async fn open_store(urls: &[String], name: &str) -> NatsStore {
    let nats = Nats::connect(urls).await.unwrap();
    let config = NatsStoreConfig { name: name.into(), deadline: PATIENCE, keep_ended: Duration::from_secs(600) };
    NatsStore::open(&nats, &config).await.unwrap()
}
