//! What is there for an app's back end, with the real program, real sockets, real databases and a real receiver.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod backlog;
mod cluster;
mod kills;
mod locked;
mod metrics;
#[path = "../cluster/support/nats.rs"]
#[allow(dead_code)]
mod nats;
mod openapi;
mod people;
mod postgres;
mod postgres_tls;
mod program;
mod receiver;
mod records;
mod rest;
#[path = "../cluster/support/route.rs"]
#[allow(dead_code)]
mod route;
mod sudden_end;
mod suite;
#[path = "../server/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod support;
mod upgrade;
mod vendor;
mod webhooks;
