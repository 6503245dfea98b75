//! Several servers as one. What they share is kept by NATS: calls, claims and sessions in key-value buckets with
//! compare-and-swap, and a subject for each user, by which nodes tell each other what is for that user's sessions.
//!
//! No node owns a call. Whatever a node dies in the middle of, another one goes on with.

mod bucket;
mod bus;
mod connection;
mod image;
mod people;
mod store;

pub use bus::{Bus, LocalBus, LocalNet, NatsBus, Presence};
pub use connection::{ClusterError, Nats};
pub use people::{People, Registered};
pub use store::{NatsStore, NatsStoreConfig};

use crate::store::CallStore;
use bucket::BucketConfig;
use std::{sync::Arc, time::Duration};

/// What a server needs to be one of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterConfig {
    /// Where NATS is: some or all of its servers.
    pub servers: Vec<String>,
    /// What is kept in NATS is named by it: servers with different ones do not know of each other.
    pub name: String,
    /// For one operation of the store.
    pub deadline: Duration,
}

/// What a hub works on.
pub struct Shared {
    pub store: CallStore,
    pub bus: Arc<Bus>,
    /// Where there are other nodes.
    pub people: Option<Arc<People>>,
}

/// Of a server that is the only one.
impl From<CallStore> for Shared {
    fn from(store: CallStore) -> Self {
        Self { store, bus: Arc::new(Bus::alone()), people: None }
    }
}

/// Becomes one of several servers. `keep_ended`: how long the final state of a call can still be asked for.
pub async fn join(config: &ClusterConfig, keep_ended: Duration) -> Result<Shared, ClusterError> {
    let ClusterConfig { servers, name, deadline } = config;
    let nats = Nats::connect(servers).await?;
    let people = format!("{name}-people");
    let people = nats.bucket(BucketConfig { name: &people, deadline: *deadline }).await?;
    let store = NatsStoreConfig { name: name.clone(), deadline: *deadline, keep_ended };
    Ok(Shared {
        store: CallStore::Nats(Arc::new(NatsStore::open(&nats, &store).await?)),
        bus: Arc::new(Bus::Nats(Box::new(NatsBus::new(&nats, name)))),
        people: Some(Arc::new(People::new(people))),
    })
}
