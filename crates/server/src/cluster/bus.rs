//! How nodes tell each other what is for a user's sessions: in order from one node, sometimes twice, and in the end not
//! at all. What is lost is made up for by beats and by the watch of calls.

mod local;
mod nats;
mod nodes;
mod said;

pub use local::{LocalBus, LocalNet};
pub use nats::NatsBus;

use axum::body::Bytes;
use call_core::{AppId, NodeEpoch};
use call_protocol::UserId;

/// Is called with what another node says, in order for each user. Must not wait.
pub type Listener = Box<dyn Fn(AppId, &UserId, Bytes) + Send + Sync>;

/// What is known of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is this one.
    Here,
    /// It lives, as far as is known.
    Alive,
    /// It has not been heard of for so long that it counts as dead.
    Lost,
}

pub enum Bus {
    Local(LocalBus),
    Nats(Box<NatsBus>),
}

impl Bus {
    /// Of a server that is the only one.
    pub fn alone() -> Self {
        Self::Local(LocalBus::join(&LocalNet::default()))
    }

    pub fn node(&self) -> NodeEpoch {
        match self {
            Self::Local(bus) => bus.node(),
            Self::Nats(bus) => bus.node(),
        }
    }

    /// There are no other nodes, and none will come: nothing need be said.
    pub fn is_alone(&self) -> bool {
        match self {
            Self::Local(bus) => bus.is_alone(),
            Self::Nats(_) => false,
        }
    }

    /// Once, before anything else.
    pub fn start(&self, listener: Listener) {
        match self {
            Self::Local(bus) => bus.start(listener),
            Self::Nats(bus) => bus.start(listener),
        }
    }

    /// When this returns, what others say to this user from now on is heard.
    pub async fn listen(&self, app: AppId, user: &UserId) {
        match self {
            Self::Local(bus) => bus.listen(app, user),
            Self::Nats(bus) => bus.listen(app, user).await,
        }
    }

    /// Not any more, unless it `is_needed` after all.
    pub fn stop_listening(&self, app: AppId, user: &UserId, is_needed: impl FnOnce() -> bool) {
        match self {
            Self::Local(bus) => bus.stop_listening(app, user, is_needed),
            Self::Nats(bus) => bus.stop_listening(app, user, is_needed),
        }
    }

    /// To all other nodes that listen for this user. Never waits: what does not fit is lost. What may have been lost on
    /// the way is said again later, so it must do no harm twice.
    pub fn say(&self, app: AppId, user: &UserId, word: Bytes) {
        match self {
            Self::Local(bus) => bus.say(app, user, &word),
            Self::Nats(bus) => bus.say(app, user, word),
        }
    }

    /// The same, but never again.
    pub fn mention(&self, app: AppId, user: &UserId, word: Bytes) {
        match self {
            Self::Local(bus) => bus.say(app, user, &word),
            Self::Nats(bus) => bus.mention(app, user, word),
        }
    }

    pub fn presence(&self, node: NodeEpoch) -> Presence {
        if node == self.node() {
            return Presence::Here;
        }
        match self {
            Self::Local(bus) => bus.presence(node),
            Self::Nats(bus) => bus.presence(node),
        }
    }
}
