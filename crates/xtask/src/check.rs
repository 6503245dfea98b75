//! `check`: formatting, lints and the import rule.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::imports;
use crate::process::{self, cargo, succeeds};
use crate::setup::{self, wasm32};
use crate::workspace::Workspace;

pub fn run(ws: &Workspace) -> Result<ExitCode> {
    let rust = wasm32::find_or_install(ws)?;
    components(ws)?;

    let mut failed = Vec::new();
    let mut step = |name: &'static str, command: &mut Command| {
        if let Err(error) = process::run(command.current_dir(&ws.root)) {
            eprintln!("{name}: {error:#}");
            failed.push(name);
        }
    };
    step("formatting", cargo().args(["fmt", "--all", "--", "--check"]));
    let lints = ["--", "--deny", "warnings"];
    step("clippy", cargo().args(["clippy", "--workspace", "--all-targets"]).args(lints));
    step(
        "clippy for the browser",
        rust.cargo()
            .args(["clippy", "--target", wasm32::TARGET, "--package", "open-call-engine", "--all-targets"])
            .args(lints),
    );
    let violations = imports::check_tree(&ws.root)?;
    violations.iter().for_each(|violation| println!("{violation}"));
    if !violations.is_empty() {
        failed.push("import rule");
    }

    if failed.is_empty() {
        println!("check: all is well");
        return Ok(ExitCode::SUCCESS);
    }
    println!("check: failed: {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

/// A minimal installation of Rust has neither.
fn components(ws: &Workspace) -> Result<()> {
    let there = |name: &str| succeeds(cargo().current_dir(&ws.root).args([name, "--version"]));
    if there("fmt") && there("clippy") {
        return Ok(());
    }
    if wasm32::rustup_may_download() {
        setup::say("adds rustfmt and clippy to the Rust in use (rustup)");
        succeeds(Command::new("rustup").current_dir(&ws.root).args(["component", "add", "rustfmt", "clippy"]));
    }
    if !there("fmt") || !there("clippy") {
        bail!("rustfmt or clippy is missing; install by hand: rustup component add rustfmt clippy");
    }
    Ok(())
}
