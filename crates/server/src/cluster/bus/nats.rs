use super::{
    Listener, Presence,
    nodes::Nodes,
    said::{Said, Spoken},
};
use crate::{cluster::connection::Nats, random};
use async_nats::{Message, Subscriber};
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
    time::{interval, sleep, timeout},
};
use tracing::{debug, info, warn};

/// How much may wait to be sent. Is it more, NATS is not there, and what is lost would be of no use when it is again.
const MOST_WAITING: usize = 16 * 1024;

/// For NATS to confirm that it knows who listens.
const LISTENING: Duration = Duration::from_millis(300);

/// Between two signs of life of a node.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// Interest subjects of core NATS: one for each user who has a session here.
///
/// A server of NATS that dies, or does nothing any more, takes along what was on its way through it. A node that finds
/// itself on another one says again what it said lately, and asks the others to do the same for it alone. What comes
/// twice by that does no harm.
pub struct NatsBus {
    common: Arc<Common>,
    waiting: mpsc::Sender<Spoken>,
    tasks: [JoinHandle<()>; 3],
}

struct Common {
    nats: Nats,
    node: NodeEpoch,
    /// What all its subjects begin with.
    name: String,
    listener: OnceLock<Listener>,
    listening: DashMap<(AppId, UserId), Subscription>,
    nodes: Nodes,
    said: Said,
}

/// Ends when it is dropped.
struct Subscription(AbortHandle);

impl NatsBus {
    pub fn new(nats: &Nats, name: &str) -> Self {
        let (waiting, to_send) = mpsc::channel(MOST_WAITING);
        let common = Arc::new(Common {
            nats: nats.clone(),
            node: random::number(),
            name: name.into(),
            listener: OnceLock::new(),
            listening: DashMap::new(),
            nodes: Nodes::default(),
            said: Said::default(),
        });
        let tasks = [
            tokio::spawn(common.clone().send(to_send)),
            tokio::spawn(common.clone().live()),
            tokio::spawn(common.clone().hear_again()),
        ];
        Self { common, waiting, tasks }
    }

    pub(super) fn node(&self) -> NodeEpoch {
        self.common.node
    }

    pub(super) fn start(&self, listener: Listener) {
        // A second one is never heard.
        let _ = self.common.listener.set(listener);
    }

    pub(super) async fn listen(&self, app: AppId, user: &UserId) {
        let common = &self.common;
        let key = (app, user.clone());
        if common.listening.contains_key(&key) {
            return;
        }
        let subject = common.subject_of(&key);
        let subscriber = match timeout(LISTENING, common.nats.client.subscribe(subject)).await {
            Ok(Ok(subscriber)) => subscriber,
            Ok(Err(error)) => return warn!(%error, "can't listen for a user"),
            Err(_) => return warn!("can't listen for a user: NATS is silent"),
        };
        // Not the whole, which would then never be dropped.
        let heard = Arc::downgrade(common);
        let to = key.clone();
        let task = tokio::spawn(async move {
            let mut subscriber = subscriber;
            while let Some(message) = subscriber.next().await {
                let Some(common) = heard.upgrade() else { return };
                common.hear(Spoken { to: to.clone(), word: message.payload });
            }
        });
        let subscription = Subscription(task.abort_handle());
        // Of two at once one is enough.
        if let Entry::Vacant(vacant) = common.listening.entry(key) {
            vacant.insert(subscription);
        }
        if !matches!(timeout(LISTENING, common.nats.client.flush()).await, Ok(Ok(()))) {
            debug!("NATS does not confirm in time that a user is listened for");
        }
    }

    pub(super) fn stop_listening(&self, app: AppId, user: &UserId, is_needed: impl FnOnce() -> bool) {
        self.common.listening.remove_if(&(app, user.clone()), |_, _| !is_needed());
    }

    pub(super) fn say(&self, app: AppId, user: &UserId, word: Bytes) {
        let spoken = Spoken { to: (app, user.clone()), word };
        self.common.said.note(spoken.clone());
        self.say_once(spoken);
    }

