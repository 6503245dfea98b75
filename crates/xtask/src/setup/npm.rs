//! The npm packages of the root package.json: bundler, wasm-opt and what the tests drive browsers with.

use std::process::Command;

use anyhow::{Result, bail};

use super::say;
use crate::process::{capture, find_program, succeeds};
use crate::stamp;
use crate::workspace::Workspace;

const OLDEST_NODE: u32 = 20;

pub fn install(ws: &Workspace) -> Result<()> {
    let inputs = [ws.root.join("package.json"), ws.root.join("package-lock.json"), ws.root.join(".npmrc")];
    let stamp_file = ws.root.join("node_modules/.set-up");
    if stamp::is_current(&stamp_file, &stamp::fingerprint(&inputs, &[])?) {
        return Ok(());
    }
    check_node()?;
    say("installs the npm packages of package.json");
    let locked = ws.root.join("package-lock.json").is_file();
    if !locked || !succeeds(npm(ws).arg("ci")) {
        // package.json has moved on from the lock file: npm brings it up to date.
        if capture(npm(ws).args(["install", "--loglevel=error"])).is_err() {
            bail!("npm could not install the packages of package.json (no network?); install by hand: npm install");
        }
    }
    stamp::write(&stamp_file, &stamp::fingerprint(&inputs, &[])?)
}

pub fn npm(ws: &Workspace) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(&ws.root);
    command
}

fn check_node() -> Result<()> {
    let by_hand = format!("install by hand: Node {OLDEST_NODE} or newer, with npm");
    if find_program(&["node"]).is_none() || find_program(&["npm"]).is_none() {
        bail!("node or npm is missing; {by_hand}");
    }
    let version = capture(Command::new("node").arg("--version"))?;
    let major: Option<u32> = version.trim().trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("node {} is too old; {by_hand}", version.trim()),
    }
}
