//! A server of NATS that does nothing any more takes along what was on its way through it.

use crate::{
    calls::DEADLINE,
    sockets::Client,
    support::{Nodes, nats::NatsCluster},
};
use call_protocol::{BeatAnswer, ServerMessage};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::sleep;

const SIGNALS: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_frozen_server_of_nats_held_arrives_by_another_one() {
    let nats = NatsCluster::start();
    let mut nodes = Nodes::start(nats.urls(), 1, DEADLINE);
    let of_first_node = nats.servers.iter().find(|server| server.has_clients()).unwrap();
    nodes.join(nats.urls());
    let mut ann = nodes.nodes[0].login("ann").await;
    let mut bob = nodes.nodes[1].login("bob").await;
    let call = ann.call(&["bob"]).await;
    let at_bob = bob.snapshot().await;
    bob.accept(&at_bob).await.unwrap();
    let call = ann.snapshot_when(|now| now.rev > call.rev).await;
    for client in [&mut ann, &mut bob] {
        client.beat = BeatAnswer { call: Some(call.id.clone()), rev: u32::MAX, heard: Vec::new() };
    }
    // A signal each way, so that both nodes know the way.
    ann.signal(&call, "bob", json!("first")).await;
    bob.signal(&call, "ann", json!("first")).await;
    until_heard(&mut ann, &[json!("first")]).await;
    until_heard(&mut bob, &[json!("first")]).await;

    of_first_node.freeze();
    for number in 0..SIGNALS {
        ann.signal(&call, "bob", json!(number)).await;
        bob.signal(&call, "ann", json!(number)).await;
        sleep(Duration::from_millis(25)).await;
    }
    let all: Vec<Value> = (0..SIGNALS).map(|number| json!(number)).collect();
    until_heard(&mut bob, &all).await;
    until_heard(&mut ann, &all).await;
    of_first_node.go_on();
}

/// Perhaps twice, in any order, and among snapshots: a node that is not heard of for long counts as dead.
async fn until_heard(client: &mut Client, wanted: &[Value]) {
    let mut missing: BTreeSet<String> = wanted.iter().map(Value::to_string).collect();
    while !missing.is_empty() {
        if let ServerMessage::Signal(heard) = client.next().await {
            missing.remove(&heard.signal.to_string());
        }
    }
}
