//! Browser tests: one binary, run by `cargo xtask test`, or by `wasm-pack test --headless --chrome` beside a running
//! `call-server --dev`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod arguments;
mod call;
mod devices;
mod listeners;
mod login;
mod media;
mod mid_call;
mod sharing;
mod support;
mod teardown;
mod views;
mod wire;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
