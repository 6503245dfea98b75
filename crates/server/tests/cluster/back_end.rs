//! What a back end asks one node concerns users and calls on all of them.

use crate::{
    calls::{DEADLINE, begun, ended, received},
    support::{Nodes, PATIENCE, Person, new_call, now, shared},
};
use call_core::{CallEvent, Command};
use call_protocol::{CallId, Reason};
use serde_json::{Value, json};
use std::{
    future::Future,
    time::{Duration, Instant},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_node_knows_who_is_online() {
    let nats = shared();
    let mut nodes = Nodes::start(nats.urls(), 3, DEADLINE);
    let (ann, bob, call) = talking(&nodes).await;
    for node in &nodes.nodes {
        let (status, users) = node.ask("GET", "/v1/users?users=ann,bob,cat").await;
        let of = |name: &str| json!({"device": format!("device of {name}"), "connected": true});
        let online = |name: &str| json!({"user": name, "online": true, "logins": [of(name)], "call": call});
        let cat = json!({"user": "cat", "online": false, "logins": [], "call": null});
        assert_eq!((status, &users["users"]), (200, &json!([online("ann"), online("bob"), cat])));
    }
    drop(ann);
    until("that ann has lost her connection", async || {
        let (_, ann) = nodes.nodes[2].ask("GET", "/v1/users/ann").await;
        (ann["online"] == json!(false)).then(|| assert_eq!(ann["logins"][0]["connected"], json!(false)))
    })
    .await;
    // Bob's node dies, and he goes on with another one.
    let killed = now();
    nodes.nodes[1].kill();
    bob.until("another node", |seen| seen.is_connected_since(killed)).await;
    let (_, bob) = nodes.nodes[0].ask("GET", "/v1/users/bob").await;
    assert_eq!((&bob["online"], bob["logins"].as_array().unwrap().len()), (&json!(true), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_node_lists_and_ends_a_call() {
    let nats = shared();
    let nodes = Nodes::start(nats.urls(), 3, DEADLINE);
    let (ann, bob, call) = talking(&nodes).await;
    let path = format!("/v1/live-calls/{}", call.as_str());
    for node in &nodes.nodes {
        let found = until("the call", async || {
            let (_, found) = node.ask("GET", &path).await;
            (found["phase"] == json!("connected")).then_some(found)
        });
        let found = found.await;
        let members: Vec<&Value> = found["members"].as_array().unwrap().iter().map(|one| &one["user"]).collect();
        assert_eq!(members, ["ann", "bob"]);
        assert_eq!(node.ask("GET", "/v1/live-calls").await.1["calls"].as_array().unwrap().len(), 1);
    }
    assert_eq!(nodes.nodes[2].ask("DELETE", &path).await.0, 204);
    for person in [&ann, &bob] {
        let reason = person.until("the end", |seen| seen.find(|event| ended(event, &call))).await;
        assert_eq!(reason, Reason::EndedByServer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_node_kicks() {
    let nats = shared();
    let nodes = Nodes::start(nats.urls(), 3, DEADLINE);
    let (ann, bob, call) = talking(&nodes).await;
    assert_eq!(nodes.nodes[2].ask("DELETE", "/v1/users/bob/logins").await, (200, json!({"logins": 1})));
    bob.until("that he is kicked", |seen| seen.find(|event| matches!(event, CallEvent::Kicked).then_some(()))).await;
    for person in [&ann, &bob] {
        person.until("the end", |seen| seen.find(|event| ended(event, &call))).await;
    }
    let (_, state) = nodes.nodes[0].ask("GET", "/v1/users/bob").await;
    assert_eq!(state, json!({"user": "bob", "online": false, "logins": [], "call": null}));
    assert_eq!(nodes.nodes[0].ask("DELETE", "/v1/users/bob/logins").await, (200, json!({"logins": 0})));
}

/// Ann on the first node talks with Bob on the second one.
async fn talking(nodes: &Nodes) -> (Person, Person, CallId) {
    let ann = Person::login(&nodes.from(0), "ann").await;
    let bob = Person::login(&nodes.from(1), "bob").await;
    let call = new_call("bob");
    let id = call.id.clone();
    ann.ask(Command::Invite(call)).await.unwrap();
    bob.until("the call", |seen| seen.find(|event| received(event, &id))).await;
    bob.ask(Command::Accept).await.unwrap();
    for person in [&ann, &bob] {
        person.until("the beginning", |seen| seen.find(|event| begun(event, &id))).await;
    }
    (ann, bob, id)
}

async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "there is not {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
