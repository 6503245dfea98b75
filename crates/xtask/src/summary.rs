//! How many tests passed, as the runners print it.

use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl Counts {
    /// A suite that could not run is one failure.
    pub const BROKEN: Self = Self { passed: 0, failed: 1, skipped: 0 };
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

#[derive(Clone, Copy)]
pub enum Runner {
    /// `cargo test`, natively or with the runner of wasm-bindgen.
    Cargo,
    /// `node --test`, with the reporters spec or tap.
    Node,
}

/// What a run amounts to. Whatever ended badly without saying so is a failure, and so is a suite without tests.
pub fn judge(runner: Runner, output: &str, succeeded: bool) -> Counts {
    let mut counts = match runner {
        Runner::Cargo => cargo(output),
        Runner::Node => node(output),
    };
    let nothing_ran = counts == Counts::default();
    if counts.failed == 0 && (nothing_ran || !succeeded) {
        counts.failed = 1;
    }
    counts
}

fn cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    let mut started = 0;
    let mut ended = 0;
    for line in output.lines() {
        // Cargo's own column: the wasm runner prints a 'Running ...' without it.
        if line.starts_with("     Running ") || line.starts_with("   Doc-tests ") {
            started += 1;
        }
        ended += u32::from(line == "no tests to run!");
        let Some(result) = line.strip_prefix("test result: ") else { continue };
        ended += 1;
        counts += Counts {
            passed: number_before(result, " passed"),
            failed: number_before(result, " failed"),
            skipped: number_before(result, " ignored"),
        };
    }
    counts.failed += u32::saturating_sub(started, ended);
    counts
}

fn node(output: &str) -> Counts {
    // The last of each: a test may print lines of the same look.
    let last = |key: &str| {
        let value = |line: &str| {
            let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
            rest.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok()
        };
        output.lines().rev().find_map(value).unwrap_or(0)
    };
    Counts { passed: last("pass"), failed: last("fail") + last("cancelled"), skipped: last("skipped") + last("todo") }
}

fn number_before(line: &str, word: &str) -> u32 {
    let Some((before, _)) = line.split_once(word) else { return 0 };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The lines that name a skipped test and why.
pub fn skipped_lines(output: &str) -> impl Iterator<Item = &str> {
    let is_skip = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("﹣ ")
            || line.contains("# SKIP")
            || (line.starts_with("test ") && line.contains(" ... ignored"))
    };
    output.lines().filter(is_skip)
}

#[cfg(test)]
#[path = "summary_test.rs"]
mod summary_test;
