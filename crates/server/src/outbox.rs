use axum::extract::ws::Utf8Bytes;
use futures::task::AtomicWaker;
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

/// How many frames may wait for a client, and how many bytes. One that is further behind reads too slowly and is cut
/// off: nobody ever waits for a reader.
const MOST_FRAMES: usize = 256;
const MOST_BYTES: usize = 512 * 1024;

/// Where a connection's frames are put. Never blocks. An empty one holds no buffer: idle connections are many.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

/// The connection's end of an [`Outbox`].
pub struct Queue(Arc<Shared>);

#[derive(Debug)]
pub enum Outgoing {
    Frame(Utf8Bytes),
    /// The last thing a connection sends.
    Close(Closing),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    pub code: u16,
    pub reason: &'static str,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Of the connection, when there is something again.
    filled: AtomicWaker,
    overflowed: AtomicWaker,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Outgoing>,
    bytes: usize,
    /// Something did not fit in: the connection ends.
    overflowed: bool,
    /// The connection has ended.
    closed: bool,
}

pub fn outbox() -> (Outbox, Queue) {
    let shared = Arc::<Shared>::default();
    (Outbox(shared.clone()), Queue(shared))
}

impl Outbox {
    pub fn send(&self, frame: Utf8Bytes) {
        self.put(Outgoing::Frame(frame));
    }

    /// After what was sent before.
    pub fn close(&self, closing: Closing) {
        self.put(Outgoing::Close(closing));
    }

    fn put(&self, outgoing: Outgoing) {
        let mut waiting = self.0.waiting();
        if waiting.closed || waiting.overflowed {
            return;
        }
        if waiting.frames.len() >= MOST_FRAMES || waiting.bytes + outgoing.size() > MOST_BYTES {
            waiting.overflowed = true;
            drop(waiting);
            self.0.overflowed.wake();
            return;
        }
        let was_empty = waiting.frames.is_empty();
        waiting.bytes += outgoing.size();
        waiting.frames.push_back(outgoing);
        drop(waiting);
        // Else the connection is awake, or about to be.
        if was_empty {
            self.0.filled.wake();
        }
    }
}

impl Queue {
    pub async fn next(&mut self) -> Outgoing {
        poll_fn(|context| {
            if let Some(outgoing) = self.try_next() {
                return Poll::Ready(outgoing);
            }
            self.0.filled.register(context.waker());
            // Filled just before that.
            self.try_next().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// What waits already.
    pub fn try_next(&mut self) -> Option<Outgoing> {
        let mut waiting = self.0.waiting();
        let outgoing = waiting.frames.pop_front()?;
        waiting.bytes -= outgoing.size();
        if waiting.frames.is_empty() && waiting.frames.capacity() > 16 {
            waiting.frames = VecDeque::new();
        }
        Some(outgoing)
    }

    /// A future that resolves when something did not fit in any more, even while the queue is being read.
    pub fn overflow(&self) -> impl Future<Output = ()> + use<> {
        let shared = self.0.clone();
        poll_fn(move |context| {
            shared.overflowed.register(context.waker());
            if shared.waiting().overflowed { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.closed = true;
        waiting.frames = VecDeque::new();
    }
}

impl Outgoing {
    fn size(&self) -> usize {
        match self {
            Self::Frame(frame) => frame.len(),
            Self::Close(_) => 0,
        }
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "outbox_test.rs"]
mod outbox_test;
