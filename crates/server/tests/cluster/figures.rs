//! How long it takes until somebody is back, and until those are gone who do not come back. The times are printed.

use crate::{
    calls::DEADLINE,
    sockets::{Client, member},
    support::{Nodes, now, shared},
};
use call_protocol::{BeatAnswer, Millis, Phase, Reason, Snapshot};
use std::env;

/// A node dies, and with it one who was connected to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dies_with_a_node_is_shown_away_and_then_gone() {
    let nats = shared();
    let mut nodes = Nodes::start(nats.urls(), 3, DEADLINE);
    let mut ann = nodes.nodes[0].login("ann").await;
    let mut bob = nodes.nodes[1].login("bob").await;
    connect(&mut ann, &mut bob).await;
    nodes.nodes[1].kill();
    drop(bob);
    let died = now();
    let call = ann.snapshot_when(|call| member(call, "bob").away).await;
    println!("shown away after {} ms", now() - died);
    assert_eq!(call.phase, Phase::Connected);
    if !is_long() {
        return println!("not waited until he is gone: that is for the long run");
    }
    let call = ann.snapshot_when(|call| call.phase == Phase::Ended).await;
    println!("gone after {} ms", now() - died);
    assert_eq!(call.end.map(|end| end.reason), Some(Reason::Offline));
}

/// Somebody in a call loses the socket again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_on_on_its_node_and_on_others() {
    let nats = shared();
    let nodes = Nodes::start(nats.urls(), 3, DEADLINE);
    let mut ann = nodes.nodes[0].login("ann").await;
    let mut bob = nodes.nodes[1].login("bob").await;
    let call = connect(&mut ann, &mut bob).await;
    // Answers beats all the time.
    let bob = tokio::spawn(async move { bob.snapshot_when(|call| call.phase == Phase::Ended).await });
    let (mut same, mut other) = (Vec::new(), Vec::new());
    let mut at = 0;
    for number in 0..if is_long() { 400 } else { 8 } {
        let goes_elsewhere = number % 2 == 1;
        at += usize::from(goes_elsewhere);
        let token = ann.resume.clone();
        drop(ann);
        let began = now();
        let (again, welcome) = nodes.nodes[at % 3].login_again("ann", "device of ann", Some(token)).await;
        if goes_elsewhere { &mut other } else { &mut same }.push(now() - began);
        let shown = welcome.call.expect("its call");
        assert_eq!((&shown.id, shown.phase), (&call.id, Phase::Connected));
        ann = again;
    }
    println!("resumed on the same node after {}, on another after {}", spread(same), spread(other));
    ann.leave(&call).await.unwrap();
    bob.await.unwrap();
}

/// As `cargo xtask long cluster` asks for it.
fn is_long() -> bool {
    env::var_os("ROUNDS").is_some()
}

/// In a call of which they tell by beats.
pub async fn connect(ann: &mut Client, bob: &mut Client) -> Snapshot {
    let call = ann.call(&["bob"]).await;
    let at_bob = bob.snapshot().await;
    bob.accept(&at_bob).await.unwrap();
    let call = ann.snapshot_when(|now| now.rev > call.rev).await;
    for client in [ann, bob] {
        client.beat = BeatAnswer { call: Some(call.id.clone()), rev: u32::MAX, heard: Vec::new() };
    }
    call
}

fn spread(mut times: Vec<Millis>) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    format!("{} ms (median), {} ms (p99)", at(50), at(99))
}
