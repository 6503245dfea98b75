use super::Session;
use crate::clock::SystemClock;
use call_core::{AppId, Call, Clock};
use call_protocol::{CallId, Millis};
use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// What becomes due. Doing it when nothing is due any more must be harmless: nothing is ever taken back.
#[derive(Debug)]
pub enum Due {
    /// A deadline in a call.
    Call(AppId, CallId),
    /// This node need not remember the call any more.
    Forget(AppId, CallId),
    /// The time of a session without a socket is over, unless it has had another link since.
    Session(Arc<Session>, u64),
    /// Peers were not told yet that the session lost its socket.
    Away(Arc<Session>, u64),
    /// Which call is the session's?
    Look(Arc<Session>),
    /// Somebody may ring on another node that has not heard of it.
    Again(AppId, CallId),
    /// Has this node heard of the change?
    Notice(Arc<Call>),
}

#[derive(Debug, Default)]
pub struct Deadlines {
    heap: Mutex<BinaryHeap<Entry>>,
    /// The first one has changed.
    earlier: Notify,
}

#[derive(Debug)]
struct Entry {
    at: Instant,
    due: Due,
}

impl Deadlines {
    /// At a time of the wall clock.
    pub fn push(&self, at: Millis, due: Due) {
        self.push_in(Duration::from_millis(at.saturating_sub(SystemClock.now())), due);
    }

    pub fn push_in(&self, delay: Duration, due: Due) {
        // A year is as good as never, and can't overflow.
        let at = Instant::now() + delay.min(Duration::from_secs(365 * 24 * 3600));
        let mut heap = self.heap();
        let is_first = heap.peek().is_none_or(|first| at < first.at);
        heap.push(Entry { at, due });
        drop(heap);
        // Most are set later than the one that is waited for: they wake nobody.
        if is_first {
            self.earlier.notify_one();
        }
    }

    /// Fires what is due, for ever.
    pub async fn run(&self, fire: impl Fn(Due)) {
        loop {
            let next = self.heap().peek().map(|entry| entry.at);
            tokio::select! {
                () = self.earlier.notified() => {}
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                    while let Some(due) = self.take_due() {
                        fire(due);
                    }
                }
            }
        }
    }

    fn take_due(&self) -> Option<Due> {
        let mut heap = self.heap();
        let is_due = heap.peek()?.at <= Instant::now();
        if is_due { heap.pop().map(|entry| entry.due) } else { None }
    }

    fn heap(&self) -> MutexGuard<'_, BinaryHeap<Entry>> {
        self.heap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// The earliest is the greatest: `BinaryHeap` gives the greatest first.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Entry {}
