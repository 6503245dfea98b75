//! The core's simulation: as many seeds as are wanted, and whether it notices broken rules.

use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use super::mutations::{MUTATIONS, Mutation};
use crate::process::{cargo, record, run as run_command};
use crate::workspace::Workspace;

/// How many seeds a broken rule may go unnoticed.
const SEEDS: &str = "12000";
const LIMIT: Duration = Duration::from_secs(1200);

/// `--seeds N`, or `--minutes M`; an hour without.
pub fn simulation(ws: &Workspace, rest: &[String]) -> Result<()> {
    let (name, value) = match rest {
        [] => ("MINUTES", "60"),
        [option, value] if option == "--seeds" => ("SEEDS", value.as_str()),
        [option, value] if option == "--minutes" => ("MINUTES", value.as_str()),
        _ => bail!("usage: cargo xtask long simulation [--seeds N | --minutes M]"),
    };
    value.parse::<u64>().with_context(|| format!("{value} is no number"))?;
    // Other seeds than those of `test`, and of the run before.
    let first = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() * 1_000;
    let mut command = test(&ws.root);
    command.env(name, value);
    if env::var_os("FIRST").is_none() {
        command.env("FIRST", first.to_string());
    }
    // Each failing seed is to be seen at once.
    command.args(["--", "--nocapture"]);
    run_command(&mut command)
}

/// Breaks rule after rule in a copy of the sources, and counts the seeds until it is noticed.
pub fn mutations(ws: &Workspace, rest: &[String]) -> Result<()> {
    let wanted: Vec<&Mutation> = MUTATIONS
        .iter()
        .enumerate()
        .filter(|(index, _)| rest.is_empty() || rest.contains(&(index + 1).to_string()))
        .map(|(_, mutation)| mutation)
        .collect();
    let copy = ws.root.join("target/mutations");
    let mut unnoticed = 0;
    for mutation in &wanted {
        refresh(ws, &copy)?;
        let file = copy.join(mutation.file);
        let text = fs::read_to_string(&file).with_context(|| format!("no {}", mutation.file))?;
        if text.matches(mutation.from).count() != 1 {
            bail!("'{}': the text to be replaced is not in {} exactly once", mutation.rule, mutation.file);
        }
        fs::write(&file, text.replacen(mutation.from, mutation.to, 1))?;
        let test_copy = || {
            let mut command = test(&copy);
            command.args(["--test", "interleaving"]).arg("--no-fail-fast");
            command.env("CARGO_TARGET_DIR", copy.join("target")).env("SEEDS", SEEDS).env("CORES", "1");
            command.env("KEEP", env::var_os("KEEP").unwrap_or_else(|| "0".into())).env("RUST_BACKTRACE", "0");
            command.env("SHRINK", env::var_os("SHRINK").unwrap_or_else(|| "0".into()));
            command
        };
        // The limit is for what runs: a busy machine may compile for long.
        if !record(test_copy().arg("--no-run"), Duration::MAX)?.status.is_some_and(|status| status.success()) {
            bail!("'{}': does not compile when broken", mutation.rule);
        }
        let finished = record(&mut test_copy(), LIMIT)?;
        if finished.status.is_none() {
            bail!("'{}': no result within {} s", mutation.rule, LIMIT.as_secs());
        }
        if let Some(seed) = failing_seed(&finished.output)
            && !record(test(&ws.root).env("SEED", seed).env("KEEP", "0"), LIMIT)?.status.is_some_and(|it| it.success())
        {
            bail!("'{}': seed {seed} fails with nothing broken, so it proves nothing", mutation.rule);
        }
        let verdict = verdict(&finished.output);
        unnoticed += u32::from(verdict.is_none());
        println!("{:<75} {}", mutation.rule, verdict.as_deref().unwrap_or("NOT NOTICED"));
    }
    if unnoticed > 0 {
        bail!("{unnoticed} of {} broken rules went unnoticed", wanted.len());
    }
    println!("each of {} broken rules was noticed", wanted.len());
    Ok(())
}

fn test(root: &Path) -> Command {
    let mut command = cargo();
    command.current_dir(root).args(["test", "--package", "call-core", "--test", "simulation"]);
    // Arguments after it are for cargo, too.
    command
}

fn failing_seed(output: &str) -> Option<&str> {
    let line = output.lines().find_map(|line| line.strip_prefix("seed "))?;
    line.split(':').next()
}

/// After how many seeds, and how; none: it passed.
fn verdict(output: &str) -> Option<String> {
    let after = output.lines().find_map(|line| line.split_once(" seeds and ").map(|(seeds, _)| seeds.to_owned()));
    let by_seed = output.lines().find(|line| line.starts_with("seed ")).map(str::to_owned);
    let by_regression = output.lines().find(|line| line.starts_with("regression ")).map(str::to_owned);
    let by_coverage = output.lines().find(|line| line.contains("no run came across") || line.contains("held to be"));
    let by_schedules = output.lines().find(|line| line.contains(" failures, the first: "));
    let how = by_seed
        .map(|line| format!("after {} seeds: {line}", after.unwrap_or_default()))
        .or(by_regression)
        .or(by_coverage.map(|line| format!("by its coverage: {line}")))
        .or(by_schedules.map(|line| format!("by the interleavings: {line}")))?;
    Some(how.chars().take(170).collect())
}

/// The sources as they are, so that only what was broken is compiled again.
fn refresh(ws: &Workspace, copy: &Path) -> Result<()> {
    fs::create_dir_all(copy)?;
    for path in ["Cargo.toml", "Cargo.lock", "src", "crates"] {
        update(&ws.root.join(path), &copy.join(path))?;
    }
    Ok(())
}

fn update(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            update(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let text = fs::read(from)?;
    if fs::read(to).ok().as_ref() != Some(&text) {
        fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}
