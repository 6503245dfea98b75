//! Random interleavings of several nodes on one store: each seed is one schedule, with crashes between any two store
//! operations, processes that stand still and wake up late, and a store that does not answer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod mid_call;
mod mixture;
#[path = "../support/mod.rs"]
mod support;

use call_core::{Authority, Place, Policy};
use call_protocol::{MediaType, Phase};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use support::{
    names::place,
    rng::Rng,
    scheduler::Scheduler,
    world::{Node, World},
};

const CROSSINGS: u64 = 3_000;
/// Shorter than the clocks differ: claims are fenced all the time.
const SHORT: u64 = 60;
const LONG: u64 = 2_000;

fn world(rng: &mut Rng, faults: u64, claim_time: u64) -> World {
    World::new(rng, faults, |store, clock| -> Node {
        let policy = Policy { claim_time, ..Policy::default() };
        Authority::new(store, clock, policy)
    })
}

/// `SEEDS=100000` makes a long run.
fn seeds(usual: u64) -> u64 {
    std::env::var("SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// What went wrong, by seed.
fn failures(seeds: u64, run: impl Fn(u64) -> Result<(), String>) -> BTreeMap<u64, String> {
    (0..seeds).filter_map(|seed| run(seed).err().map(|error| (seed, error))).collect()
}

/// Runs many seeds; all of them together must come across everything in `wanted`, or they prove little.
fn assert_reached(seeds: u64, wanted: &[&str], run: impl Fn(u64) -> Result<BTreeSet<String>, String>) {
    let reached = RefCell::new(BTreeSet::new());
    let failures = failures(seeds, |seed| {
        reached.borrow_mut().append(&mut run(seed)?);
        Ok(())
    });
    assert_none(&failures);
    let missed: Vec<_> = wanted.iter().filter(|name| !reached.borrow().contains(**name)).collect();
    assert!(missed.is_empty(), "no schedule reached {missed:?}");
}

/// Runs to the end while nodes die and stand still, and clocks and the store go on.
fn run_with_crashes(world: &World, scheduler: &mut Scheduler<'_>, rng: &mut Rng) -> Result<(), String> {
    let crash = *rng.pick(&[0, 5, 15, 30]);
    while scheduler.step()? {
        world.check()?;
        if scheduler.rng.chance(crash) {
            let for_ever = scheduler.rng.chance(500);
            scheduler.stop_one(for_ever);
        }
        if scheduler.rng.chance(20) {
            let jumps = scheduler.rng.between(1, 2) as u64;
            world.clock.advance(SHORT * jumps);
        }
        if scheduler.rng.chance(20) {
            world.store.flush_one();
        }
    }
    world.clock.advance(SHORT * 30);
    scheduler.wake();
    world.drain(scheduler)?;
    world.check_all_can_call(scheduler)
}

fn assert_none(failures: &BTreeMap<u64, String>) {
    let first = failures.first_key_value();
    assert!(failures.is_empty(), "{} failures, the first: {first:?}", failures.len());
}

/// Two users call each other at the same time, on nodes that do not lose anything.
fn crossing(seed: u64) -> Result<(), String> {
    let rng = &mut Rng::new(seed);
    let world = world(rng, 0, LONG);
    let mut scheduler = Scheduler::new(Rng::new(rng.next()), world.clock.clone());
    cross(&world, &mut scheduler, rng)?;
    // Nobody was in the way, so one attempt is enough.
    if world.store.memory.calls().iter().any(|call| call.members[0].generation > 1) {
        return Err("placed again".into());
    }
    world.check_all_can_call(&mut scheduler)
}

/// The same on a store that often does not answer, with requests that are sent twice.
fn crossing_with_faults(seed: u64) -> Result<(), String> {
    let rng = &mut Rng::new(seed);
    let faults = *rng.pick(&[0, 10, 50, 150]);
    let claim_time = *rng.pick(&[SHORT, LONG]);
    let world = world(rng, faults, claim_time);
    let mut scheduler = Scheduler::new(Rng::new(rng.next()), world.clock.clone());
    cross(&world, &mut scheduler, rng)?;
    world.check_all_can_call(&mut scheduler)
}

fn cross<'a>(world: &'a World, scheduler: &mut Scheduler<'a>, rng: &mut Rng) -> Result<(), String> {
    let media = [MediaType::Audio, MediaType::Video];
    for (number, caller, callee) in [(1, "a", "b"), (2, "b", "a")] {
        let place = Place { media: *rng.pick(&media), ..place(number, caller, &[callee]) };
        let copies = if world.store.is_faulty() { rng.between(1, 2) } else { 1 };
        for copy in 0..copies {
            let answer = if copy == 0 { number } else { number + 100 };
            scheduler.spawn(world.call(rng.below(3), answer, place.clone()));
        }
    }
    world.drain(scheduler)?;
    let calls = world.store.memory.calls();
    let connected: Vec<_> = calls.iter().filter(|call| call.phase == Phase::Connected).collect();
    let [call] = connected[..] else { return Err(format!("{} connected calls: {calls:?}", connected.len())) };
    for (number, answer) in world.answers.borrow().iter() {
        let commits = answer.as_ref().map_err(|error| format!("{number}: {error}"))?;
        // The first of them may have been told while it still rang.
        if commits.iter().any(|commit| commit.new.id != call.id || commit.new.rev > call.rev) {
            return Err(format!("{number} was answered {commits:?}"));
        }
    }
    Ok(())
}

#[test]
fn crossing_calls_become_one() {
    assert_none(&failures(seeds(CROSSINGS), crossing));
}

#[test]
fn crossing_calls_become_one_on_a_bad_store() {
    assert_none(&failures(seeds(CROSSINGS), crossing_with_faults));
}
