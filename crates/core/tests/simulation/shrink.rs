//! Makes a plan that fails smaller, for as long as it fails.

use crate::{plan::Plan, runs::outcome};
use std::time::{Duration, Instant};

/// Long enough for a small plan, short enough to be waited for.
const PATIENCE: Duration = Duration::from_secs(40);

pub fn shrink(plan: &Plan) -> Plan {
    let mut best = plan.clone();
    let end = Instant::now() + PATIENCE;
    loop {
        let before = size(&best);
        thin(&mut best, end, |plan| &mut plan.actions);
        thin(&mut best, end, |plan| &mut plan.traps);
        thin(&mut best, end, |plan| &mut plan.reactions);
        calm(&mut best);
        if size(&best) == before || Instant::now() > end {
            return best;
        }
    }
}

fn size(plan: &Plan) -> (usize, usize, usize, String) {
    (plan.actions.len(), plan.traps.len(), plan.reactions.len(), format!("{:?}", plan.conditions))
}

/// Takes out as many items of a list as can be, in ever smaller pieces.
fn thin<T: Clone>(best: &mut Plan, end: Instant, list: fn(&mut Plan) -> &mut Vec<T>) {
    let mut piece = list(best).len().div_ceil(2);
    while piece > 0 {
        let mut from = 0;
        while from < list(best).len() && Instant::now() < end {
            let mut smaller = best.clone();
            let until = (from + piece).min(list(&mut smaller).len());
            list(&mut smaller).drain(from..until);
            if outcome(&smaller, false).is_err() {
                *best = smaller;
            } else {
                from += piece;
            }
        }
        piece /= 2;
    }
}

/// Makes the world a better place, one thing after the other.
fn calm(best: &mut Plan) {
    let changes: [fn(&mut Plan); 8] = [
        |plan| plan.conditions.skews.iter_mut().for_each(|skew| *skew = 0),
        |plan| plan.conditions.store_faults = 0,
        |plan| plan.conditions.stalls = 0,
        |plan| plan.slow = None,
        |plan| plan.conditions.bus_loss = 0,
        |plan| plan.conditions.bus = (0, 2),
        |plan| plan.conditions.latency = (1, 5),
        |plan| plan.conditions.store = (0, 2),
    ];
    for change in changes {
        let mut calmer = best.clone();
        change(&mut calmer);
        if outcome(&calmer, false).is_err() {
            *best = calmer;
        }
    }
}
