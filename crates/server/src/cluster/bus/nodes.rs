use super::Presence;
use call_core::NodeEpoch;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// A node that is not heard of for so long counts as dead: longer than it takes to find another server of NATS.
const LEASE: Duration = Duration::from_secs(6);

/// A node is forgotten so long after its death: by then nothing names it.
const MEMORY: Duration = Duration::from_secs(3600);

/// When each node was last heard of.
#[derive(Default)]
pub(super) struct Nodes(Mutex<HashMap<NodeEpoch, Instant>>);

impl Nodes {
    pub fn heard_of(&self, node: NodeEpoch) {
        self.nodes().insert(node, Instant::now());
    }

    /// This node could not hear anybody for a while: all have their time again.
    pub fn begin_anew(&self) {
        let now = Instant::now();
        self.nodes().values_mut().for_each(|heard| *heard = now);
    }

    /// One that is named for the first time has its time, too.
    pub fn presence(&self, node: NodeEpoch) -> Presence {
        let now = Instant::now();
        let mut nodes = self.nodes();
        nodes.retain(|_, heard| heard.elapsed() < MEMORY);
        let heard = *nodes.entry(node).or_insert(now);
        if now.duration_since(heard) < LEASE { Presence::Alive } else { Presence::Lost }
    }

    fn nodes(&self) -> MutexGuard<'_, HashMap<NodeEpoch, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
