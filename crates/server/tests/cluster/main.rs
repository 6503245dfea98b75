//! Many nodes: real nats-servers, three of them, and what is built on them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod back_end;
mod buses;
mod calls;
mod faults;
mod kills;
#[path = "../../../core/tests/store_suite/mod.rs"]
mod store_suite;
mod stores;
mod support;
