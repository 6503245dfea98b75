use super::Session;
use crate::clock::SystemClock;
use call_core::{AppId, Clock};
use call_protocol::{CallId, Millis};
use std::{cmp::Ordering, collections::BinaryHeap, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
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
}

#[derive(Debug)]
pub struct Deadlines(mpsc::UnboundedSender<Entry>);

pub struct Queue(mpsc::UnboundedReceiver<Entry>);

#[derive(Debug)]
struct Entry {
    at: Instant,
    due: Due,
}

pub fn deadlines() -> (Deadlines, Queue) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Deadlines(sender), Queue(receiver))
}

impl Deadlines {
    /// At a time of the wall clock.
    pub fn push(&self, at: Millis, due: Due) {
        self.push_in(Duration::from_millis(at.saturating_sub(SystemClock.now())), due);
    }

    pub fn push_in(&self, delay: Duration, due: Due) {
        // A year is as good as never, and can't overflow.
        let delay = delay.min(Duration::from_secs(365 * 24 * 3600));
        // Nobody listens any more when the server ends.
        let _ = self.0.send(Entry { at: Instant::now() + delay, due });
    }
}

impl Queue {
    pub async fn run(mut self, fire: impl Fn(Due)) {
        let mut heap = BinaryHeap::<Entry>::new();
        loop {
            let next = heap.peek().map(|entry| entry.at);
            tokio::select! {
                entry = self.0.recv() => match entry {
                    Some(entry) => heap.push(entry),
                    None => return,
                },
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                    if let Some(entry) = heap.pop() {
                        fire(entry.due);
                    }
                }
            }
        }
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
