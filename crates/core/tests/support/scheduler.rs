use super::{rng::Rng, time::VirtualClock};
use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

pub type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Polls tasks in an order that a seed decides. Each poll takes a millisecond and at most one store operation.
pub struct Scheduler<'a> {
    pub rng: Rng,
    clock: VirtualClock,
    running: Vec<Task<'a>>,
    /// Processes that stand still: they go on when they are woken.
    stopped: Vec<Task<'a>>,
    pub polls: usize,
}

/// So many polls for one run are a livelock.
const TOO_MANY: usize = 100_000;

impl<'a> Scheduler<'a> {
    pub fn new(rng: Rng, clock: VirtualClock) -> Self {
        Self { rng, clock, running: Vec::new(), stopped: Vec::new(), polls: 0 }
    }

    pub fn spawn(&mut self, task: impl Future<Output = ()> + 'a) {
        self.running.push(Box::pin(task));
    }

    /// Stops one task for ever or until `wake`: the first is a crash.
    pub fn stop_one(&mut self, for_ever: bool) {
        if !self.running.is_empty() {
            let task = self.running.swap_remove(self.rng.below(self.running.len()));
            if !for_ever {
                self.stopped.push(task);
            }
        }
    }

    pub fn wake(&mut self) {
        self.running.append(&mut self.stopped);
    }

    /// Polls one task. False: none is left.
    pub fn step(&mut self) -> Result<bool, String> {
        if self.running.is_empty() {
            return Ok(false);
        }
        self.polls += 1;
        self.clock.advance(1);
        let index = self.rng.below(self.running.len());
        let context = &mut Context::from_waker(Waker::noop());
        if self.running[index].as_mut().poll(context).is_ready() {
            drop(self.running.swap_remove(index));
        }
        if self.polls > TOO_MANY { Err("livelock".into()) } else { Ok(true) }
    }
}

/// Runs one future alone, time passing while it waits.
pub fn run<T>(clock: &VirtualClock, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..TOO_MANY {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
        clock.advance(1);
    }
    panic!("it does not end");
}
