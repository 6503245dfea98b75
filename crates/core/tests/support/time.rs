use super::names::START;
use call_core::Clock;
use call_protocol::Millis;
use std::{
    future::{Future, poll_fn},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
};

/// Virtual time, moved by the test alone. `skew` is by how much this node's clock is ahead.
#[derive(Clone)]
pub struct VirtualClock {
    now: Arc<AtomicU64>,
    skew: Millis,
}

impl VirtualClock {
    pub fn new() -> Self {
        Self { now: Arc::new(AtomicU64::new(START)), skew: 0 }
    }

    pub fn skewed(&self, skew: Millis) -> Self {
        Self { now: self.now.clone(), skew }
    }

    pub fn advance(&self, by: Millis) {
        self.now.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Millis {
        self.now.load(Ordering::Relaxed) + self.skew
    }

    fn sleep(&self, for_: Millis) -> impl Future<Output = ()> + Send {
        let until = self.now() + for_;
        poll_fn(move |_| if self.now() >= until { Poll::Ready(()) } else { Poll::Pending })
    }
}
