//! Runs suites of tests and adds up what they say.

use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::process;
use crate::summary::{Counts, Runner, judge, skipped_lines};

/// Nothing hangs a run for ever. Far above what any suite needs: a slow machine is no failure.
const LIMIT: Duration = Duration::from_secs(15 * 60);

#[derive(Default)]
pub struct Report {
    total: Counts,
}

impl Report {
    /// Runs a suite; prints a line when it passes and all of its output when not.
    pub fn run(&mut self, name: &str, runner: Runner, command: &mut Command) {
        command.env("NO_COLOR", "1").env("FORCE_COLOR", "0").env("CARGO_TERM_COLOR", "never");
        let finished = match process::record(command, LIMIT) {
            Ok(finished) => finished,
            Err(error) => return self.broken(name, &format!("{error:#}")),
        };
        let succeeded = finished.status.is_some_and(|status| status.success());
        let counts = judge(runner, &finished.output, succeeded);
        if counts.failed > 0 {
            println!("---- {name} ----\n{}---- end of {name} ----", finished.output);
        } else {
            skipped_lines(&finished.output).for_each(|line| println!("{}", line.trim_end()));
        }
        let verdict = if counts.failed > 0 { "FAILED" } else { "ok" };
        println!("{verdict:<6} {name}: {} ({:.1} s)", sentence(counts), finished.elapsed.as_secs_f64());
        self.total += counts;
    }

    /// A suite that could not be run at all.
    pub fn broken(&mut self, name: &str, reason: &str) {
        println!("FAILED {name}: {reason}");
        self.total += Counts::BROKEN;
    }

    /// Prints the last line.
    pub fn finish(self) -> ExitCode {
        println!("{}", sentence(self.total));
        if self.total.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

fn sentence(counts: Counts) -> String {
    format!("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped)
}
