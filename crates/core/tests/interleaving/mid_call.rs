//! Calls that change while they run: more users are invited, others join, come back, are lost; nodes die and stand
//! still between any two store operations.

use crate::{
    SHORT, assert_reached, run_with_crashes, seeds,
    support::{
        any_step::any_step,
        names::{entry, entry_in, place, place_in},
        rng::Rng,
        scheduler::Scheduler,
        story::{accept, reject},
        world::World,
    },
    world,
};
use call_core::{Clock, Place};
use std::collections::BTreeSet;

const RUNS: u64 = 3_000;
const USERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const GROUP: &str = "team";
const ROOM: u32 = 5;
/// Two group calls and a call of two.
const CALLS: [u8; 3] = [1, 2, 3];

const REACHED: [&str; 14] = [
    "invited in mid-call",
    "busy in mid-call",
    "aborted in mid-call",
    "rung again after being out",
    "joined by itself",
    "came back by joining",
    "a call of two became a group call",
    "a running call was fenced",
    "switched",
    "away",
    "moved to another node",
    "joined while it rang",
    "ended by HangUp",
    "ended by LineBusy",
];

fn mid_call(seed: u64) -> Result<BTreeSet<String>, String> {
    let rng = &mut Rng::new(seed);
    let faults = *rng.pick(&[0, 0, 20, 100]);
    // The longer one lets most of what is begun be finished.
    let claim_time = *rng.pick(&[SHORT, 10 * SHORT]);
    let world = world(rng, faults, claim_time);
    let mut scheduler = Scheduler::new(Rng::new(rng.next()), world.clock.clone());
    for number in CALLS {
        scheduler.spawn(world.call(rng.below(3), number, some_call(rng, number)));
    }
    for _ in 0..rng.between(3, 8) {
        answer(&world, &mut scheduler, rng);
    }
    for _ in 0..rng.between(5, 20) {
        let delay = rng.between(50, 1_500) as u64;
        something(&world, &mut scheduler, rng, delay);
    }
    run_with_crashes(&world, &mut scheduler, rng)?;
    drop(scheduler);
    Ok(world.truth.into_inner().reached)
}

fn some_call(rng: &mut Rng, number: u8) -> Place {
    let mut others: Vec<&str> = USERS.to_vec();
    rng.shuffle(&mut others);
    let caller = others.remove(0);
    let callees = &others[..rng.between(1, 2)];
    let place = match number {
        3 => place(number, caller, &callees[..1]),
        // Both in one room, or not.
        _ => place_in(number, caller, callees, GROUP, ROOM + rng.below(2) as u32),
    };
    Place { timeout: *rng.pick(&[30_000, 400]), ..place }
}

/// Somebody who may be rung answers.
fn answer<'a>(world: &'a World, scheduler: &mut Scheduler<'a>, rng: &mut Rng) {
    let (node, number, who) = (rng.below(3), *rng.pick(&CALLS), *rng.pick(&USERS));
    let (delay, accepts) = (rng.between(50, 600) as u64, rng.chance(700));
    scheduler.spawn(async move {
        world.clock.sleep(delay).await;
        world.act(node, number, |call| if accepts { accept(call, who) } else { reject(call, who) }).await;
    });
}

/// Somebody does something after a while.
fn something<'a>(world: &'a World, scheduler: &mut Scheduler<'a>, rng: &mut Rng, delay: u64) {
    let (node, number) = (rng.below(3), *rng.pick(&CALLS));
    let who = *rng.pick(&USERS);
    match rng.below(10) {
        0..=2 => {
            let mut callees: Vec<&str> = USERS.to_vec();
            rng.shuffle(&mut callees);
            callees.truncate(rng.between(1, 3));
            let (inviter, count) = (rng.below(6), rng.between(1, 2) as u32);
            scheduler.spawn(async move {
                world.clock.sleep(delay).await;
                world.invite(node, number, inviter, count, &callees).await;
            });
        }
        3..=5 => {
            let entry = if rng.chance(500) { entry(number, who) } else { entry_in(GROUP, ROOM, who) };
            scheduler.spawn(async move {
                world.clock.sleep(delay).await;
                world.join(node, entry).await;
            });
        }
        _ => {
            let seed = rng.next();
            scheduler.spawn(async move {
                world.clock.sleep(delay).await;
                world.act(node, number, |call| any_step(&mut Rng::new(seed), call, who)).await;
            });
        }
    }
}

#[test]
fn nobody_is_in_two_calls_or_stuck_when_calls_change() {
    assert_reached(seeds(RUNS), &REACHED, mid_call);
}
