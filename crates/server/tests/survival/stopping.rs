//! The program is asked to stop: it sends its clients away and ends no call.

use crate::support::{LATE, Person, Program, Seen, new_call, now};
use call_core::{CallEvent, Command, LinkState};
use call_protocol::{CallId, Reason};

fn begun(seen: &Seen) -> Option<CallId> {
    seen.find(|event| if let CallEvent::Begin(call) = event { Some(call.id.clone()) } else { None })
}

fn ended(seen: &Seen) -> Option<(Reason, u64)> {
    seen.find(|event| match event {
        CallEvent::End { reason, duration, .. } => Some((*reason, *duration)),
        CallEvent::NotConnected { reason, .. } => Some((*reason, 0)),
        _ => None,
    })
}

#[tokio::test]
async fn clients_are_told_to_move_and_their_calls_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(dir.path());
    let (ann, bob) = (Person::login(&program, "ann").await, Person::login(&program, "bob").await);
    let (cat, dan) = (Person::login(&program, "cat").await, Person::login(&program, "dan").await);

    ann.ask(Command::Invite(new_call("bob"))).await.unwrap();
    bob.until("the call", |seen| seen.find(received)).await;
    let accepted = now();
    bob.ask(Command::Accept).await.unwrap();
    for person in [&ann, &bob] {
        person.until("the beginning", begun).await;
    }
    let both_in = now();
    cat.ask(Command::Invite(new_call("dan"))).await.unwrap();
    dan.until("the call", |seen| seen.find(received)).await;

    program.terminate();
    for person in [&ann, &bob, &cat, &dan] {
        person.until("the request to move", |seen| (seen.go_aways > 0).then_some(())).await;
    }
    assert_eq!(program.ended().await.code(), Some(0));
    let stopped = now();
    program.restart().await;
    for person in [&ann, &bob, &cat, &dan] {
        person.until("itself logged in again", |seen| seen.is_connected_since(stopped)).await;
        assert_eq!(ended(&person.seen()), None, "{}", person.name);
    }

    // What rang still rings, and what was connected still is.
    dan.ask(Command::Accept).await.unwrap();
    let rung = cat.until("the beginning", begun).await;
    assert_eq!(dan.until("the beginning", begun).await, rung);
    let hung_up = now();
    ann.ask(Command::HangUp).await.unwrap();
    let end = ann.until("the end", ended).await;
    assert_eq!(bob.until("the end", ended).await, end);
    let over = now();
    assert_eq!(end.0, Reason::HangUp);
    let possible = stopped.max(hung_up - LATE) - both_in..=over - accepted;
    assert!(possible.contains(&end.1), "{} ms, possible {possible:?}", end.1);
    cat.ask(Command::HangUp).await.unwrap();
    dan.until("the end", ended).await;
    for person in [&ann, &bob, &cat, &dan] {
        let lost = |event: &CallEvent| matches!(event, CallEvent::Link { state: LinkState::Disconnected, .. });
        assert!(person.seen().find(|event| lost(event).then_some(())).is_none(), "{:?}", person.seen());
    }
}

#[tokio::test]
async fn two_servers_can_not_use_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path());
    let output = tokio::task::spawn_blocking(move || program.second()).await.unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty(), "it says where it listens only when it does");
    assert!(log.contains("another server is using it"), "{log}");
}

fn received(event: &CallEvent) -> Option<()> {
    matches!(event, CallEvent::Received(_)).then_some(())
}
