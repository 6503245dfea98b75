//! `kill -9` of nodes while their users call each other. `ROUNDS=100 PAIRS=200` for more of it (3 rounds without),
//! `KILL_SEED` for other calls.

#[path = "../survival/kills/story.rs"]
#[allow(dead_code)]
pub mod story;
#[path = "../survival/kills/tally.rs"]
#[allow(dead_code)]
mod tally;

use crate::{
    calls::DEADLINE,
    support::{Nodes, Person, now, rng::Rng, shared},
};
use call_core::{CallEvent, LinkState};
use call_protocol::Millis;
use std::{env, fmt::Debug, str::FromStr, sync::Arc, time::Duration};
use story::{Moment, Pair, Step, Trigger};
use tally::Tally;

const NODES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_go_on_when_a_node_dies() {
    let rounds = from_env("ROUNDS", 3);
    let seed = from_env("KILL_SEED", now());
    let count = from_env("PAIRS", 9);
    println!("{rounds} rounds of {count} calls at a time, KILL_SEED={seed}");
    let mut rng = Rng::new(seed);
    let nats = shared();
    let mut nodes = Nodes::start(nats.urls(), NODES, DEADLINE);
    let mut pairs = Vec::new();
    for number in 0..count {
        // Of all the ways to be on two nodes, or on one.
        let ann = Person::login(&nodes.from(number), &format!("ann{number}")).await;
        let bob = Person::login(&nodes.from(number / NODES), &format!("bob{number}")).await;
        pairs.push(Arc::new(Pair::without_a_sure_store(number, ann, bob)));
    }
    let mut tally = Tally::default();
    for round in 0..rounds {
        round_of_calls(&mut nodes, &pairs, &mut rng, &mut tally).await;
        if (round + 1) % 10 == 0 {
            println!("after {} rounds: {tally}", round + 1);
        }
    }
    // Nobody is stuck: everybody can call and be called.
    let mut calls = tokio::task::JoinSet::new();
    for pair in &pairs {
        let (pair, mut rng) = (pair.clone(), Rng::new(rng.next()));
        calls.spawn(async move {
            let trigger = Trigger::never();
            [
                pair.call(true, Rng::new(rng.next()), &trigger).await,
                pair.call(false, Rng::new(rng.next()), &trigger).await,
            ]
        });
    }
    while let Some(told) = calls.join_next().await {
        told.unwrap().into_iter().for_each(|told| tally.call(told));
    }
    println!("{tally}");
    tally.check_coverage(rounds);
}

/// Everybody calls again and again; in the middle of it a node is killed, and started anew.
async fn round_of_calls(nodes: &mut Nodes, pairs: &[Arc<Pair>], rng: &mut Rng, tally: &mut Tally) {
    let trigger = Arc::new(Trigger::new(moment(pairs.len(), rng)));
    let began = now();
    let mut calls = tokio::task::JoinSet::new();
    for pair in pairs {
        let (pair, trigger, mut rng) = (pair.clone(), trigger.clone(), Rng::new(rng.next()));
        calls.spawn(async move {
            tokio::time::sleep(Duration::from_millis(rng.below(300) as u64)).await;
            let mut told = Vec::new();
            while !trigger.is_over() {
                let caller_is_ann = rng.chance(500);
                told.push(pair.call(caller_is_ann, Rng::new(rng.next()), &trigger).await);
            }
            told
        });
    }
    trigger.fired().await;
    tally.kill(pairs.iter().map(|pair| pair.stage()));
    let victim = rng.below(nodes.nodes.len());
    let victim = &mut nodes.nodes[victim];
    victim.kill();
    let killed = now();
    // Its users go on with the others, whether it comes back or not.
    tokio::time::sleep(Duration::from_millis(rng.below(2000) as u64)).await;
    let began_anew = std::time::Instant::now();
    victim.start();
    tally.restart(began_anew.elapsed());
    trigger.over();
    while let Some(told) = calls.join_next().await {
        told.unwrap().into_iter().for_each(|told| tally.call(told));
    }
    tally.resumed(&comebacks(pairs, killed).await);
    for person in pairs.iter().flat_map(|pair| pair.people()) {
        let events = person.seen().events;
        let bad: Vec<_> = events.iter().filter(|(at, event)| *at >= began && is_bad(event)).collect();
        assert!(bad.is_empty(), "{}: {bad:#?}\n{events:#?}", person.name);
    }
}

/// At any time, or just when somebody has asked for something.
fn moment(pairs: usize, rng: &mut Rng) -> Moment {
    if rng.chance(300) {
        return Moment::After(Duration::from_millis(rng.below(2000) as u64));
    }
    let step = *rng.pick(&[Step::Call, Step::Call, Step::Answer, Step::Answer, Step::HangUp]);
    Moment::At { pair: rng.below(pairs), step, delay: Duration::from_micros(rng.below(6000) as u64) }
}

/// How long after the node's death those who were on it were logged in again, in milliseconds.
async fn comebacks(pairs: &[Arc<Pair>], killed: Millis) -> Vec<Millis> {
    let mut times = Vec::new();
    for person in pairs.iter().flat_map(|pair| pair.people()) {
        let since = person.until("itself logged in", |seen| seen.is_connected_since(0)).await;
        times.extend(since.checked_sub(killed));
    }
    times
}

/// A session was lost: the application would have to log in again.
fn is_bad(event: &CallEvent) -> bool {
    matches!(event, CallEvent::Kicked | CallEvent::SigExpired | CallEvent::Error { .. })
        || matches!(event, CallEvent::Link { state: LinkState::Disconnected, .. })
}

fn from_env<T: FromStr<Err: Debug>>(name: &str, default: T) -> T {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}
