use super::{Listener, Presence, nodes::Nodes};
use crate::{cluster::connection::Nats, random};
use async_nats::Subscriber;
use axum::body::Bytes;
use call_core::{AppId, NodeEpoch};
use call_protocol::UserId;
use dashmap::{DashMap, Entry};
use futures::StreamExt;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinHandle},
    time::{interval, timeout},
};
use tracing::{debug, warn};

/// How much may wait to be sent. Is it more, NATS is not there, and what is lost would be of no use when it is again.
const MOST_WAITING: usize = 16 * 1024;

/// For NATS to confirm that it knows who listens.
const LISTENING: Duration = Duration::from_millis(300);

/// Between two signs of life of a node.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// Interest subjects of core NATS: one for each user who has a session here.
pub struct NatsBus {
    nats: Nats,
    node: NodeEpoch,
    /// What all its subjects begin with.
    name: String,
    listener: Arc<OnceLock<Listener>>,
    listening: DashMap<(AppId, UserId), Subscription>,
    waiting: mpsc::Sender<(String, Bytes)>,
    nodes: Arc<Nodes>,
    tasks: [JoinHandle<()>; 2],
}

/// Ends when it is dropped.
struct Subscription(AbortHandle);

impl NatsBus {
    pub fn new(nats: &Nats, name: &str) -> Self {
        let node = random::number();
        let (waiting, to_send) = mpsc::channel(MOST_WAITING);
        let nodes = Arc::<Nodes>::default();
        let tasks = [
            tokio::spawn(send(nats.clone(), to_send)),
            tokio::spawn(live(nats.clone(), format!("{name}.alive"), node, nodes.clone())),
        ];
        let (listener, listening) = (Arc::default(), DashMap::new());
        Self { nats: nats.clone(), node, name: name.into(), listener, listening, waiting, nodes, tasks }
    }

    pub(super) fn node(&self) -> NodeEpoch {
        self.node
    }

    pub(super) fn start(&self, listener: Listener) {
        // A second one is never heard.
        let _ = self.listener.set(listener);
    }

    pub(super) async fn listen(&self, app: AppId, user: &UserId) {
        let key = (app, user.clone());
        if self.listening.contains_key(&key) {
            return;
        }
        let subscribed = timeout(LISTENING, async {
            let subscriber = self.nats.client.subscribe(self.subject(app, user)).await?;
            Ok::<_, async_nats::Error>(subscriber)
        });
        let subscriber = match subscribed.await {
            Ok(Ok(subscriber)) => subscriber,
            Ok(Err(error)) => return warn!(%error, "can't listen for a user"),
            Err(_) => return warn!("can't listen for a user: NATS is silent"),
        };
        let task = tokio::spawn(hear(subscriber, key.clone(), self.listener.clone()));
        let subscription = Subscription(task.abort_handle());
        // Of two at once one is enough.
        if let Entry::Vacant(vacant) = self.listening.entry(key) {
            vacant.insert(subscription);
        }
        if !matches!(timeout(LISTENING, self.nats.client.flush()).await, Ok(Ok(()))) {
            debug!("NATS does not confirm in time that a user is listened for");
        }
    }

    pub(super) fn stop_listening(&self, app: AppId, user: &UserId, is_needed: impl FnOnce() -> bool) {
        self.listening.remove_if(&(app, user.clone()), |_, _| !is_needed());
    }

    pub(super) fn say(&self, app: AppId, user: &UserId, word: Bytes) {
        if self.waiting.try_send((self.subject(app, user), word)).is_err() {
            debug!("too much waits for NATS");
        }
    }

    pub(super) fn presence(&self, node: NodeEpoch) -> Presence {
        self.nodes.presence(node)
    }

    fn subject(&self, app: AppId, user: &UserId) -> String {
        format!("{}.user.{app}.{user}", self.name)
    }
}

async fn send(nats: Nats, mut to_send: mpsc::Receiver<(String, Bytes)>) {
    while let Some((subject, word)) = to_send.recv().await {
        if let Err(error) = nats.client.publish(subject, word).await {
            debug!(%error, "not sent to other nodes");
        }
    }
}

async fn hear(mut subscriber: Subscriber, (app, user): (AppId, UserId), listener: Arc<OnceLock<Listener>>) {
    while let Some(message) = subscriber.next().await {
        if let Some(listener) = listener.get() {
            listener(app, &user, message.payload);
        }
    }
}

/// Shows that this node lives, and hears of the others.
async fn live(nats: Nats, subject: String, node: NodeEpoch, nodes: Arc<Nodes>) {
    let mut others = loop {
        match nats.client.subscribe(subject.clone()).await {
            Ok(others) => break others,
            Err(error) => warn!(%error, "can't hear of other nodes"),
        }
        tokio::time::sleep(SIGN_OF_LIFE).await;
    };
    let mut ticks = interval(SIGN_OF_LIFE);
    let mut connections = nats.connections();
    loop {
        tokio::select! {
            other = others.next() => match other.as_ref().map(|other| other.payload.as_ref().try_into()) {
                Some(Ok(epoch)) => nodes.heard_of(NodeEpoch::from_be_bytes(epoch)),
                Some(Err(_)) => {}
                None => return,
            },
            _ = ticks.tick() => {
                let again = nats.connections();
                if again != connections {
                    connections = again;
                    nodes.begin_anew();
                }
                let sign = Bytes::copy_from_slice(&node.to_be_bytes());
                // While there is no connection, others can't hear of this one.
                let _ = timeout(SIGN_OF_LIFE, nats.client.publish(subject.clone(), sign)).await;
            }
        }
    }
}

impl Drop for NatsBus {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.abort();
    }
}
