//! What can be exchanged while the server runs: calls and sessions go on.

use crate::{
    auth::{Admins, Apps},
    tls::Tls,
    turn::Ice,
    webhooks::WebhookTarget,
};
use call_core::AppId;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::watch;

#[derive(Debug, Clone, Default)]
pub struct Secrets {
    pub apps: Apps,
    pub ice: Ice,
    pub tls: Option<Tls>,
    /// Who may look up calls, end them, and so on.
    pub admins: Admins,
    pub webhooks: HashMap<AppId, WebhookTarget>,
}

/// The secrets in force. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct LiveSecrets(Arc<watch::Sender<Arc<Secrets>>>);

impl LiveSecrets {
    pub fn current(&self) -> Arc<Secrets> {
        self.0.borrow().clone()
    }

    pub fn exchange(&self, secrets: Secrets) {
        self.0.send_replace(Arc::new(secrets));
    }

    /// Resolves its `changed` after each exchange.
    pub fn changes(&self) -> watch::Receiver<Arc<Secrets>> {
        self.0.subscribe()
    }
}

impl From<Secrets> for LiveSecrets {
    fn from(secrets: Secrets) -> Self {
        Self(Arc::new(watch::Sender::new(Arc::new(secrets))))
    }
}
