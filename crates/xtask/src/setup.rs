//! Everything a verb needs beyond Rust, Node and npm. Each part looks first, says in one line what it installs, and is silent
//! when there is nothing to do. Where it cannot go on, its error names what to install by hand.

pub mod apt;
pub mod bindgen;
mod debian;
pub mod nats;
pub mod npm;
pub mod wasm32;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// One line about something that takes a while or changes the machine.
pub fn say(what: &str) {
    // On stderr: `env` prints for a shell to read.
    eprintln!("set-up: {what}");
}

/// What building for the browser needs.
pub struct BrowserBuild {
    pub rust: wasm32::Toolchain,
    pub bindgen: bindgen::Tools,
}

pub fn for_browser_build(ws: &Workspace) -> Result<BrowserBuild> {
    npm::install(ws)?;
    Ok(BrowserBuild { rust: wasm32::find_or_install(ws)?, bindgen: bindgen::find_or_build(ws)? })
}

/// What the tests need besides the build.
pub struct TestPrograms {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    pub firefox: PathBuf,
    pub turnserver: PathBuf,
    pub nats_server: PathBuf,
}

pub fn for_tests(ws: &Workspace) -> Result<TestPrograms> {
    try_postgres();
    let [chromium, chromedriver, firefox, turnserver, _, _] = apt::programs([
        apt::Need {
            variable: "CHROMIUM",
            names: &["chromium", "chromium-browser", "google-chrome"],
            package: "chromium",
        },
        apt::Need { variable: "CHROMEDRIVER", names: &["chromedriver"], package: "chromium-driver" },
        apt::Need { variable: "FIREFOX", names: &["firefox-esr", "firefox"], package: "firefox-esr" },
        apt::Need { variable: "TURNSERVER", names: &["turnserver"], package: "coturn" },
        apt::Need { variable: "IP", names: &["ip"], package: "iproute2" },
        apt::Need { variable: "NFT", names: &["nft"], package: "nftables" },
    ])?;
    Ok(TestPrograms { chromium, chromedriver, firefox, turnserver, nats_server: nats::find_or_install(ws)? })
}

/// Tests that need it are skipped where it can't be had.
fn try_postgres() {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    if versions.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file()) {
        return;
    }
    if let Err(error) = apt::install(&["postgresql"]) {
        say(&format!("no Postgres: {error:#}"));
    }
}

/// For plain cargo, wasm-bindgen and wasm-pack in a shell of one's own.
pub fn print_exports(ws: &Workspace) -> Result<()> {
    let rust = wasm32::find_or_install(ws)?;
    let bindgen = bindgen::find_or_build(ws)?;
    let mut folders: Vec<PathBuf> = bindgen.folder().into_iter().collect();
    folders.extend(rust.folder());
    println!("export PATH={}", quoted(&path_with(&folders)));
    Ok(())
}

/// PATH with these folders first.
pub fn path_with(folders: &[PathBuf]) -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&rest));
    // Only a folder with a colon in its name cannot be joined, and such a folder cannot be on PATH anyway.
    std::env::join_paths(all).unwrap_or(rest)
}

/// The child sees the given folders first on its PATH.
pub fn put_first(command: &mut Command, folders: &[PathBuf]) {
    process::forget_own_environment(command);
    command.env("PATH", path_with(folders));
}

fn quoted(text: &OsString) -> String {
    format!("'{}'", text.to_string_lossy().replace('\'', "'\\''"))
}
