//! Many nodes: real nats-servers, three of them, and what is built on them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod back_end;
mod buses;
mod calls;
mod faults;
mod figures;
mod kills;
mod signals;
#[path = "../server/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod sockets;
#[path = "../../../core/tests/store_suite/mod.rs"]
mod store_suite;
mod stores;
mod support;
