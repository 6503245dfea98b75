//! The project's own benchmarks, by name. `bench/README.md` says what they measure.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::build;
use crate::long::server_tests::{CLUSTER, INTERLEAVING, Numbers, RECORDS, STALLED, ServerTests};
use crate::process::{cargo, run as run_command};
use crate::setup::nats;
use crate::workspace::Workspace;

/// What a person calls it, and how it is run with the arguments that follow.
type Benchmark = (&'static str, fn(&Workspace, &[String]) -> Result<()>);

const BENCHMARKS: &[Benchmark] = &[("core", core), ("load", load), ("server", server)];

/// What no load generator measures: the goals, the tests that print it, and how much of them. What must not happen fails.
const TESTED: [(&str, &ServerTests, Numbers); 4] = [
    ("in every order of the store's operations: 0 answered twice, in two calls or stuck", &INTERLEAVING, &[]),
    ("a reader that stalls: cut off within 5 s, its sender not held", &STALLED, &[]),
    (
        "records: 0 lost, 0 doubled when the server is killed; read within 100 ms of the end",
        &RECORDS,
        &[("RECORD_ROUNDS", "10"), ("RECORD_CALLS", "200")],
    ),
    (
        "nodes of a cluster: 0 answered twice, in two calls or stuck when one is killed, its calls go on within 10 s (p99); \
         resumed on the same node within 150 ms, on another within 500 ms; shown away within 10 s, gone within 40 s",
        &CLUSTER,
        &[("ROUNDS", "3"), ("PAIRS", "200")],
    ),
];

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
    command.env("NATS_SERVER", nats::find_or_install(ws)?);
    run_command(command.env("CALL_SERVER", ws.server_binary()).env("CARGO_TARGET_DIR", &ws.target))
}

/// Arguments are those of `load`. What fails keeps nothing else from being measured.
fn server(ws: &Workspace, arguments: &[String]) -> Result<()> {
    load(ws, arguments)?;
    let mut failed = Vec::new();
    for (title, tests, numbers) in TESTED {
        println!("\n{title}");
        failed.extend(tests.run(ws, numbers).is_err().then_some(title));
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join("; "));
    }
    Ok(())
}
