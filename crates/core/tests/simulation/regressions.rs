//! Plans that failed once, one to a line, in as few actions as showed it.

use crate::{plan::Plan, runs::outcome};
use serde::{Deserialize, Serialize};
use std::{
    fs::{OpenOptions, read_to_string},
    io::Write,
    path::PathBuf,
};

#[derive(Serialize, Deserialize)]
struct Kept {
    /// What went wrong, in one line.
    what: String,
    plan: Plan,
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/regressions.jsonl")
}

/// Every plan that was kept must work now. Answers with how many there are.
pub fn replay() -> Result<usize, String> {
    let text = read_to_string(file()).unwrap_or_default();
    for (index, line) in text.lines().enumerate() {
        let kept: Kept = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", index + 1))?;
        outcome(&kept.plan, false)
            .map_err(|error| format!("regression {} again ({}): {error}", index + 1, kept.what))?;
    }
    Ok(text.lines().count())
}

/// Adds a plan to the file.
pub fn keep(what: &str, plan: &Plan) -> std::io::Result<()> {
    let what = what.lines().next().unwrap_or_default().chars().take(160).collect();
    let line = serde_json::to_string(&Kept { what, plan: plan.clone() })?;
    let mut file = OpenOptions::new().create(true).append(true).open(file())?;
    writeln!(file, "{line}")
}
