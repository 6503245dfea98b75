//! The project's own benchmarks, by name. `bench/README.md` says what they measure.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::build;
use crate::process::{cargo, run as run_command};
use crate::workspace::Workspace;

/// What a person calls it, and how it is run with the arguments that follow.
type Benchmark = (&'static str, fn(&Workspace, &[String]) -> Result<()>);

const BENCHMARKS: &[Benchmark] = &[("core", core), ("load", load)];

pub fn run(ws: &Workspace, rest: &[String]) -> Result<ExitCode> {
    let known = BENCHMARKS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let Some((name, arguments)) = rest.split_first() else {
        bail!("usage: cargo xtask bench NAME [ARGUMENTS] (benchmarks: {known})");
    };
    match BENCHMARKS.iter().find(|(benchmark, _)| benchmark == name) {
        Some((_, benchmark)) => benchmark(ws, arguments).map(|()| ExitCode::SUCCESS),
        None => bail!("there is no benchmark '{name}' (benchmarks: {known})"),
    }
}

/// Arguments are criterion's.
fn core(ws: &Workspace, arguments: &[String]) -> Result<()> {
    let mut command = cargo();
    command.current_dir(&ws.root).args([
        "bench",
        "--package",
        "call-core",
        "--bench",
        "transition",
        "--bench",
        "events",
    ]);
    run_command(command.arg("--").args(arguments))
}

fn load(ws: &Workspace, arguments: &[String]) -> Result<()> {
    build::server(ws)?;
    let mut command = Command::new("node");
    command.arg(ws.root.join("bench/load/run.mjs")).args(arguments);
    run_command(command.env("CALL_SERVER", ws.server_binary()).env("CARGO_TARGET_DIR", &ws.target))
}
