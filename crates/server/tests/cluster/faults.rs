//! NATS in trouble: its servers die, do nothing, or do not reach each other. What runs goes on; what can not begin is
//! refused at once, and worth another try.

use crate::{
    calls::{DEADLINE, begun, ended, received},
    kills::story::{Pair, Trigger},
    support::{Nodes, PATIENCE, Person, Seen, nats::NatsCluster, new_call, now, rng::Rng},
};
use call_core::{CallError, CallEvent, Command, LinkState, NewCall};
use call_protocol::{CallId, Millis, Reason};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// As it is without a flag.
const SHORT: u32 = 250;

/// One server of NATS after the other dies and comes back; calls go on being made all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_of_nats_die_in_turn() {
    let mut nats = NatsCluster::start();
    let nodes = Nodes::start(nats.urls(), 3, DEADLINE);
    let trigger = Arc::new(Trigger::never());
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..3 {
        let ann = Person::login(&nodes.from(number), &format!("ann{number}")).await;
        let bob = Person::login(&nodes.from(number + 1), &format!("bob{number}")).await;
        let trigger = trigger.clone();
        calls.spawn(async move {
            let pair = Pair::without_a_sure_store(number, ann, bob);
            let mut rng = Rng::new(number as u64);
            let mut count = 0;
            while !trigger.is_over() {
                pair.call(count % 2 == 0, Rng::new(rng.next()), &trigger).await;
                count += 1;
            }
            count
        });
    }
    for number in 0..3 {
        sleep(Duration::from_millis(1500)).await;
        nats.servers[number].kill();
        sleep(Duration::from_millis(1500)).await;
        nats.servers[number].start();
        nats.until_whole();
    }
    trigger.over();
    let mut count = 0;
    while let Some(ended) = calls.join_next().await {
        count += ended.unwrap();
    }
    println!("{count} calls while one server of NATS after the other died");
}

/// Two of three do nothing, as on a machine without time for them: nothing can be stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_majority_calls_go_on_and_none_begins() {
    let nats = NatsCluster::start();
    let nodes = Nodes::start(nats.urls(), 3, SHORT);
    let scene = Scene::connected(&nodes).await;
    nats.servers[0].freeze();
    nats.servers[1].freeze();
    scene.goes_on_without_a_store().await;
    let at_bob = scene.bob_hangs_up_for_himself().await;
    nats.servers[0].go_on();
    nats.servers[1].go_on();
    let end = scene.ann.until("the end", |seen| seen.find(|event| lasted(event, &scene.call))).await;
    assert!(end.abs_diff(at_bob) < 1000, "both tell the same time: {end} and {at_bob} ms");
    scene.all_is_well().await;
}

/// One server is cut off from the others, with who is connected to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partition_heals() {
    let nats = NatsCluster::start_divisible();
    // Two nodes on the side of the many, one alone.
    let mut nodes = Nodes::start(vec![nats.servers[0].url()], 1, SHORT);
    nodes.join(vec![nats.servers[1].url()]);
    nodes.join(vec![nats.servers[2].url()]);
    let scene = Scene::connected(&nodes).await;
    nats.cut_off(2);
    // On the side of the few nothing begins.
    scene.is_refused(&scene.cat).await;
    // On the other side everything does, once there is somebody who leads.
    let call = new_call("eve");
    place(&scene.dan, call.clone()).await;
    scene.eve.until("the call", |seen| seen.find(|event| received(event, &call.id))).await;
    scene.eve.insist(Command::Accept).await.unwrap();
    scene.dan.until("the beginning", |seen| seen.find(|event| begun(event, &call.id))).await;
    assert_eq!(scene.ends_seen(), 0, "who is cut off has time to come back");
    nats.heal();
    scene.dan.insist(Command::HangUp).await.unwrap();
    for person in [&scene.dan, &scene.eve] {
        person.until("the end", |seen| seen.find(|event| ended(event, &call.id))).await;
    }
    scene.ends_well().await;
}

/// Ann and Bob talk, on two nodes; Cat, Dan and Eve do nothing yet.
struct Scene {
    ann: Person,
    bob: Person,
    cat: Person,
    dan: Person,
    eve: Person,
    call: CallId,
}

impl Scene {
    async fn connected(nodes: &Nodes) -> Self {
        let ann = Person::login(&nodes.from(0), "ann").await;
        let bob = Person::login(&nodes.from(1), "bob").await;
        let cat = Person::login(&nodes.from(2), "cat").await;
        let (dan, eve) = (Person::login(&nodes.from(0), "dan").await, Person::login(&nodes.from(1), "eve").await);
        let call = new_call("bob");
        let id = call.id.clone();
        place(&ann, call).await;
        bob.until("the call", |seen| seen.find(|event| received(event, &id))).await;
        bob.insist(Command::Accept).await.unwrap();
        for person in [&ann, &bob] {
            person.until("the beginning", |seen| seen.find(|event| begun(event, &id))).await;
        }
        Self { ann, bob, cat, dan, eve, call: id }
    }

