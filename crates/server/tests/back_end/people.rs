//! Calls of two people, from the beginning to an end.

use crate::support::Client;
use call_protocol::{Invite, Phase, Snapshot};
use serde_json::Value;

/// Reads until the call has ended.
pub async fn ended(client: &mut Client) -> Snapshot {
    client.snapshot_when(|call| call.phase == Phase::Ended).await
}

pub async fn rung(ann: &mut Client, bob: &mut Client, change: impl FnOnce(&mut Invite<Value>)) -> (Snapshot, Snapshot) {
    let bob_is = bob.name.clone();
    ann.invite(&[&bob_is], change).await.unwrap();
    (ann.snapshot().await, bob.snapshot().await)
}

/// Two who talk: each one's view when they began.
pub async fn connected(ann: &mut Client, bob: &mut Client) -> (Snapshot, Snapshot) {
    let (_, at_bob) = rung(ann, bob, |_| {}).await;
    bob.accept(&at_bob).await.unwrap();
    let connected = |call: &Snapshot| call.phase == Phase::Connected;
    (ann.snapshot_when(connected).await, bob.snapshot_when(connected).await)
}

/// Accepted and hung up by the caller. Answers with its end.
pub async fn talk(ann: &mut Client, bob: &mut Client, change: impl FnOnce(&mut Invite<Value>)) -> Snapshot {
    let (at_ann, at_bob) = rung(ann, bob, change).await;
    bob.accept(&at_bob).await.unwrap();
    ann.snapshot().await;
    ann.leave(&at_ann).await.unwrap();
    ended(bob).await;
    ended(ann).await
}

pub async fn rejected(ann: &mut Client, bob: &mut Client) -> Snapshot {
    let (_, at_bob) = rung(ann, bob, |_| {}).await;
    bob.reject(&at_bob).await.unwrap();
    ended(bob).await;
    ended(ann).await
}

pub async fn cancelled(ann: &mut Client, bob: &mut Client) -> Snapshot {
    let (at_ann, _) = rung(ann, bob, |_| {}).await;
    ann.leave(&at_ann).await.unwrap();
    ended(bob).await;
    ended(ann).await
}
