use axum::extract::ws::Utf8Bytes;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, mpsc::error::TrySendError};

/// How many frames may wait for a client. One that is further behind reads too slowly and is cut off: nobody ever
/// waits for a reader.
const CAPACITY: usize = 256;

/// Where a connection's frames are put. Never blocks.
#[derive(Debug, Clone)]
pub struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    overflow: Arc<Notify>,
}

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

/// The connection's end of an [`Outbox`].
#[derive(Debug)]
pub struct Queue {
    queue: mpsc::Receiver<Outgoing>,
    overflow: Arc<Notify>,
}

pub fn outbox() -> (Outbox, Queue) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let overflow = Arc::new(Notify::new());
    (Outbox { queue: sender, overflow: overflow.clone() }, Queue { queue: receiver, overflow })
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
        if let Err(TrySendError::Full(_)) = self.queue.try_send(outgoing) {
            self.overflow.notify_one();
        }
    }
}

impl Queue {
    pub async fn next(&mut self) -> Option<Outgoing> {
        self.queue.recv().await
    }

    /// What waits already.
    pub fn try_next(&mut self) -> Option<Outgoing> {
        self.queue.try_recv().ok()
    }

    /// For a future that resolves when something did not fit in any more, even while the queue is being read.
    pub fn overflow(&self) -> Arc<Notify> {
        self.overflow.clone()
    }
}

#[cfg(test)]
#[path = "outbox_test.rs"]
mod outbox_test;
