use crate::{brief::briefs, support::rng::Rng, world::World};
use call_core::{CallEvent, CallInfo, Command};
use call_protocol::CallId;
use std::{collections::HashMap, env};

const SEEDS: u64 = 1500;
const NAMES: [&str; 4] = ["ann", "bob", "cat", "dan"];

/// What one party was told of one call.
#[derive(Default)]
struct Story {
    received: usize,
    begun: usize,
    ends: Vec<String>,
}

/// People who do whatever comes to their mind, at moments that cross, over connections that break.
fn live(seed: u64) {
    let rng = &mut Rng::new(seed);
    let mut world = World::of(&NAMES);
    for _ in 0..rng.between(4, 25) {
        act(&mut world, rng);
        let pause = [0, 7, 25, 400, 9000][rng.below(5)];
        world.wait(pause);
    }
    for name in NAMES {
        notice(&mut world, name);
    }
    world.wait(60_000);
    for name in NAMES {
        if world.person(name).client.is_busy() {
            world.hang_up(name);
        }
    }
    world.wait(60_000);
    world.nothing_left();
    for name in NAMES {
        check(name, &world.person(name).events);
    }
}

fn act(world: &mut World, rng: &mut Rng) {
    let name = *rng.pick(&NAMES);
    match rng.below(20) {
        0..=5 => {
            let mut callees: Vec<&str> = NAMES.into_iter().filter(|other| *other != name).collect();
            rng.shuffle(&mut callees);
            callees.truncate(if rng.chance(700) { 1 } else { rng.between(2, 3) });
            world.begin_call(name, &callees);
        }
        6..=11 => drop(world.begin(name, "accept", Command::Accept)),
        12 => drop(world.begin(name, "reject", Command::Reject)),
        13..=15 => drop(world.begin(name, "hang up", Command::HangUp)),
        16 => {
            if world.person(name).client.in_call() {
                world.switch(name, rng.chance(500), rng.chance(500));
            }
        }
        17 => {
            if world.is_connected(name) {
                world.cut(name);
            }
        }
        _ => notice(world, name),
    }
}

fn notice(world: &mut World, name: &'static str) {
    if world.is_cut(name) {
        world.notice(name);
    }
}

fn call(event: &CallEvent) -> Option<&CallInfo> {
    match event {
        CallEvent::Received(call) | CallEvent::Begin(call) => Some(call),
        CallEvent::NotConnected { call, .. } | CallEvent::End { call, .. } => Some(call),
        _ => None,
    }
}

/// Each call is received and begins at most once, ends once, and as what it was.
fn check(name: &str, events: &[CallEvent]) {
    let mut stories: HashMap<CallId, Story> = HashMap::new();
    for event in events {
        let Some(info) = call(event) else { continue };
        let story = stories.entry(info.id.clone()).or_default();
        let lines = briefs(events);
        assert!(story.ends.is_empty(), "{name}: after the end: {lines:?}");
        match event {
            CallEvent::Received(_) => story.received += 1,
            CallEvent::Begin(_) => story.begun += 1,
            CallEvent::End { .. } => assert_eq!(story.begun, 1, "{name}: an end without a begin: {lines:?}"),
            _ => assert_eq!(story.begun, 0, "{name}: not connected after a begin: {lines:?}"),
        }
        if matches!(event, CallEvent::End { .. } | CallEvent::NotConnected { .. }) {
            story.ends.push(crate::brief::brief(event));
        }
        assert!(story.received <= 1 && story.begun <= 1, "{name}: twice: {lines:?}");
    }
    let open: Vec<_> = stories.values().filter(|story| story.ends.len() != 1).map(|story| &story.ends).collect();
    assert!(open.is_empty(), "{name}: without one end: {:?}", briefs(events));
}

/// One seed alone: SEED=n. More of them: SEEDS=n.
#[test]
fn whatever_people_do_each_call_ends_once_for_each_of_them_and_nothing_is_left() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = number("SEED").map_or(0..number("SEEDS").unwrap_or(SEEDS), |seed| seed..seed + 1);
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| live(seed));
        if let Err(cause) = outcome {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(cause);
        }
    }
}