    pub(super) fn mention(&self, app: AppId, user: &UserId, word: Bytes) {
        self.say_once(Spoken { to: (app, user.clone()), word });
    }

    fn say_once(&self, spoken: Spoken) {
        if self.waiting.try_send(spoken).is_err() {
            debug!("too much waits for NATS");
        }
    }

    pub(super) fn presence(&self, node: NodeEpoch) -> Presence {
        self.common.nodes.presence(node)
    }
}

impl Common {
    fn subject_of(&self, (app, user): &(AppId, UserId)) -> String {
        format!("{}.user.{app}.{user}", self.name)
    }

    fn hear(&self, Spoken { to: (app, user), word }: Spoken) {
        if let Some(listener) = self.listener.get() {
            listener(app, &user, word);
        }
    }

    async fn publish(&self, subject: String, payload: Bytes) {
        if let Err(error) = self.nats.client.publish(subject, payload).await {
            debug!(%error, "not sent to other nodes");
        }
    }

    async fn subscribe(&self, subject: &str) -> Subscriber {
        loop {
            match self.nats.client.subscribe(subject.to_owned()).await {
                Ok(subscriber) => return subscriber,
                Err(error) => warn!(%error, "can't hear of other nodes"),
            }
            sleep(SIGN_OF_LIFE).await;
        }
    }

    async fn send(self: Arc<Self>, mut to_send: mpsc::Receiver<Spoken>) {
        while let Some(spoken) = to_send.recv().await {
            self.publish(self.subject_of(&spoken.to), spoken.word).await;
        }
    }

    /// Shows that this node lives, and hears of the others.
    async fn live(self: Arc<Self>) {
        let subject = format!("{}.alive", self.name);
        let mut others = self.subscribe(&subject).await;
        let mut ticks = interval(SIGN_OF_LIFE);
        let mut connections = self.nats.connections();
        loop {
            tokio::select! {
                other = others.next() => match other {
                    Some(other) => if let Some(node) = node_in(&other) { self.nodes.heard_of(node) },
                    None => return,
                },
                _ = ticks.tick() => {
                    let again = self.nats.connections();
                    if again != connections {
                        connections = again;
                        self.nodes.begin_anew();
                        tokio::spawn(self.clone().make_up());
                    }
                    // While there is no connection, others can't hear of this one.
                    let _ = timeout(SIGN_OF_LIFE, self.nats.client.publish(subject.clone(), self.sign())).await;
                }
            }
        }
    }

    /// What this node has said lately, and what was said to it, may be lost.
    async fn make_up(self: Arc<Self>) {
        let lately = self.said.lately();
        info!(words = lately.len(), "on another server of NATS: said again");
        self.publish(format!("{}.missed", self.name), self.sign()).await;
        for spoken in lately {
            self.publish(self.subject_of(&spoken.to), spoken.word).await;
        }
    }

    /// Says again what another node may have missed, and hears what this one has.
    async fn hear_again(self: Arc<Self>) {
        let again = |node: NodeEpoch| format!("{}.again.{node}", self.name);
        let mut own = self.subscribe(&again(self.node)).await;
        let mut missed = self.subscribe(&format!("{}.missed", self.name)).await;
        loop {
            tokio::select! {
                word = own.next() => {
                    let Some(word) = word else { return };
                    let spoken = Spoken::from_bytes(&word.payload);
                    if let Some(spoken) = spoken.filter(|spoken| self.listening.contains_key(&spoken.to)) {
                        self.hear(spoken);
                    }
                }
                asked = missed.next() => {
                    let Some(asked) = asked else { return };
                    let Some(node) = node_in(&asked) else { continue };
                    for spoken in self.said.lately() {
                        self.publish(again(node), spoken.to_bytes()).await;
                    }
                }
            }
        }
    }

    fn sign(&self) -> Bytes {
        Bytes::copy_from_slice(&self.node.to_be_bytes())
    }
}

fn node_in(message: &Message) -> Option<NodeEpoch> {
    message.payload.as_ref().try_into().ok().map(NodeEpoch::from_be_bytes)
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
