//! `kill -9` of the program at random moments of real calls. `KILLS=200` for more of it (10 without), `KILL_SEED` for
//! other calls.

mod story;
mod tally;

use crate::support::{Person, Program, now, rng::Rng};
use call_core::{CallEvent, LinkState};
use call_protocol::Millis;
use std::{env, fmt::Debug, str::FromStr, sync::Arc, time::Duration};
use story::{Moment, Pair, Step, Trigger};
use tally::Tally;

const PAIRS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_go_on_after_a_kill() {
    let rounds = from_env("KILLS", 10);
    let seed = from_env("KILL_SEED", now());
    println!("{rounds} kills, KILL_SEED={seed}");
    let mut rng = Rng::new(seed);
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(dir.path());
    let mut pairs = Vec::new();
    for number in 0..PAIRS {
        let ann = Person::login(&program, &format!("ann{number}")).await;
        let bob = Person::login(&program, &format!("bob{number}")).await;
        pairs.push(Arc::new(Pair::new(number, ann, bob)));
    }
    let mut tally = Tally::default();
    for round in 0..rounds {
        round_of_calls(&mut program, &pairs, &mut rng, &mut tally).await;
        if (round + 1) % 20 == 0 {
            println!("after {} kills: {tally}", round + 1);
        }
    }
    // Nobody is stuck: everybody can call and be called.
    for pair in &pairs {
        let trigger = Arc::new(Trigger::never());
        for caller_is_ann in [true, false] {
            let told = pair.call(caller_is_ann, Rng::new(rng.next()), &trigger).await;
            tally.call(told);
        }
    }
    println!("{tally}");
    tally.check_coverage(rounds);
}

/// Everybody calls again and again; in the middle of it the program is killed, once or twice.
async fn round_of_calls(program: &mut Program, pairs: &[Arc<Pair>], rng: &mut Rng, tally: &mut Tally) {
    let trigger = Arc::new(Trigger::new(moment(rng)));
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
    let again = rng.chance(200);
    for again in [again, false] {
        tally.kill(pairs.iter().map(|pair| pair.stage()));
        program.kill();
        let killed = now();
        tally.restart(program.restart().await);
        tally.resumed(&comeback_times(pairs, killed).await);
        if !again {
            break;
        }
        tokio::time::sleep(Duration::from_millis(rng.below(300) as u64)).await;
    }
    trigger.over();
    while let Some(told) = calls.join_next().await {
        told.unwrap().into_iter().for_each(|told| tally.call(told));
    }
    for person in pairs.iter().flat_map(|pair| pair.people()) {
        let events = person.seen().events;
        let of_round = events.iter().filter(|(at, _)| *at >= began);
        let bad = of_round.filter(|(_, event)| is_bad(event)).collect::<Vec<_>>();
        assert!(bad.is_empty(), "{}: {bad:#?}\n{events:#?}", person.name);
    }
}

/// At any time, or just when somebody has asked for something.
fn moment(rng: &mut Rng) -> Moment {
    if rng.chance(300) {
        return Moment::After(Duration::from_millis(rng.below(2000) as u64));
    }
    let step = *rng.pick(&[Step::Call, Step::Call, Step::Answer, Step::Answer, Step::HangUp]);
    Moment::At { pair: rng.below(PAIRS), step, delay: Duration::from_micros(rng.below(6000) as u64) }
}

/// How long after the program's start everybody was logged in again, in milliseconds.
async fn comeback_times(pairs: &[Arc<Pair>], killed: Millis) -> Vec<Millis> {
    let ready = now();
    let mut times = Vec::new();
    for person in pairs.iter().flat_map(|pair| pair.people()) {
        let at = person.until("itself logged in again", |seen| seen.is_connected_since(killed)).await;
        times.push(at.saturating_sub(ready));
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
