use super::{Listener, Presence};
use crate::random;
use axum::body::Bytes;
use call_core::{AppId, NodeEpoch};
use call_protocol::UserId;
use dashmap::DashMap;
use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

/// The nodes of one process. A server that is alone is the only one of its own.
#[derive(Clone, Default)]
pub struct LocalNet(Arc<DashMap<NodeEpoch, Arc<Member>>>);

/// A node's place in a [`LocalNet`], which it leaves when it is dropped.
pub struct LocalBus {
    net: LocalNet,
    node: NodeEpoch,
    own: Arc<Member>,
}

#[derive(Default)]
struct Member {
    listener: OnceLock<Listener>,
    hears: std::sync::Mutex<HashSet<(AppId, UserId)>>,
}

impl LocalBus {
    pub fn join(net: &LocalNet) -> Self {
        let (node, own) = (random::number(), Arc::<Member>::default());
        net.0.insert(node, own.clone());
        Self { net: net.clone(), node, own }
    }

    pub(super) fn node(&self) -> NodeEpoch {
        self.node
    }

    pub(super) fn is_alone(&self) -> bool {
        Arc::strong_count(&self.net.0) == 1
    }

    pub(super) fn start(&self, listener: Listener) {
        // A second one is never heard.
        let _ = self.own.listener.set(listener);
    }

    pub(super) fn listen(&self, app: AppId, user: &UserId) {
        if !self.is_alone() {
            self.own.hears().insert((app, user.clone()));
        }
    }

    pub(super) fn stop_listening(&self, app: AppId, user: &UserId, is_needed: impl FnOnce() -> bool) {
        if self.is_alone() {
            return;
        }
        let mut hears = self.own.hears();
        if !is_needed() {
            hears.remove(&(app, user.clone()));
        }
    }

    pub(super) fn say(&self, app: AppId, user: &UserId, word: &Bytes) {
        let others = self.net.0.iter().filter(|member| *member.key() != self.node);
        let others: Vec<_> = others.map(|member| member.value().clone()).collect();
        for other in others {
            let hears = other.hears().contains(&(app, user.clone()));
            if let Some(listener) = other.listener.get().filter(|_| hears) {
                listener(app, user, word.clone());
            }
        }
    }

    pub(super) fn presence(&self, node: NodeEpoch) -> Presence {
        if self.net.0.contains_key(&node) { Presence::Alive } else { Presence::Lost }
    }
}

impl Drop for LocalBus {
    fn drop(&mut self) {
        self.net.0.remove(&self.node);
    }
}

impl Member {
    fn hears(&self) -> std::sync::MutexGuard<'_, HashSet<(AppId, UserId)>> {
        self.hears.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