    async fn goes_on_without_a_store(&self) {
        self.is_refused(&self.dan).await;
        // What members tell each other does not need the store; a server of NATS that is lost takes along what was on
        // its way, so it is said again.
        let heard = |seen: &Seen| seen.events.iter().filter(|(_, event)| voice(event)).count();
        let before = heard(&self.bob.seen());
        let began = now();
        let mut on = false;
        while heard(&self.bob.seen()) < before + 2 {
            on = !on;
            self.ann.publish(on, false);
            sleep(Duration::from_millis(300)).await;
            assert!(now() - began < PATIENCE.as_millis() as Millis, "nothing is relayed");
        }
        println!("signals arrive again after {} ms", now() - began);
        assert_eq!(self.ends_seen(), 0);
    }

    /// Within the store's deadline, and whoever tries again may have more luck.
    async fn is_refused(&self, who: &Person) {
        let began = now();
        let (answer, took) = loop {
            let asked = now();
            match who.ask(Command::Invite(new_call("fay"))).await {
                Err(error) => break (error, now() - asked),
                // The others have not noticed yet.
                Ok(_) => drop(who.ask(Command::HangUp).await),
            }
            assert!(now() - began < PATIENCE.as_millis() as Millis, "calls begin without a store");
        };
        assert_eq!(answer.code, CallError::NO_ANSWER, "{answer}");
        println!("a call is refused after {took} ms");
    }

    fn ends_seen(&self) -> usize {
        let ends = [&self.ann, &self.bob].map(|person| person.seen().find(|event| ended(event, &self.call)));
        ends.iter().flatten().count()
    }

    /// Without a word from the server, and long before there can be one. Answers with how long the call lasted.
    async fn bob_hangs_up_for_himself(&self) -> Millis {
        self.bob.ask(Command::HangUp).await.unwrap();
        let lasted = self.bob.until("the end", |seen| seen.find(|event| lasted(event, &self.call))).await;
        sleep(Duration::from_millis(2500)).await;
        assert_eq!(self.ann.seen().find(|event| ended(event, &self.call)), None);
        lasted
    }

    /// When all is well again, the call that ran all the time ends as any other, and new ones begin.
    async fn ends_well(&self) {
        self.bob.insist(Command::HangUp).await.unwrap();
        for person in [&self.ann, &self.bob] {
            let reason = person.until("the end", |seen| seen.find(|event| ended(event, &self.call))).await;
            assert_eq!(reason, Reason::HangUp);
        }
        self.all_is_well().await;
    }

    async fn all_is_well(&self) {
        for (caller, callee) in [(&self.cat, &self.ann), (&self.bob, &self.dan)] {
            let call = new_call(&callee.name);
            place(caller, call.clone()).await;
            callee.until("a call", |seen| seen.find(|event| received(event, &call.id))).await;
            callee.insist(Command::Reject).await.unwrap();
            caller.until("its end", |seen| seen.find(|event| not_connected(event, &call.id))).await;
        }
        for person in [&self.ann, &self.bob, &self.cat, &self.dan, &self.eve] {
            let events = person.seen().events;
            let lost = |event: &CallEvent| {
                matches!(event, CallEvent::Kicked | CallEvent::Link { state: LinkState::Disconnected, .. })
            };
            assert!(!events.iter().any(|(_, event)| lost(event)), "{}: {events:#?}", person.name);
        }
    }
}

/// Until the server has taken it. A later try may find that one before was good.
async fn place(caller: &Person, call: NewCall) {
    if let Err(error) = caller.insist(Command::Invite(call)).await {
        assert_eq!(error.code, CallError::WRONG_STATE, "{} can't call: {error}", caller.name);
    }
}

/// In milliseconds.
fn lasted(event: &CallEvent, id: &CallId) -> Option<Millis> {
    match event {
        CallEvent::End { call, reason: Reason::HangUp, duration, .. } if call.id == *id => Some(*duration),
        _ => None,
    }
}

/// Ann speaks, or not any more.
fn voice(event: &CallEvent) -> bool {
    matches!(event, CallEvent::Audio { user, .. } if user.as_str() == "ann")
}

fn not_connected(event: &CallEvent, id: &CallId) -> Option<()> {
    matches!(event, CallEvent::NotConnected { call, .. } if call.id == *id).then_some(())
}
