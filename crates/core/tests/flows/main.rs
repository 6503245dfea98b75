//! Clients and the authority together, in virtual time: what each party of a call is told, in order and with what
//! payload. One file per scenario of the vendor's flows.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod acts;
mod beats;
mod crowd;
mod scenario_01_accept;
mod scenario_02_hang_up;
mod scenario_03_ended_before_answer;
mod scenario_03_more_devices;
mod scenario_04_drop;
mod scenario_05_media_type;
mod scenario_06_toggles;
mod scenario_07_group;
mod scenario_08_mid_call;
mod scenario_09_second_login;
mod scenario_12_crossing;
mod scenario_13_misuse;
#[path = "../shell/mod.rs"]
mod shell;
#[path = "../support/mod.rs"]
mod support;
mod two_nodes;
