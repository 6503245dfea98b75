//! Runs too long for `test`, by name.

mod mutations;
pub mod server_tests;
mod simulation;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::test::node_program;
use crate::workspace::Workspace;
use server_tests::{CLUSTER, KILLS, Numbers, RECORDS, ServerTests};

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

fn records(ws: &Workspace, rest: &[String]) -> Result<()> {
    long_server_tests(ws, &RECORDS, &[("RECORD_ROUNDS", "100"), ("RECORD_CALLS", "200")], rest)
}

fn cluster(ws: &Workspace, rest: &[String]) -> Result<()> {
    long_server_tests(ws, &CLUSTER, &[("ROUNDS", "100"), ("PAIRS", "200")], rest)
}

fn kills(ws: &Workspace, rest: &[String]) -> Result<()> {
    long_server_tests(ws, &KILLS, &[("KILLS", "200")], rest)
}

fn long_server_tests(ws: &Workspace, tests: &ServerTests, numbers: Numbers, rest: &[String]) -> Result<()> {
    if let Some(first) = rest.first() {
        bail!("unexpected argument '{first}'");
    }
    tests.run(ws, numbers)
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
