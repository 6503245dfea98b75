//! Random interleavings of several nodes on one store: each seed is one schedule, with crashes between any two store
//! operations, processes that stand still and wake up late, and a store that does not answer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../tests/support/mod.rs"]
mod support;

use super::{Authority, Policy, mistake::Mistake};
use call_core::Place;
use call_protocol::{MediaType, Phase};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use support::{
    names::place,
    rng::Rng,
    scheduler::Scheduler,
    world::{Node, World, any_step},
};

const CROSSINGS: u64 = 3_000;
const MIXTURES: u64 = 4_000;
/// Shorter than the clocks differ: claims are fenced all the time.
const SHORT: u64 = 60;
const LONG: u64 = 2_000;
const USERS: [&str; 4] = ["a", "b", "c", "d"];

/// What the mixtures must come across, or they prove little.
const REACHED: [&str; 23] = [
    "Placing",
    "Connected",
    "Ended",
    "Claiming",
    "Ringing",
    "Joined",
    "Busy",
    "Rejected",
    "NoResponse",
    "Cancelled",
    "Left",
    "Offline",
    "Kicked",
    "Aborted",
    "away",
    "crossed while placing",
    "placed again",
    "ended by HangUp",
    "ended by Reject",
    "ended by NoResponse",
    "ended by Offline",
    "ended by LineBusy",
    "ended by EndedByServer",
];

fn world(rng: &mut Rng, faults: u64, claim_time: u64, mistake: Option<Mistake>) -> World {
    World::new(rng, faults, |store, clock| -> Node {
        let policy = Policy { claim_time, ..Policy::default() };
        Authority::new(store, clock, policy).with_mistake(mistake)
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

fn assert_none(failures: &BTreeMap<u64, String>) {
    let first = failures.first_key_value();
    assert!(failures.is_empty(), "{} failures, the first: {first:?}", failures.len());
}

/// Two users call each other at the same time, on nodes that do not lose anything.
fn crossing(seed: u64, mistake: Option<Mistake>) -> Result<(), String> {
    let rng = &mut Rng::new(seed);
    let world = world(rng, 0, LONG, mistake);
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
    let world = world(rng, faults, claim_time, None);
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

/// A few users place calls and do what comes to their minds; nodes crash and stand still.
fn mixture(seed: u64, mistake: Option<Mistake>) -> Result<BTreeSet<String>, String> {
    let rng = &mut Rng::new(seed);
    let faults = *rng.pick(&[0, 0, 20, 100]);
    let world = world(rng, faults, SHORT, mistake);
    let mut scheduler = Scheduler::new(Rng::new(rng.next()), world.clock.clone());
    let calls = rng.between(2, 5) as u8;
    for number in 1..=calls {
        let mut others: Vec<&str> = USERS.to_vec();
        rng.shuffle(&mut others);
        let caller = others.remove(0);
        let callees = &others[..*rng.pick(&[1, 1, 1, 2, 3])];
        let place = Place { timeout: *rng.pick(&[30_000, 150]), ..place(number, caller, callees) };
        for _ in 0..*rng.pick(&[1, 1, 1, 2]) {
            scheduler.spawn(world.call(rng.below(3), number, place.clone()));
        }
    }
    for _ in 0..rng.between(0, 10) {
        let (node, number) = (rng.below(3), rng.between(1, calls.into()) as u8);
        let who = *rng.pick(&USERS);
        let step = any_step(rng, who);
        let delay = rng.below(300) as u64;
        let world = &world;
        scheduler.spawn(async move {
            call_core::Clock::sleep(&world.clock, delay).await;
            world.act(node, number, |_| step.clone()).await;
        });
    }
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
    world.clock.advance(SHORT * 3);
    scheduler.wake();
    world.drain(&mut scheduler)?;
    world.check_all_can_call(&mut scheduler)?;
    drop(scheduler);
    Ok(world.reached.into_inner())
}

#[test]
fn crossing_calls_become_one() {
    assert_none(&failures(seeds(CROSSINGS), |seed| crossing(seed, None)));
}

#[test]
fn crossing_calls_become_one_on_a_bad_store() {
    assert_none(&failures(seeds(CROSSINGS), crossing_with_faults));
}

#[test]
fn nobody_is_in_two_calls_or_stuck() {
    let reached = RefCell::new(BTreeSet::new());
    let failures = failures(seeds(MIXTURES), |seed| {
        reached.borrow_mut().append(&mut mixture(seed, None)?);
        Ok(())
    });
    assert_none(&failures);
    let missed: Vec<_> = REACHED.iter().filter(|name| !reached.borrow().contains(**name)).collect();
    assert!(missed.is_empty(), "no schedule reached {missed:?}");
}

#[test]
fn claiming_the_caller_first_is_noticed() {
    let failures = failures(200, |seed| crossing(seed, Some(Mistake::CallerFirst)));
    assert!(failures.values().any(|error| error == "placed again"), "{failures:?}");
}

#[test]
fn taking_a_late_claim_without_fencing_is_noticed() {
    let failures = failures(600, |seed| mixture(seed, Some(Mistake::NoFence)).map(drop));
    assert!(failures.values().any(|error| error.starts_with("two calls")), "{failures:?}");
}
