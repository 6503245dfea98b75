//! What members tell each other, with servers of NATS that do nothing.

use crate::{
    calls::DEADLINE,
    figures::connect,
    sockets::Client,
    support::{Nodes, PATIENCE, nats::NatsCluster, now},
};
use call_protocol::{ErrorCode, Phase, ServerMessage, Snapshot};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::{Instant, sleep, timeout_at};

const SIGNALS: u64 = 40;

/// As it is without a flag.
const SHORT: u32 = 250;

/// It takes along what was on its way through it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_frozen_server_of_nats_held_arrives_by_another_one() {
    let nats = NatsCluster::start();
    let mut nodes = Nodes::start(nats.urls(), 1, DEADLINE);
    let of_first_node = nats.servers.iter().find(|server| server.has_clients()).unwrap();
    nodes.join(nats.urls());
    let (mut ann, mut bob, call) = talking(&nodes, 0).await;
    of_first_node.freeze();
    signals_arrive(&mut ann, &mut bob, &call).await;
    of_first_node.go_on();
}

/// Nodes reach each other, but nothing can be stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_can_be_stored_all_is_relayed_and_new_steps_may_be_tried_again() {
    let nats = NatsCluster::start();
    // The first node makes the buckets, which three servers keep; the others are on one of these.
    let mut nodes = Nodes::start(nats.urls(), 1, SHORT);
    nodes.join(vec![nats.servers[2].url()]);
    nodes.join(vec![nats.servers[2].url()]);
    let (mut ann, mut bob, call) = talking(&nodes, 1).await;
    let mut cat = nodes.nodes[1].login("cat").await;
    nats.servers[0].freeze();
    nats.servers[1].freeze();
    let began = now();
    let refused = cat.invite(&["dan"], |invite| invite.offer = Some(json!({}))).await.unwrap_err();
    println!("a call is refused after {} ms", now() - began);
    assert_eq!(refused.code, ErrorCode::Unavailable.number());
    assert!(refused.retry_after.is_some(), "worth another try");
    signals_arrive(&mut ann, &mut bob, &call).await;
    let refused = ann.leave(&call).await.unwrap_err();
    assert!(refused.retry_after.is_some(), "worth another try");

    let bob = tokio::spawn(async move { bob.snapshot_when(|call| call.phase == Phase::Ended).await });
    nats.servers[0].go_on();
    nats.servers[1].go_on();
    while ann.leave(&call).await.is_err() {
        sleep(Duration::from_millis(100)).await;
    }
    bob.await.unwrap();
}

/// Ann on this node and Bob on the next one, both of whom have heard of the other.
async fn talking(nodes: &Nodes, first: usize) -> (Client, Client, Snapshot) {
    let mut ann = nodes.nodes[first].login("ann").await;
    let mut bob = nodes.nodes[first + 1].login("bob").await;
    let call = connect(&mut ann, &mut bob).await;
    ann.signal(&call, "bob", json!("first")).await;
    bob.signal(&call, "ann", json!("first")).await;
    until_heard(&mut ann, &[json!("first")]).await;
    until_heard(&mut bob, &[json!("first")]).await;
    (ann, bob, call)
}

/// Each of them, both ways.
async fn signals_arrive(ann: &mut Client, bob: &mut Client, call: &Snapshot) {
    for number in 0..SIGNALS {
        ann.signal(call, "bob", json!(number)).await;
        bob.signal(call, "ann", json!(number)).await;
        sleep(Duration::from_millis(10)).await;
    }
    let all: Vec<Value> = (0..SIGNALS).map(|number| json!(number)).collect();
    // At once, for who does not answer beats is cut off.
    tokio::join!(until_heard(bob, &all), until_heard(ann, &all));
}

/// Perhaps twice, in any order, and among snapshots: a node that is not heard of for long counts as dead.
async fn until_heard(client: &mut Client, wanted: &[Value]) {
    let mut missing: BTreeSet<String> = wanted.iter().map(Value::to_string).collect();
    let deadline = Instant::now() + PATIENCE;
    while !missing.is_empty() {
        let heard = timeout_at(deadline, client.next()).await;
        if let ServerMessage::Signal(heard) = heard.unwrap_or_else(|_| panic!("{} misses {missing:?}", client.name)) {
            missing.remove(&heard.signal.to_string());
        }
    }
}
