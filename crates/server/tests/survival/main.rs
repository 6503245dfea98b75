//! The server dies or is told to stop, and another one starts on the same port and folder: calls go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../server/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod in_process;
mod support;

mod full_disk;
mod kills;
mod resume;
mod stopping;
