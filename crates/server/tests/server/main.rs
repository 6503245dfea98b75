//! The server on real sockets. One test binary, one file a subject.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

mod abuse;
mod bad_input;
mod beats;
mod binary;
mod call;
mod crowd;
mod devices;
mod fuzz;
mod http;
mod limits;
mod login;
mod logs;
mod mid_call;
mod pages;
mod profiles;
mod relay;
mod reload;
mod resume;
mod ringing;
mod shutdown;
mod sockets;
mod strangers;
mod tls;
mod turn;
mod user_sig;
