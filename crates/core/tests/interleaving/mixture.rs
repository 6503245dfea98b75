//! Calls that are placed, answered, left, lost and ended, all at once.

use crate::{
    SHORT, assert_reached, run_with_crashes, seeds,
    support::{any_step::any_step, names::place, rng::Rng, scheduler::Scheduler},
    world,
};
use call_core::Place;
use std::collections::BTreeSet;

const MIXTURES: u64 = 4_000;
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

/// A few users place calls and do what comes to their minds; nodes crash and stand still.
fn mixture(seed: u64) -> Result<BTreeSet<String>, String> {
    let rng = &mut Rng::new(seed);
    let faults = *rng.pick(&[0, 0, 20, 100]);
    let world = world(rng, faults, SHORT);
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
        let seed = rng.next();
        let delay = rng.below(300) as u64;
        let world = &world;
        scheduler.spawn(async move {
            call_core::Clock::sleep(&world.clock, delay).await;
            world.act(node, number, |call| any_step(&mut Rng::new(seed), call, who)).await;
        });
    }
    run_with_crashes(&world, &mut scheduler, rng)?;
    drop(scheduler);
    Ok(world.truth.into_inner().reached)
}

#[test]
fn nobody_is_in_two_calls_or_stuck() {
    assert_reached(seeds(MIXTURES), &REACHED, mixture);
}
