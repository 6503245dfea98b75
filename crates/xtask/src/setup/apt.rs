//! Debian packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use anyhow::{Context, Result, bail};

use super::say;
use crate::process::{find_program, succeeds};

/// A program the project runs, and the package that brings it.
pub struct Need {
    /// An environment variable with which a person names a program of their own.
    pub variable: &'static str,
    pub names: &'static [&'static str],
    pub package: &'static str,
}

impl Need {
    fn find(&self) -> Option<PathBuf> {
        match std::env::var_os(self.variable) {
            Some(path) if Path::new(&path).is_file() => Some(path.into()),
            _ => find_program(self.names),
        }
    }
}

/// Finds all of them; what is missing is installed in one go.
pub fn programs<const N: usize>(needs: [Need; N]) -> Result<[PathBuf; N]> {
    let missing: Vec<&str> = needs.iter().filter(|need| need.find().is_none()).map(|need| need.package).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    let mut found = needs.iter().map(|need| {
        need.find().with_context(|| format!("no {} on PATH after installing {}", need.names.join(" or "), need.package))
    });
    let mut all = Vec::with_capacity(N);
    found.try_for_each(|program| program.map(|program| all.push(program)))?;
    all.try_into().map_err(|_| anyhow::anyhow!("not every program was found"))
}

pub fn install(packages: &[&str]) -> Result<()> {
    let by_hand = format!("install by hand: apt-get install {}", packages.join(" "));
    if find_program(&["apt-get"]).is_none() {
        bail!("this machine has no apt-get; {by_hand} (or the like)");
    }
    let Some(root) = as_root() else { bail!("not root, and sudo asks for a password; {by_hand}") };
    say(&format!("installs {} (apt)", packages.join(", ")));
    // A fresh machine has no package lists, or stale ones: they bring versions that are too old without a word.
    static UPDATE: Once = Once::new();
    UPDATE.call_once(|| _ = succeeds(apt_get(root).arg("update")));
    if !apt_install(root, packages) {
        bail!("apt-get could not install the packages (no network?); {by_hand}");
    }
    for service in ["coturn", "postgresql"] {
        if packages.contains(&service) {
            stop_service(root, service);
        }
    }
    Ok(())
}

/// The words that stand before a command that needs root; None: there is no way to become root without asking.
fn as_root() -> Option<&'static [&'static str]> {
    let user = Command::new("id").arg("-u").output().ok()?;
    if user.stdout.trim_ascii() == b"0" {
        return Some(&[]);
    }
    succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn apt_get(root: &[&str]) -> Command {
    let mut command = match root.split_first() {
        Some((program, rest)) => {
            let mut command = Command::new(program);
            command.args(rest).args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        }
        None => Command::new("apt-get"),
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").env_remove("LD_LIBRARY_PATH");
    command
}

fn apt_install(root: &[&str], packages: &[&str]) -> bool {
    succeeds(apt_get(root).args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// The tests start one of their own; nobody asked for one that runs from boot.
fn stop_service(root: &[&str], service: &str) {
    if !Path::new("/run/systemd/system").is_dir() {
        return;
    }
    let words: Vec<&str> = root.iter().copied().chain(["systemctl", "disable", "--now", service]).collect();
    if let Some((program, rest)) = words.split_first() {
        succeeds(Command::new(program).args(rest));
    }
}
