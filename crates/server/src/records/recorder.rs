use super::{CallRecord, DbError, Event, Records};
use crate::{
    clock::{SystemClock, millis},
    hub::CallObserver,
    metrics,
    store::CallStore,
    webhooks::Webhooks,
};
use call_core::{AppId, Call, Clock, Committed};
use call_protocol::{CallId, Millis, Phase};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tracing::{error, info, warn};

/// Changes that wait to be written. What finds no room is found in the store later.
const QUEUE: usize = 4096;

/// In one write.
const BATCH: usize = 256;

/// Between two looks for what was not written.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The same while the database refuses.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// What is younger may be on its way here.
const SETTLED: Millis = 2000;

const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// For how long an event of a call that ended is known again: longer than the store knows the call.
const KNOW_EVENTS: Duration = Duration::from_secs(3600);

/// Has every call that ended written down, and every event of it for webhooks.
pub struct Recorder {
    queue: mpsc::Sender<Work>,
    webhooks: Arc<Webhooks>,
    /// Something in the store may not be written.
    is_behind: Arc<AtomicBool>,
}

enum Work {
    Changed(Arc<Call>),
    /// Everything before it is written.
    Flush(oneshot::Sender<()>),
}

/// What a [`Recorder`] needs to be run.
pub struct RecorderTask {
    work: mpsc::Receiver<Work>,
    records: Records,
    store: CallStore,
    webhooks: Arc<Webhooks>,
    is_behind: Arc<AtomicBool>,
    /// How long records are kept.
    keep: Duration,
    /// As they were written last, for as long as the store knows them.
    written: HashMap<(AppId, CallId), Arc<Call>>,
    in_trouble: bool,
}

impl Recorder {
    pub fn new(records: Records, store: CallStore, webhooks: Arc<Webhooks>, keep: Duration) -> (Self, RecorderTask) {
        let (queue, work) = mpsc::channel(QUEUE);
        // Until the first look, nobody knows what the process before has left undone.
        let is_behind = Arc::new(AtomicBool::new(true));
        let task = RecorderTask {
            work,
            records,
            store,
            webhooks: webhooks.clone(),
            is_behind: is_behind.clone(),
            keep,
            written: HashMap::new(),
            in_trouble: false,
        };
        (Self { queue, webhooks, is_behind }, task)
    }

    /// Waits until everything that was committed is written, or can't be.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.queue.send(Work::Flush(done)).await.is_ok() {
            let _ = flushed.await;
        }
    }
}

impl CallObserver for Recorder {
    fn committed(&self, committed: &Committed) {
        let call = &committed.new;
        if concerns(&self.webhooks, call) && self.queue.try_send(Work::Changed(call.clone())).is_err() {
            self.is_behind.store(true, Ordering::Relaxed);
        }
    }

    fn needs_calls_since(&self) -> Option<Millis> {
        self.is_behind.load(Ordering::Relaxed).then_some(0)
    }
}

impl RecorderTask {
    /// Until the recorder is dropped.
    pub async fn run(mut self) {
        let mut next_look = Instant::now();
        let mut next_prune = Instant::now();
        let mut batch = Vec::new();
        loop {
            batch.clear();
            tokio::select! {
                received = self.work.recv_many(&mut batch, BATCH) => match received {
                    0 => return,
                    _ => self.take(&mut batch).await,
                },
                () = sleep_until(next_look) => self.look().await,
                () = sleep_until(next_prune) => {
                    self.prune().await;
                    next_prune = Instant::now() + PRUNE_EVERY;
                    continue;
                }
            }
            let is_behind = self.is_behind.load(Ordering::Relaxed);
            let pause = if is_behind { RETRY_EVERY } else { LOOK_EVERY };
            next_look = match next_look <= Instant::now() {
                true => Instant::now() + pause,
                false => next_look.min(Instant::now() + pause),
            };
        }
    }

