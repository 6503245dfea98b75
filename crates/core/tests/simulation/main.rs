//! Real clients, the real authority on several nodes, one store and a bad network, in virtual time: people do whatever
//! comes to their minds while everything around them breaks. Each seed is one run and replays exactly.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod act;
mod coverage;
mod histories;
#[path = "../diff/legal.rs"]
mod legal;
mod life;
mod plan;
mod reference;
mod regressions;
mod run;
mod runs;
mod scene;
mod settle;
#[path = "../shell/mod.rs"]
mod shell;
mod shrink;
mod situations;
#[path = "../support/mod.rs"]
mod support;
