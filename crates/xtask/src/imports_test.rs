#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::{SourceFile, check, check_tree};

fn violations(path: &str, text: &str) -> Vec<String> {
    check(&[SourceFile { path: path.to_owned(), text: text.to_owned() }])
}

fn is_allowed(path: &str, text: &str) {
    assert_eq!(violations(path, text), Vec::<String>::new());
}

fn is_refused(path: &str, text: &str, expected: &str) {
    assert_eq!(violations(path, text), [expected]);
}

#[test]
fn the_project_keeps_the_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    assert_eq!(check_tree(root).unwrap(), Vec::<String>::new());
}

#[test]
fn downward_imports_are_allowed() {
    is_allowed("src/engine.rs", "use crate::driver::Driver;\nuse crate::web;");
    is_allowed("src/media_session.rs", "use crate::peer_connection::PeerConnection;");
    is_allowed("src/emitter.rs", "use super::dialect::Table;");
    is_allowed("src/dialect/web.rs", "use super::Table;\nuse crate::dialect::harmony;");
    is_allowed("src/error.rs", "use web_sys::DomException; use crate::web;");
    is_allowed("src/lib.rs", "mod engine; pub use crate::engine::TUICallEngine;");
}

#[test]
fn upward_imports_are_refused() {
    let refused = "src/driver.rs:1: driver may not use engine: imports point only downward";
    is_refused("src/driver.rs", "use crate::engine::TUICallEngine;", refused);
    is_refused("src/driver.rs", "use super::{engine, web};", refused);
    is_refused("src/driver.rs", "fn f() -> crate::engine::E {}", refused);
    let refused = "src/dialect/web.rs:2: dialect may not use emitter: imports point only downward";
    is_refused("src/dialect/web.rs", "\nuse super::super::emitter::Emitter;", refused);
}

#[test]
fn modules_of_one_row_do_not_know_each_other() {
    let refused = "src/emitter.rs:1: emitter may not use signaling: imports point only downward";
    is_refused("src/emitter.rs", "use crate::signaling::Signaling;", refused);
}

#[test]
fn the_tests_of_a_module_have_its_place() {
    is_allowed("src/emitter_test.rs", "use super::Emitter; use crate::web;");
    let refused = "src/emitter_test.rs:1: emitter may not use driver: imports point only downward";
    is_refused("src/emitter_test.rs", "use crate::driver;", refused);
}

#[test]
fn a_new_module_needs_a_row() {
    is_refused(
        "src/helpers.rs",
        "",
        "src/helpers.rs: the module helpers has no row in the import rule (SDK_ROWS in crates/xtask/src/imports.rs)",
    );
}

#[test]
fn the_core_has_no_clock_no_chance_and_no_io() {
    is_allowed("crates/core/src/client.rs", "use std::time::Duration; use call_protocol::CallId;");
    let clock = "crates/core/src/client.rs:1: names std::time::Instant: the core has no clock: time is an argument";
    is_refused("crates/core/src/client.rs", "use std::time::{Duration, Instant};", clock);
    let io = "crates/protocol/src/id.rs:1: names rand::random: the core does no input or output and draws no lots";
    is_refused("crates/protocol/src/id.rs", "fn f() { rand::random() }", io);
    is_allowed("crates/core/src/client.rs", "// tokio::spawn belongs into the server\nlet text = \"tokio::x\";");
    is_allowed("crates/server/src/lib.rs", "use tokio::net::TcpListener; use std::time::Instant;");
}

#[test]
fn only_browser_files_name_the_browser() {
    let reason = "only the SDK's browser files know the browser";
    is_refused(
        "src/dialect/web.rs",
        "use js_sys::Object;",
        &format!("src/dialect/web.rs:1: names js_sys::Object: {reason}"),
    );
    is_refused(
        "crates/core/src/call.rs",
        "use web_sys;",
        &format!("crates/core/src/call.rs:1: names web_sys: {reason}"),
    );
    is_allowed("src/views.rs", "use web_sys::HtmlElement;");
}

#[test]
fn sdk_and_server_do_not_know_each_other() {
    let refused = "crates/server/src/hub.rs:1: names open_call_engine::x: nothing imports the SDK";
    is_refused("crates/server/src/hub.rs", "use open_call_engine::x;", refused);
    let refused = "src/driver.rs:1: names call_server::run: nothing imports the server";
    is_refused("src/driver.rs", "use call_server::run;", refused);
    is_allowed("crates/server/tests/login.rs", "use call_server::run;");
}

#[test]
fn nats_stays_in_its_files() {
    is_allowed("crates/server/src/cluster/bucket.rs", "use async_nats::Client;");
    assert_eq!(violations("crates/server/src/hub.rs", "use async_nats::Client;").len(), 1);
}

#[test]
fn long_files_are_refused() {
    is_allowed("www/demo.js", &"x\n".repeat(500));
    is_refused("www/demo.js", &"x\n".repeat(501), "www/demo.js: 501 lines, 500 are the most");
}
