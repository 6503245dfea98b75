//! The thread that brings the database up to the image, batch by batch.

use super::{
    database::Database,
    image::{Image, Undo},
};
use call_core::StoreError;
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;
use tracing::{error, info};

/// What may be late is written after so long.
const LATE: Duration = Duration::from_millis(200);

/// Between two tries when the database refuses.
const RETRY: Duration = Duration::from_millis(100);

/// What the store and its writer share.
pub struct Shared {
    state: Mutex<State>,
    work: Condvar,
}

pub struct State {
    pub image: Image,
    /// Who waits for everything that is in the image by now to be written.
    waiting: Vec<oneshot::Sender<()>>,
    /// While a batch takes longer than this, nothing new is begun.
    stalled_after: Duration,
    /// Since when a batch is being written, and up to which version.
    writing: Option<(Instant, u64)>,
    /// Why the last batch was not written.
    trouble: Option<String>,
    writer_sleeps: bool,
    /// When what may be late was written.
    whole_at: Instant,
    closing: bool,
}

impl Shared {
    pub fn new(image: Image, stalled_after: Duration) -> Self {
        let state = State {
            image,
            waiting: Vec::new(),
            stalled_after,
            writing: None,
            trouble: None,
            writer_sleeps: false,
            whole_at: Instant::now(),
            closing: false,
        };
        Self { state: Mutex::new(state), work: Condvar::new() }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Call it after [`State::wait`], with the state unlocked.
    pub fn wake(&self, needed: bool) {
        if needed {
            self.work.notify_one();
        }
    }

    pub fn close(&self) {
        self.state().closing = true;
        self.work.notify_one();
    }

    /// None: closed, and everything is written.
    fn next_state(&self) -> Option<MutexGuard<'_, State>> {
        let mut state = self.state();
        loop {
            if state.closing && state.image.is_written() {
                return None;
            }
            if !state.waiting.is_empty() || state.closing {
                return Some(state);
            }
            state.writer_sleeps = true;
            let waited = self.work.wait_timeout(state, LATE).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            state.writer_sleeps = false;
            if waited.1.timed_out() && !state.image.is_written() {
                return Some(state);
            }
        }
    }
}

impl State {
    /// Whether something new may be begun.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.closing {
            return Err(StoreError("closed".into()));
        }
        if let Some(trouble) = &self.trouble {
            return Err(StoreError(trouble.clone()));
        }
        if self.writing.is_some_and(|(since, _)| since.elapsed() > self.stalled_after) {
            return Err(StoreError("the disk is stalled".into()));
        }
        Ok(())
    }

    /// Takes a write back that was not answered in time; unless it may be written in this very moment.
    pub fn undo(&mut self, undo: Undo) {
        self.image.undo(undo, self.writing.map(|(_, upto)| upto));
    }

    /// Resolves when everything that is in the image now is written. And whether the writer is to be woken.
    pub fn wait(&mut self) -> (oneshot::Receiver<()>, bool) {
        let (sender, receiver) = oneshot::channel();
        self.waiting.push(sender);
        (receiver, std::mem::take(&mut self.writer_sleeps))
    }
}

pub fn start(shared: Arc<Shared>, mut database: Database) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name("call-store".into()).spawn(move || {
        while let Some(mut state) = shared.next_state() {
            let now = Instant::now();
            let is_whole = state.closing || now - state.whole_at >= LATE;
            if is_whole {
                state.whole_at = now;
            }
            let batch = state.image.take_batch(is_whole);
            let waiting = std::mem::take(&mut state.waiting);
            state.writing = Some((now, batch.upto));
            drop(state);

            let result = database.write(&batch);

            let mut state = shared.state();
            state.writing = None;
            match result {
                Ok(()) => {
                    state.image.written(&batch);
                    if state.trouble.take().is_some() {
                        info!("the database takes writes again");
                    }
                    drop(state);
                    for waiter in waiting {
                        // Who has given up is not there any more.
                        let _ = waiter.send(());
                    }
                }
                Err(cause) => {
                    state.image.not_written(batch);
                    state.waiting.extend(waiting.into_iter().filter(|waiter| !waiter.is_closed()));
                    if state.trouble.replace(cause.to_string()).is_none() {
                        error!(%cause, "the database takes no writes: nothing new is begun until it does");
                    }
                    if state.closing {
                        return;
                    }
                    drop(state);
                    std::thread::sleep(RETRY);
                }
            }
        }
        if let Err(cause) = database.close() {
            error!(%cause, "the database was not closed in order");
        }
    })
}
