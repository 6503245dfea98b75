//! Users of one call are connected to different nodes.

use crate::{
    kills::story::{Pair, Trigger},
    sockets::Client,
    support::{Nodes, Person, nats::NatsCluster, new_call, rng::Rng, shared, user},
};
use call_core::{CallEvent, Command};
use call_protocol::{CallId, CallUpdate, Invite, Reason};
use serde_json::{Value, json};

/// Longer than a busy machine takes.
pub const DEADLINE: u32 = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_on_two_nodes_tell_the_same_story() {
    let nats = shared();
    let nodes = nodes(&nats);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..6 {
        let ann = Person::login(&nodes.from(number), &format!("ann{number}")).await;
        let bob = Person::login(&nodes.from(number + 1), &format!("bob{number}")).await;
        calls.spawn(async move {
            let pair = Pair::without_a_sure_store(number, ann, bob);
            for round in 0..3 {
                pair.call(round % 2 == 0, Rng::new((number * 3 + round) as u64), &Trigger::never()).await;
            }
        });
    }
    while let Some(ended) = calls.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_on_three_nodes() {
    let nats = shared();
    let nodes = nodes(&nats);
    let ann = Person::login(&nodes.from(0), "ann").await;
    let bob = Person::login(&nodes.from(1), "bob").await;
    let cat = Person::login(&nodes.from(2), "cat").await;
    let mut call = new_call("bob");
    (call.group, call.callees) = (true, vec![user("bob"), user("cat")]);
    let id = call.id.clone();
    ann.ask(Command::Invite(call)).await.unwrap();
    for callee in [&bob, &cat] {
        callee.until("the call", |seen| seen.find(|event| received(event, &id))).await;
        callee.ask(Command::Accept).await.unwrap();
    }
    ann.publish(true, true);
    for other in [&bob, &cat] {
        let sees = |event: &CallEvent| matches!(event, CallEvent::Video { user, on: true } if user.as_str() == "ann");
        other.until("ann's picture, told by signals", |seen| seen.find(|event| sees(event).then_some(()))).await;
    }
    ann.ask(Command::HangUp).await.unwrap();
    bob.until("ann's leaving", |seen| seen.find(|event| matches!(event, CallEvent::Left { .. }).then_some(()))).await;
    cat.ask(Command::HangUp).await.unwrap();
    for person in [&ann, &bob, &cat] {
        let end = person.until("the end", |seen| seen.find(|event| ended(event, &id))).await;
        assert_eq!(end, Reason::HangUp);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_on_another_node_kicks() {
    let nats = shared();
    let nodes = nodes(&nats);
    let first = Person::login_from(&nodes.from(0), "ann", "a phone").await;
    let bob = Person::login(&nodes.from(1), "bob").await;
    let call = new_call("ann");
    let id = call.id.clone();
    bob.ask(Command::Invite(call)).await.unwrap();
    first.until("the call", |seen| seen.find(|event| received(event, &id))).await;
    first.ask(Command::Accept).await.unwrap();
    bob.until("the beginning", |seen| seen.find(|event| matches!(event, CallEvent::Begin(_)).then_some(()))).await;

    let second = Person::login_from(&nodes.from(2), "ann", "a laptop").await;
    first.until("that it is kicked", |seen| seen.find(|event| matches!(event, CallEvent::Kicked).then_some(()))).await;
    for person in [&first, &bob] {
        person.until("the end", |seen| seen.find(|event| ended(event, &id))).await;
    }
    // Nobody is stuck.
    let call = new_call("ann");
    let id = call.id.clone();
    bob.ask(Command::Invite(call)).await.unwrap();
    second.until("the next call", |seen| seen.find(|event| received(event, &id))).await;
}

/// Who has one session only, on whichever node, may connect while it rings.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_rings_alone_among_all_nodes_knows_it() {
    let nats = shared();
    let nodes = nodes(&nats);
    let mut ann = nodes.nodes[0].login("ann").await;
    let mut phone = nodes.nodes[1].login_beside("bob", "phone").await;
    let with_offer =
        |invite: &mut Invite<Value>| invite.offer = Some(json!({"epoch": 1, "kind": "offer", "sdp": "v=0"}));
    // It is not waited for: on a busy machine it may be known too late.
    for tries in 1.. {
        let call = ann.invite(&["bob"], with_offer).await.unwrap();
        let rung = update_of(&mut phone, &call).await;
        assert!(rung.offer.is_some());
        phone.reject(&rung.call).await.unwrap();
        if rung.alone {
            break;
        }
        assert!(tries < 20, "it never knows");
    }

    let tablet = nodes.nodes[2].login_beside("bob", "tablet").await;
    let mut hearers = [phone, tablet];
    let call = ann.invite(&["bob"], with_offer).await.unwrap();
    for hearer in &mut hearers {
        let rung = update_of(hearer, &call).await;
        assert_eq!((rung.offer.is_some(), rung.alone), (true, false));
    }
}

/// The next news of this call.
async fn update_of(client: &mut Client, call: &CallId) -> CallUpdate<Value> {
    loop {
        let update = client.update().await;
        if update.call.id == *call {
            return update;
        }
    }
}

fn nodes(nats: &NatsCluster) -> Nodes {
    Nodes::start(nats.urls(), 3, DEADLINE)
}

pub fn received(event: &CallEvent, id: &CallId) -> Option<()> {
    matches!(event, CallEvent::Received(call) if call.id == *id).then_some(())
}

pub fn begun(event: &CallEvent, id: &CallId) -> Option<()> {
    matches!(event, CallEvent::Begin(call) if call.id == *id).then_some(())
}

pub fn ended(event: &CallEvent, id: &CallId) -> Option<Reason> {
    match event {
        CallEvent::End { call, reason, .. } if call.id == *id => Some(*reason),
        _ => None,
    }
}
