//! Events from snapshots: each rule told by hand, and all of them at once over random histories.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod coalescing;
mod ends;
mod generations;
mod groups;
mod history;
mod legal;
mod one_to_one;
mod order;
mod property;
mod reference;
#[path = "../support/mod.rs"]
mod support;
mod tracks;
mod watcher;
