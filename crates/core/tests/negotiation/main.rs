//! Negotiation between two simulated browsers, over a network that delays and loses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod choices;
mod failures;
mod glare;
mod pair;
mod repeats;
#[path = "../support/rng.rs"]
#[allow(dead_code)]
mod rng;
mod side;
mod single;
mod trickle;
