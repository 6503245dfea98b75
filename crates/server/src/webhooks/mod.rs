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

use crate::records::Event;
use call_core::{AppId, Call};
use hyper::Uri;
use std::{collections::HashMap, time::Duration};
use tokio::sync::Notify;

/// Where an app's news goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTarget {
    /// http or https.
    pub url: Uri,
    pub secret: WebhookSecret,
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
#[derive(Debug, Default)]
pub struct Webhooks {
    apps: HashMap<AppId, App>,
    pub timings: WebhookTimings,
}

#[derive(Debug)]
struct App {
    target: WebhookTarget,
    /// There may be something to send.
    news: Notify,
}

impl Webhooks {
    pub fn new(targets: &HashMap<AppId, WebhookTarget>, timings: WebhookTimings) -> Self {
        let apps = targets.iter().map(|(app, target)| (*app, App { target: target.clone(), news: Notify::new() }));
        Self { apps: apps.collect(), timings }
    }

    pub fn has(&self, app: AppId) -> bool {
        self.apps.contains_key(&app)
    }

    /// What is news in `call` to who knows it as it was `before`.
    pub fn events(&self, before: Option<&Call>, call: &Call) -> Vec<Event> {
        if self.has(call.app) { event::news(before, call) } else { Vec::new() }
    }

    /// There is something to send.
    pub fn wake(&self, apps: impl Iterator<Item = AppId>) {
        for app in apps.filter_map(|app| self.apps.get(&app)) {
            app.news.notify_one();
        }
    }
}
