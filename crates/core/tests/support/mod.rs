//! What the authority's tests share: names, virtual time, a store that can be slow or lie, a scheduler.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)] // each test binary uses its own part

pub mod any_step;
pub mod brief;
pub mod desk;
pub mod names;
pub mod reached;
pub mod rng;
pub mod scheduler;
pub mod sim_store;
pub mod story;
pub mod time;
pub mod truth;
pub mod world;
