//! A Rust that compiles for the browser, by one of two roads: rustup's wasm32 target, or, where rustup is not there or may
//! not download, Debian's compiler with a standard library built from Debian's source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{debian, put_first, say};
use crate::process::{capture, cargo, find_program, succeeds};
use crate::workspace::Workspace;

pub const TARGET: &str = "wasm32-unknown-unknown";

pub enum Toolchain {
    /// The person's own, which has the target.
    Own,
    /// A folder laid out like an installed toolchain, around Debian's compiler.
    Debian(PathBuf),
}

impl Toolchain {
    pub fn cargo(&self) -> Command {
        match self {
            Self::Own => cargo(),
            Self::Debian(folder) => {
                let bin = folder.join("bin");
                let mut command = Command::new(bin.join("cargo"));
                command.env("RUSTC", bin.join("rustc")).env("RUSTDOC", bin.join("rustdoc"));
                command.env_remove("RUSTUP_TOOLCHAIN");
                // Cargo looks for `cargo clippy` in its home first, unless PATH says where the home comes.
                let folders: Vec<PathBuf> = [Some(bin), cargo_home_bin()].into_iter().flatten().collect();
                put_first(&mut command, &folders);
                command
            }
        }
    }

    pub fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Own => None,
            Self::Debian(folder) => Some(folder.join("bin")),
        }
    }
}

pub fn find_or_install(ws: &Workspace) -> Result<Toolchain> {
    if own_has_target(ws) {
        return Ok(Toolchain::Own);
    }
    if rustup_may_download() {
        say(&format!("adds {TARGET} to the Rust in use (rustup)"));
        if !succeeds(Command::new("rustup").args(["target", "add", TARGET]).current_dir(&ws.root))
            || !own_has_target(ws)
        {
            bail!("rustup could not add the target (no network?); install by hand: rustup target add {TARGET}");
        }
        return Ok(Toolchain::Own);
    }
    debian::find_or_build(ws)
        .map(Toolchain::Debian)
        .with_context(|| format!("no Rust for {TARGET} (rustup may not download here)"))
}

pub fn cargo_home() -> Option<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(home) => Some(PathBuf::from(home)),
        None => Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")),
    }
}

fn cargo_home_bin() -> Option<PathBuf> {
    Some(cargo_home()?.join("bin"))
}

fn own_has_target(ws: &Workspace) -> bool {
    let Ok(sysroot) = capture(Command::new("rustc").args(["--print", "sysroot"]).current_dir(&ws.root)) else {
        return false;
    };
    has_core(Path::new(sysroot.trim()))
}

pub fn has_core(sysroot: &Path) -> bool {
    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let Ok(mut files) = fs::read_dir(library) else { return false };
    files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}

/// The setting that forbids rustup to install by itself is taken to mean every download.
pub fn rustup_may_download() -> bool {
    let forbidden = std::env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0");
    !forbidden && find_program(&["rustup"]).is_some()
}
