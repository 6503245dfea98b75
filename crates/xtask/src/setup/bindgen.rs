//! wasm-bindgen and its test runner, at exactly the version of Cargo.lock: the two halves share an unversioned format.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::say;
use crate::process::{capture, cargo, find_program, succeeds};
use crate::workspace::Workspace;

pub struct Tools {
    pub bindgen: PathBuf,
    pub test_runner: PathBuf,
}

impl Tools {
    pub fn folder(&self) -> Option<PathBuf> {
        self.bindgen.parent().map(PathBuf::from)
    }
}

pub fn find_or_build(ws: &Workspace) -> Result<Tools> {
    let version = ws.locked_version("wasm-bindgen")?;
    let root = ws.tools().join(format!("wasm-bindgen-{version}"));
    let built =
        Tools { bindgen: root.join("bin/wasm-bindgen"), test_runner: root.join("bin/wasm-bindgen-test-runner") };
    if built.bindgen.is_file() && built.test_runner.is_file() {
        return Ok(built);
    }
    if let Some(installed) = installed(&version) {
        return Ok(installed);
    }
    say(&format!("builds wasm-bindgen {version} (about two minutes, once)"));
    let build = ws.tools().join("build-wasm-bindgen");
    let install = |flags: &[&str]| {
        let mut command = cargo();
        command
            .args(["install", "--quiet", "wasm-bindgen-cli", "--version", &version, "--root"])
            .arg(&root)
            .args(flags);
        // Built once and run for milliseconds: a quick build is worth more than quick code.
        command
            .env("CARGO_TARGET_DIR", &build)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        command
    };
    // Its lock file can name releases that have been withdrawn since.
    if !succeeds(&mut install(&["--locked"])) && capture(&mut install(&[])).is_err() {
        bail!(
            "wasm-bindgen could not be built (no network?); install by hand: cargo install wasm-bindgen-cli --version {version}"
        );
    }
    fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
    Ok(built)
}

fn installed(version: &str) -> Option<Tools> {
    let bindgen = find_program(&["wasm-bindgen"])?;
    let test_runner = find_program(&["wasm-bindgen-test-runner"])?;
    let right = |program: &PathBuf| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).split_whitespace().nth(1) == Some(version))
    };
    (right(&bindgen) && right(&test_runner)).then_some(Tools { bindgen, test_runner })
}
