//! The client half: what goes in, and every output that comes of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answering;
#[path = "../support/brief.rs"]
mod brief;
mod channel;
mod crossing;
mod desk;
mod early;
mod hanging_up;
mod login;
mod media;
mod mending;
mod mid_call;
mod peers;
mod placing;
mod reconnect;
mod resume;
mod session_end;
mod snapshots;
mod support;
mod welcome;
