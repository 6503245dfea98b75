//! The memory store is what a store must be.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod store_suite;

use call_core::MemoryStore;
use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};
use store_suite::Kind;

struct Memory;

impl Kind for Memory {
    type Store = MemoryStore;

    fn open(&self) -> Arc<MemoryStore> {
        Arc::default()
    }

    fn reopen(&self, _: Arc<MemoryStore>) -> Option<Arc<MemoryStore>> {
        None
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("the memory store waited"),
        }
    }
}

store_suite!(Memory);
