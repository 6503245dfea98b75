//! The server dies or is told to stop, and another one starts on the same port and folder: calls go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

mod full_disk;
mod kills;
mod stopping;
