//! Runs too long for `test`, by name.

mod mutations;
mod simulation;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::process::{cargo, run as run_command};
use crate::setup::nats;
use crate::test::node_program;
use crate::workspace::Workspace;

/// A run, and what it is good for.
type LongRun = (&'static str, fn(&Workspace, &[String]) -> Result<()>);

const LONG_RUNS: &[LongRun] = &[
    ("kills", kills),
    ("cluster", cluster),
    ("records", records),
    ("simulation", simulation::simulation),
    ("mutations", simulation::mutations),
    ("networks", networks),
    ("cycles", cycles),
    ("deploy", deploy),
];

pub fn run(ws: &Workspace, rest: &[String]) -> Result<ExitCode> {
    let known = LONG_RUNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let Some((name, rest)) = rest.split_first() else { bail!("usage: cargo xtask long NAME (long runs: {known})") };
    match LONG_RUNS.iter().find(|(long_name, _)| long_name == name) {
        Some((_, long_run)) => long_run(ws, rest).map(|()| ExitCode::SUCCESS),
        None => bail!("there is no long run '{name}' (long runs: {known})"),
    }
}

/// The server is killed while calls end, again and again: 100 times, at 200 calls each; then nodes of a cluster are.
/// `RECORD_ROUNDS` and `RECORD_CALLS` for other numbers.
fn records(ws: &Workspace, rest: &[String]) -> Result<()> {
    if let Some(first) = rest.first() {
        bail!("unexpected argument '{first}'");
    }
    let number = |name: &str, default: &str| env::var_os(name).unwrap_or_else(|| default.into());
    let mut command = cargo();
    command.current_dir(&ws.root).args(["test", "--package", "call-server", "--test", "back_end"]);
    // One after the other: both want the machine.
    command.args(["--", "--nocapture", "--include-ignored", "--test-threads=1", "kills::"]);
    command.env("NATS_SERVER", nats::find_or_install(ws)?);
    command.env("RECORD_ROUNDS", number("RECORD_ROUNDS", "100"));
    command.env("RECORD_CALLS", number("RECORD_CALLS", "200"));
    run_command(&mut command)
}

/// How long it takes to come back, and nodes of a cluster killed in the middle of calls, again and again: `ROUNDS` times,
/// with `PAIRS` calls at a time.
fn cluster(ws: &Workspace, rest: &[String]) -> Result<()> {
    if let Some(first) = rest.first() {
        bail!("unexpected argument '{first}'");
    }
    let number = |name: &str, usual: &str| env::var_os(name).unwrap_or_else(|| usual.into());
    let mut command = cargo();
    // Hundreds of people and three servers on one machine: as quick as they are shipped.
    command.current_dir(&ws.root).args(["test", "--release", "--package", "call-server", "--test", "cluster"]);
    command.args(["--", "--nocapture", "--test-threads=1", "figures::", "kills::"]);
    command.env("NATS_SERVER", nats::find_or_install(ws)?);
    command.env("ROUNDS", number("ROUNDS", "100")).env("PAIRS", number("PAIRS", "200"));
    run_command(&mut command)
}

/// The server is killed in the middle of calls, again and again. `KILLS` says how often.
fn kills(ws: &Workspace, rest: &[String]) -> Result<()> {
    if let Some(first) = rest.first() {
        bail!("unexpected argument '{first}'");
    }
    let times = env::var_os("KILLS").unwrap_or_else(|| "200".into());
    let mut command = cargo();
    command.current_dir(&ws.root).args(["test", "--package", "call-server", "--test", "survival"]);
    command.args(["--", "--nocapture", "kills::"]).env("KILLS", times);
    run_command(&mut command)
}

/// What `deploy/compose.yaml` brings up, without containers, and a call on it of which a server dies.
fn deploy(ws: &Workspace, rest: &[String]) -> Result<()> {
    node_program(ws, "tests/deploy/topology.mjs", rest)
}

/// Calls over networks that lose, delay and break: how long each takes to recover. Words choose among them by name.
fn networks(ws: &Workspace, rest: &[String]) -> Result<()> {
    node_program(ws, "tests/networks/matrix.mjs", rest)
}

/// Call after call in one pair of pages, and what is left behind. A number says how many.
fn cycles(ws: &Workspace, rest: &[String]) -> Result<()> {
    node_program(ws, "tests/e2e/cycles.mjs", rest)
}