    async fn take(&mut self, batch: &mut Vec<Work>) {
        let mut calls = Vec::new();
        let mut flushed = Vec::new();
        for work in batch.drain(..) {
            match work {
                Work::Changed(call) => calls.push(call),
                Work::Flush(done) => flushed.push(done),
            }
        }
        // While it refuses, the look after it is tried again with will find these, too.
        if self.in_trouble {
            self.is_behind.store(true, Ordering::Relaxed);
        } else {
            self.write(calls).await;
        }
        for done in flushed {
            let _ = done.send(());
        }
    }

    async fn write(&mut self, calls: Vec<Arc<Call>>) -> bool {
        let records: Vec<CallRecord> = calls.iter().filter_map(|call| CallRecord::of(call)).collect();
        let mut events: Vec<Event> = Vec::new();
        let mut newest: HashMap<(AppId, CallId), Arc<Call>> = HashMap::new();
        for call in calls {
            let key = (call.app, call.id.clone());
            let before = newest.get(&key).or_else(|| self.written.get(&key));
            if before.is_some_and(|before| before.rev >= call.rev) {
                continue;
            }
            events.extend(self.webhooks.events(before.map(|before| &**before), &call));
            newest.insert(key, call);
        }
        match self.records.add(&records, &events).await {
            Ok(()) => {
                self.written.extend(newest);
                self.well();
                self.webhooks.wake(events.iter().map(|event| event.app));
                true
            }
            Err(error) => {
                self.trouble(&error);
                false
            }
        }
    }

    /// Writes what is in the store and was not written: by a process that died, by another node that did, because there
    /// was no room in the queue, or because the database refused.
    async fn look(&mut self) {
        // Before, so that what finds no room meanwhile leads to another look.
        let was_behind = self.is_behind.swap(false, Ordering::Relaxed);
        if let Err(error) = self.catch_up(was_behind).await {
            self.trouble(&error);
        }
    }

    async fn catch_up(&mut self, is_behind: bool) -> Result<(), DbError> {
        let settled = if is_behind { Millis::MAX } else { SystemClock.now().saturating_sub(SETTLED) };
        let webhooks = self.webhooks.clone();
        let mut calls = self.store.calls(|call| concerns(&webhooks, call));
        let known: HashMap<_, _> = calls.iter().map(|call| ((call.app, call.id.clone()), ())).collect();
        self.written.retain(|key, _| known.contains_key(key));
        calls.retain(|call| {
            let written = self.written.get(&(call.app, call.id.clone()));
            call.updated_at <= settled && written.is_none_or(|written| written.rev < call.rev)
        });
        let ended = calls.iter().filter(|call| call.phase == Phase::Ended).map(|call| call.updated_at);
        if let Some(earliest) = ended.min() {
            let recorded = self.records.ended_since(earliest).await?;
            for call in calls.extract_if(.., |call| recorded.contains(&(call.app, call.id.clone()))) {
                self.written.insert((call.app, call.id.clone()), call);
            }
        }
        let found = calls.iter().filter(|call| call.phase == Phase::Ended).count();
        while !calls.is_empty() {
            let rest = calls.split_off(calls.len().min(BATCH));
            if !self.write(std::mem::replace(&mut calls, rest)).await {
                return Err(DbError("the rest is written later".into()));
            }
        }
        if found > 0 {
            info!(calls = found, "records that were missing are written");
        }
        self.well();
        Ok(())
    }

    async fn prune(&self) {
        let before = |kept: Duration| SystemClock.now().saturating_sub(millis(kept));
        if let Err(error) = self.records.prune(before(self.keep), before(KNOW_EVENTS)).await {
            warn!(%error, "could not forget old records");
        }
    }

    fn trouble(&mut self, error: &DbError) {
        self.is_behind.store(true, Ordering::Relaxed);
        metrics::records_written(false);
        if !std::mem::replace(&mut self.in_trouble, true) {
            error!(%error, "records are not written: calls go on, and are written down when the database is back");
        }
    }

    fn well(&mut self) {
        metrics::records_written(true);
        if std::mem::replace(&mut self.in_trouble, false) {
            info!("records are written again");
        }
    }
}

fn concerns(webhooks: &Webhooks, call: &Call) -> bool {
    let is_over = call.phase == Phase::Ended && !call.is_aborted();
    is_over || (webhooks.has(call.app) && call.phase.is_live())
}
