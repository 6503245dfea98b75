use super::story::{Ended, Stage};
use call_protocol::Millis;
use std::{collections::BTreeMap, fmt, time::Duration};

/// What a run has seen.
#[derive(Default)]
pub struct Tally {
    kills: usize,
    /// How far calls were when the program was killed.
    stages: BTreeMap<Stage, usize>,
    endings: BTreeMap<String, usize>,
    /// Hung up while the server was away.
    alone: usize,
    restarts: Vec<Millis>,
    comebacks: Vec<Millis>,
}

impl Tally {
    pub fn kill(&mut self, stages: impl Iterator<Item = Stage>) {
        self.kills += 1;
        for stage in stages {
            *self.stages.entry(stage).or_default() += 1;
        }
    }

    pub fn restart(&mut self, took: Duration) {
        self.restarts.push(u64::try_from(took.as_millis()).unwrap());
    }

    pub fn resumed(&mut self, times: &[Millis]) {
        self.comebacks.extend(times);
    }

    pub fn call(&mut self, ended: Ended) {
        *self.endings.entry(format!("{:?}", ended.reason)).or_default() += 1;
        self.alone += usize::from(ended.alone);
    }

    /// A long run that has not been everywhere proves less than it says.
    pub fn check_coverage(&self, rounds: usize) {
        use Stage::*;
        if rounds >= 100 {
            for stage in [Placing, Ringing, Answering, Talking, Ending] {
                assert!(self.stages.contains_key(&stage), "never killed while {stage:?}");
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls: usize = self.endings.values().sum();
        write!(
            f,
            "{} kills, {calls} calls; at a kill: {:?}; endings: {:?}, {} of them while the server was away; ",
            self.kills, self.stages, self.endings, self.alone
        )?;
        write!(f, "start took {}; clients resumed after {}", spread(&self.restarts), spread(&self.comebacks))
    }
}

fn spread(times: &[Millis]) -> String {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |part: usize| times.get((times.len().max(1) - 1) * part / 100).copied().unwrap_or_default();
    format!("{} ms (median), {} ms (p99), {} ms (most)", at(50), at(99), at(100))
}
