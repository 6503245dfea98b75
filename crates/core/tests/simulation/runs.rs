//! Many runs: those that failed once, then as many seeds as are wanted.

use crate::{
    coverage,
    plan::Plan,
    regressions,
    run::{Report, Run},
    shrink::shrink,
    situations,
};
use std::{
    cell::RefCell,
    env,
    panic::{self, AssertUnwindSafe},
    sync::{
        Mutex, Once,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Enough that everything that can happen does.
const SEEDS: u64 = 8_000;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a plan; whatever goes wrong in it is the error.
pub fn outcome(plan: &Plan, traces: bool) -> Result<Report, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let in_a_run = PANIC.with(|text| {
                let expected = text.borrow().as_str() == IN_A_RUN;
                if expected {
                    *text.borrow_mut() = info.to_string();
                }
                expected
            });
            if !in_a_run {
                loud(info);
            }
        }));
    });
    PANIC.with(|text| *text.borrow_mut() = IN_A_RUN.into());
    let result = panic::catch_unwind(AssertUnwindSafe(|| Run::new(plan, traces).play()));
    let text = PANIC.with(RefCell::take);
    result.unwrap_or(Err(text))
}

const IN_A_RUN: &str = "in a run";

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

/// One seed alone: SEED=n, told step by step: TRACE=1. More of them: SEEDS=n, or for so many minutes: MINUTES=n.
/// KEEP=0: what fails is not added to the regressions.
#[test]
fn whatever_happens_nobody_is_told_two_stories() {
    if let Some(seed) = number("SEED") {
        let traces = number("TRACE").is_some();
        outcome(&Plan::of(seed), traces).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        return;
    }
    let kept = regressions::replay().unwrap_or_else(|error| panic!("{error}"));
    let started = Instant::now();
    let end = number("MINUTES").map(|minutes| started + Duration::from_secs(60 * minutes));
    let seeds = if end.is_some() { u64::MAX } else { number("SEEDS").unwrap_or(SEEDS) };
    let sum = run_all(number("FIRST").unwrap_or(0), seeds, end);
    let unseen = situations::missed(&sum.report.situations);
    let (missed, wrong) = coverage::gaps(&sum.report.spots);
    println!(
        "{} seeds and {kept} regressions in {} s: {} calls, {} rings, {} begins; {} of {} combinations of state, step \
         and crash; runs with {:?}",
        sum.seeds,
        started.elapsed().as_secs(),
        sum.report.calls,
        sum.report.rings,
        sum.report.begun,
        coverage::possible().count() - missed.len(),
        coverage::possible().count(),
        sum.report.situations
    );
    if let Some(seed) = sum.failure {
        fail(seed);
    }
    assert!(wrong.is_empty(), "held to be impossible, and it happened: {wrong:#?}");
    assert!(missed.is_empty() || sum.seeds < SEEDS, "no run came across {missed:#?}");
    assert!(unseen.is_empty() || sum.seeds < SEEDS, "no run came across {unseen:#?}");
}

struct Sum {
    seeds: u64,
    report: Report,
    failure: Option<u64>,
}

/// On all cores, until one fails or time is up.
fn run_all(first: u64, count: u64, end: Option<Instant>) -> Sum {
    let next = AtomicU64::new(first);
    let stop = AtomicBool::new(false);
    let sum = Mutex::new(Sum { seeds: 0, report: Report::default(), failure: None });
    let work = || {
        let mut told = Instant::now();
        while !stop.load(Ordering::Relaxed) && end.is_none_or(|end| Instant::now() < end) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed - first >= count {
                return;
            }
            let result = outcome(&Plan::of(seed), false);
            let mut sum = sum.lock().unwrap();
            sum.seeds += 1;
            match result {
                Ok(report) => sum.report.add(report),
                Err(error) => {
                    // A long run goes on: what it finds is worth more than the time it saves.
                    stop.store(end.is_none(), Ordering::Relaxed);
                    eprintln!("seed {seed}: {error}");
                    sum.failure.get_or_insert(seed);
                }
            }
            if end.is_some() && told.elapsed() > Duration::from_secs(60) {
                told = Instant::now();
                eprintln!("{} seeds, {} calls", sum.seeds, sum.report.calls);
            }
        }
    };
    let cores = number("CORES").map_or_else(|| thread::available_parallelism().map_or(1, Into::into), |it| it as usize);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    sum.into_inner().unwrap()
}

/// Makes it as small as it can be, shows it and keeps it.
fn fail(seed: u64) -> ! {
    if number("SHRINK") == Some(0) {
        panic!("seed {seed}");
    }
    let smallest = shrink(&Plan::of(seed));
    eprintln!("the same in {} actions: {smallest:#?}", smallest.actions.len());
    let error = outcome(&smallest, true).err().unwrap_or_default();
    eprintln!("{error}");
    if number("KEEP") != Some(0) {
        regressions::keep(&error, &smallest).unwrap_or_else(|error| eprintln!("not kept: {error}"));
    }
    panic!("seed {seed}: {error}");
}
