//! The disk takes nothing more: running calls go on, nothing new begins, and all is well when there is room again.

use crate::support::{Person, Program, Seen, new_call};
use call_core::{CallError, CallEvent, Command};
use std::{process::Command as Process, time::Duration};

/// Files may not grow beyond so many bytes.
fn limit_files(program: &Program, bytes: &str) -> bool {
    let limit = format!("--fsize={bytes}:unlimited");
    let done = Process::new("prlimit").args(["--pid", &program.id().to_string(), &limit]).status();
    done.is_ok_and(|status| status.success())
}

fn is_received(seen: &Seen) -> Option<()> {
    seen.find(|event| matches!(event, CallEvent::Received(_)).then_some(()))
}

#[tokio::test]
async fn running_calls_go_on_and_new_ones_are_refused_for_the_moment() {
    let dir = tempfile::tempdir().unwrap();
    // A process that writes beyond its limit is ended by a signal, unless that is ignored.
    let program = Program::start_by(dir.path(), Some("trap '' XFSZ; exec \"$@\""));
    if !limit_files(&program, "unlimited") {
        eprintln!("skipped: there is no prlimit to fill the disk with");
        return;
    }
    assert!(program.is_ready().await);
    let (ann, bob) = (Person::login(&program, "ann").await, Person::login(&program, "bob").await);
    let (cat, dan) = (Person::login(&program, "cat").await, Person::login(&program, "dan").await);
    ann.ask(Command::Invite(new_call("bob"))).await.unwrap();
    bob.until("the call", is_received).await;
    bob.ask(Command::Accept).await.unwrap();
    ann.until("the beginning", |seen| seen.find(|event| matches!(event, CallEvent::Begin(_)).then_some(()))).await;

    assert!(limit_files(&program, "4096"));
    let refused = cat.ask(Command::Invite(new_call("dan"))).await.unwrap_err();
    assert_eq!(refused.code, CallError::NO_ANSWER, "worth another try");
    // Ann's and bob's client still talk through the server.
    ann.publish(true, false);
    let is_on = |seen: &Seen| seen.find(|event| matches!(event, CallEvent::Audio { on: true, .. }).then_some(()));
    bob.until("that ann can be heard", is_on).await;
    assert!(program.log().contains("the database takes no writes"));
    assert!(!program.is_ready().await, "nobody else is sent here");

    assert!(limit_files(&program, "unlimited"));
    while cat.ask(Command::Invite(new_call("dan"))).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    dan.until("the call", is_received).await;
    while !program.is_ready().await {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ann.ask(Command::HangUp).await.unwrap();
    let is_over = |seen: &Seen| seen.find(|event| matches!(event, CallEvent::End { .. }).then_some(()));
    bob.until("the end", is_over).await;
    assert!(program.log().contains("the database takes writes again"));
}
