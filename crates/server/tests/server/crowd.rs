//! As many as fit into a call, over real sockets.

use crate::support::{Client, Server, state, user};
use call_protocol::{ErrorCode, Join, MemberState, Phase, Room, Snapshot};
use serde_json::json;
use std::time::Duration;

const MEMBERS: usize = 32;

#[tokio::test]
async fn thirty_two_in_one_call() {
    let server = Server::start_with(|config| {
        config.max_callees = MEMBERS - 1;
        // Nobody here reads while it is another one's turn.
        (config.timings.beat_in_call, config.timings.beat_idle) = (Duration::from_secs(600), Duration::from_secs(600));
    })
    .await;
    let names: Vec<String> = (0..MEMBERS).map(|number| format!("p{number}")).collect();
    let mut members = Vec::new();
    for name in &names {
        members.push(Client::login(&server, name).await);
    }
    let callees: Vec<&str> = names[1..].iter().map(String::as_str).collect();
    members[0]
        .invite(&callees, |invite| {
            invite.group = true;
            invite.room = Room { int: 7, str: String::new() };
        })
        .await
        .unwrap();
    for member in &mut members[1..] {
        let rung = member.snapshot().await;
        member.accept(&rung).await.unwrap();
    }
    let mut call = None;
    for member in &mut members {
        call = Some(member.snapshot_when(|call| joined(call) == MEMBERS).await);
    }
    let call = call.unwrap();
    assert_eq!(call.phase, Phase::Connected);

    // What one says to another goes to that one alone.
    let (first, last) = members.split_at_mut(MEMBERS - 1);
    first[0].signal(&call, &names[MEMBERS - 1], json!("hello")).await;
    let heard = last[0].signal_in().await;
    assert_eq!((heard.from, heard.signal), (user(&names[0]), json!("hello")));

    let mut late = Client::login(&server, "late").await;
    let full = late.join(Join::Call(call.id.clone())).await.unwrap_err();
    assert_eq!(full.code, ErrorCode::WrongState.number(), "{full}");

    for place in 0..MEMBERS - 1 {
        members[place].leave(&call).await.unwrap();
        let seen = members[MEMBERS - 1].snapshot_when(|call| state(call, &names[place]) == MemberState::Left).await;
        let expected = if place == MEMBERS - 2 { Phase::Ended } else { Phase::Connected };
        assert_eq!(seen.phase, expected, "after {} have left", place + 1);
    }
}

fn joined(call: &Snapshot) -> usize {
    call.members.iter().filter(|member| member.state == MemberState::Joined).count()
}
