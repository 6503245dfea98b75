use super::{WebhookTarget, Webhooks, sender::Sender};
use crate::{
    clock::{SystemClock, millis},
    metrics, random,
    records::{DbError, Outgoing, Records, Retry, Settled},
};
use call_core::{AppId, Clock};
use call_protocol::Millis;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinSet};
use tracing::{info, warn};

/// Requests under way to one app's receiver.
const AT_ONCE: usize = 32;

/// Another node may have left something.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Beyond the time that the receiver has: for the outcome to be written.
const SLACK: Duration = Duration::from_secs(20);

type Outcomes = JoinSet<(Outgoing, Settled)>;

/// Sends what is in the outbox, for ever.
pub async fn dispatch(webhooks: Arc<Webhooks>, records: Records) {
    let sender = match Sender::new() {
        Ok(sender) => sender,
        Err(error) => return warn!(%error, "no webhooks can be sent"),
    };
    let mut changes = webhooks.secrets.changes();
    let mut dispatchers = JoinSet::new();
    let mut known = HashSet::new();
    loop {
        let secrets = changes.borrow_and_update().clone();
        for app in secrets.webhooks.keys().copied().filter(|app| known.insert(*app)) {
            let (webhooks, records, sender) = (webhooks.clone(), records.clone(), sender.clone());
            let of_app = OfApp { app, news: webhooks.news_of(app), webhooks, records, sender };
            dispatchers.spawn(async move { of_app.run().await });
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Each app has its own: one whose receiver is slow holds up no other.
struct OfApp {
    app: AppId,
    news: Arc<Notify>,
    webhooks: Arc<Webhooks>,
    records: Records,
    sender: Sender,
}

impl OfApp {
    async fn run(&self) {
        let mut under_way = Outcomes::new();
        let mut in_trouble = false;
        loop {
            match self.turn(&mut under_way).await {
                Ok(()) if std::mem::replace(&mut in_trouble, false) => info!("webhooks go out again"),
                Ok(()) => {}
                Err(error) => {
                    if !std::mem::replace(&mut in_trouble, true) {
                        warn!(%error, "webhooks wait for the database");
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Begins what can be begun, waits for something to happen, and writes down what has been done.
    async fn turn(&self, under_way: &mut Outcomes) -> Result<(), DbError> {
        // None: it was taken away. What waits is sent if it comes back.
        let target = self.webhooks.target(self.app);
        let room = if target.is_some() { AT_ONCE.saturating_sub(under_way.len()) } else { 0 };
        let mut taken = 0;
        if let Some(target) = target.filter(|_| room > 0) {
            let now = SystemClock.now();
            let until = now + millis(self.webhooks.timings.answer + SLACK);
            let limit = u32::try_from(room).unwrap_or(u32::MAX);
            let due = self.records.take_due(self.app, now, until, limit).await?;
            taken = due.len();
            due.into_iter().for_each(|event| self.begin(event, target.clone(), under_way));
        }
        let pause = if room > taken { self.until_next().await? } else { LOOK_EVERY };
        let first = tokio::select! {
            Some(done) = under_way.join_next(), if !under_way.is_empty() => Some(done),
            () = self.news.notified(), if room > taken => None,
            () = tokio::time::sleep(pause) => None,
        };
        let done = first.into_iter().chain(std::iter::from_fn(|| under_way.try_join_next()));
        // One that panicked is sent again when its time is over.
        let settled: Vec<_> = done.filter_map(Result::ok).collect();
        if settled.is_empty() { Ok(()) } else { self.settle(&settled).await }
    }

    /// What is known to be delivered is not forgotten because the database is away for a moment.
    async fn settle(&self, settled: &[(Outgoing, Settled)]) -> Result<(), DbError> {
        for _ in 0..10 {
            if self.records.settle(self.app, settled).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.records.settle(self.app, settled).await
    }

    async fn until_next(&self) -> Result<Duration, DbError> {
        let next = self.records.next_due(self.app).await?;
        let wait = next.map(|at| Duration::from_millis(at.saturating_sub(SystemClock.now()).max(10)));
        Ok(wait.unwrap_or(LOOK_EVERY).min(LOOK_EVERY))
    }

    fn begin(&self, event: Outgoing, target: WebhookTarget, under_way: &mut Outcomes) {
        let (sender, timings) = (self.sender.clone(), self.webhooks.timings.clone());
        let app = self.app;
        under_way.spawn(async move {
            let answer = sender.post(&target, &event, SystemClock.now() / 1000, timings.answer).await;
            let settled = match answer {
                Ok(()) => {
                    metrics::webhook("delivered");
                    Settled::Delivered
                }
                Err(problem) => {
                    let now = SystemClock.now();
                    let at = now + millis(pause(&timings, event.attempt, random::number()));
                    if is_hopeless(&event, at, &timings) {
                        metrics::webhook("given_up");
                        warn!(app, event = event.id, %problem, "a webhook is given up");
                        Settled::GivenUp { problem }
                    } else {
                        metrics::webhook("failed");
                        info!(app, event = event.id, attempt = event.attempt, %problem, "a webhook is tried again later");
                        Settled::Again(Retry { at, problem })
                    }
                }
            };
            (event, settled)
        });
    }
}

fn is_hopeless(event: &Outgoing, next: Millis, timings: &super::WebhookTimings) -> bool {
    next > event.created_at + millis(timings.give_up)
}

/// Between an attempt that failed and the next one: many events that failed together do not come back together.
pub fn pause(timings: &super::WebhookTimings, attempt: u32, chance: u64) -> Duration {
    let doubled = timings.first_retry.saturating_mul(1 << attempt.saturating_sub(1).min(20));
    let longest = doubled.min(timings.longest_retry);
    // 0.8 to 1.2 times that.
    longest * 4 / 5 + longest * u32::try_from(chance % 401).unwrap_or(0) / 1000
}
