//! The client half: what goes in, and every output that comes of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calling;
mod link;
mod peers;
mod support;
