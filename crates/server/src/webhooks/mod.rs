//! News of calls for an app's back end, by HTTP POST: signed, at least once, in order per call.
//!
//! What there is to tell follows from the call itself (`event`), is written with its record (`records::outbox`), and
//! goes out from there (`dispatcher`) however long the receiver is away: no call ever waits for it.

mod dispatcher;
mod event;
#[cfg(test)]
mod event_test;
mod sender;
mod signature;
#[cfg(test)]
mod signature_test;

pub use dispatcher::dispatch;
pub use signature::WebhookSecret;

use crate::{records::Event, secrets::LiveSecrets};
use call_core::{AppId, Call};
use dashmap::DashMap;
use hyper::Uri;
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

/// Where an app's news goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTarget {
    /// http or https.
    pub url: Uri,
    /// One, or two while receivers change from one to the other: each signs.
    pub secrets: Vec<WebhookSecret>,
}

/// How often what could not be delivered is tried again.
#[derive(Debug, Clone)]
pub struct WebhookTimings {
    /// For the receiver to answer.
    pub answer: Duration,
    /// From the first failed attempt to the second; twice as long after each further one, give or take a fifth.
    pub first_retry: Duration,
    pub longest_retry: Duration,
    /// From the event to the time when it is given up.
    pub give_up: Duration,
}

impl Default for WebhookTimings {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(3600),
            give_up: Duration::from_secs(24 * 3600),
        }
    }
}

/// The apps that have a webhook.
#[derive(Debug)]
pub struct Webhooks {
    secrets: LiveSecrets,
    /// There may be something to send.
    news: DashMap<AppId, Arc<Notify>>,
    pub timings: WebhookTimings,
}

impl Webhooks {
    pub fn new(secrets: LiveSecrets, timings: WebhookTimings) -> Self {
        Self { secrets, news: DashMap::new(), timings }
    }

    pub fn has(&self, app: AppId) -> bool {
        self.secrets.current().webhooks.contains_key(&app)
    }

    /// What is news in `call` to who knows it as it was `before`.
    pub fn events(&self, before: Option<&Call>, call: &Call) -> Vec<Event> {
        if self.has(call.app) { event::news(before, call) } else { Vec::new() }
    }

    /// There is something to send.
    pub fn wake(&self, apps: impl Iterator<Item = AppId>) {
        for app in apps.filter(|app| self.has(*app)) {
            self.news_of(app).notify_one();
        }
    }

    fn news_of(&self, app: AppId) -> Arc<Notify> {
        self.news.entry(app).or_default().clone()
    }

    fn target(&self, app: AppId) -> Option<WebhookTarget> {
        self.secrets.current().webhooks.get(&app).cloned()
    }
}
