use crate::{desk::Desk, support::*};
use call_core::{CallError, Command, Completed, Order, Output, PeerId, PeerInput};
use call_protocol::*;

/// ben is rung by ann, without an offer.
pub fn rung() -> Desk {
    let mut ben = Desk::logged_in("ben");
    ben.told(Story::ringing("ben").call);
    assert!(ben.client.is_rung());
    assert_eq!(ben.news(), ["received from ann"]);
    ben
}

/// And his browser has applied the offer that came along.
pub fn prepared() -> Desk {
    let mut ben = Desk::logged_in("ben");
    ben.rung(Story::ringing("ben").call);
    assert!(ben.has(&Output::OpenPeer { peer: PeerId(1), user: user("ann"), offers: false, relayed: false }));
    ben.peer(PeerId(1), PeerInput::RemoteApplied);
    let made = Output::Negotiate { peer: PeerId(1), order: Order::MakeAnswer };
    assert!(!ben.has(&made), "not before the person accepts");
    ben.take();
    ben
}

fn call() -> CallRef {
    CallRef { call: call_id(), generation: 1 }
}

#[test]
fn accepting_answers_the_held_offer_at_once() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    assert_eq!(ben.request().body, ClientMessage::Accept(call()));
    assert!(ben.has(&Output::Negotiate { peer: PeerId(1), order: Order::MakeAnswer }));
    let accept = ben.request().id;
    ben.peer(PeerId(1), PeerInput::LocalDescription { kind: DescriptionKind::Answer, sdp: "answer".into() });
    assert_eq!(ben.signals(), [(user("ann"), answer("answer"))]);
    ben.take();
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.answer(accept, ServerMessage::Done);
    assert_eq!(ben.outcome(2), Some(Ok(Completed::Done)));
    assert!(ben.has(&Output::StartMicrophone) && ben.has(&Output::GoLive { peer: PeerId(1) }));
    assert_eq!(ben.news(), ["begin as callee", "joined ann"]);
    assert!(ben.client.in_call());
}

#[test]
fn nothing_goes_live_before_the_server_has_said_so() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    assert!(!ben.has(&Output::StartMicrophone) && !ben.has(&Output::GoLive { peer: PeerId(1) }));
    assert!(!ben.client.in_call());
}

#[test]
fn accepting_before_the_offer_was_applied_answers_it_when_it_is() {
    let mut ben = Desk::logged_in("ben");
    ben.rung(Story::ringing("ben").call);
    ben.command(2, Command::Accept);
    ben.peer(PeerId(1), PeerInput::RemoteApplied);
    assert!(ben.has(&Output::Negotiate { peer: PeerId(1), order: Order::MakeAnswer }));
}

#[test]
fn an_offer_that_comes_after_its_invitation_is_prepared_too() {
    let mut ben = rung();
    ben.rung(Story::ringing("ben").call);
    assert!(ben.has(&Output::OpenPeer { peer: PeerId(1), user: user("ann"), offers: false, relayed: false }));
    ben.take();
    ben.rung(Story::ringing("ben").call);
    assert!(ben.outputs.is_empty(), "once");
}

#[test]
fn accepting_twice_is_refused_while_the_first_is_at_work() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    ben.command(3, Command::Accept);
    assert_eq!(ben.failure(3), CallError::REPEATED);
}

#[test]
fn there_is_nothing_to_accept_reject_or_hang_up_without_a_call() {
    let mut ben = Desk::logged_in("ben");
    for (id, command) in [(2, Command::Accept), (3, Command::Reject), (4, Command::HangUp)] {
        ben.command(id, command);
        assert_eq!(ben.failure(id), CallError::WRONG_STATE);
    }
    let mut ann = crate::placing::placed();
    for (id, command) in [(3, Command::Accept), (4, Command::Reject)] {
        ann.command(id, command);
        assert_eq!(ann.failure(id), CallError::WRONG_STATE);
    }
}

#[test]
fn rejecting_tells_the_server_whose_word_ends_the_call() {
    for command in [Command::Reject, Command::HangUp] {
        let mut ben = prepared();
        ben.command(2, command);
        assert_eq!(ben.request().body, ClientMessage::Reject(call()), "hanging up while rung is rejecting");
        let reject = ben.request().id;
        let over = Story::ringing("ben").ended(Reason::Reject, "ben", &[("ben", MemberState::Rejected)]);
        let mut over = over.call;
        over.members[1].here = true;
        ben.told(over);
        ben.answer(reject, ServerMessage::Done);
        assert_eq!(ben.outcome(2), Some(Ok(Completed::Done)));
        assert!(ben.has(&Output::ClosePeer { peer: PeerId(1) }));
        assert_eq!(ben.news(), ["not connected: Reject by ben"]);
        assert!(!ben.client.is_busy());
    }
}

#[test]
fn an_acceptance_that_the_server_refuses_fails() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    ben.refuse(ben.request().id, ErrorCode::WrongState);
    assert_eq!(ben.failure(2), CallError::WRONG_STATE);
}

#[test]
fn another_device_that_answers_ends_the_ringing_here() {
    let mut ben = prepared();
    ben.told(Story::ringing("ben").accepted(false).call);
    assert!(ben.has(&Output::ClosePeer { peer: PeerId(1) }));
    assert!(!ben.has(&Output::StartMicrophone));
    assert_eq!(ben.news(), ["not connected: AnsweredElsewhere by ben"]);
    assert!(!ben.client.is_busy());
}

#[test]
fn the_other_side_hears_no_word_of_this_one_while_it_rings() {
    let mut ben = prepared();
    assert!(ben.signals().is_empty());
    ben.client.handle_published(true, true, false);
    ben.hear("ann", Signal::Candidate(candidate("1")));
    assert!(ben.signals().is_empty());
}

#[test]
fn what_the_server_can_not_take_just_now_is_said_again() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    let accept = ben.request();
    for _ in 0..3 {
        let before = ben.now;
        ben.take();
        ben.refuse(accept.id, ErrorCode::Unavailable);
        assert_eq!(ben.outcome(2), None);
        ben.wait_until(|ben| !ben.sent().is_empty());
        assert_eq!(ben.now - before, 1000, "as the server asked");
        assert_eq!(ben.request(), accept);
    }
    ben.take();
    ben.answer(accept.id, ServerMessage::Done);
    assert_eq!(ben.outcome(2), Some(Ok(Completed::Done)));
    ben.beaten_until(20_000);
    assert!(!ben.sent_bodies().contains(&accept.body), "not again");
}

#[test]
fn what_the_server_can_not_take_for_long_fails() {
    let mut ben = prepared();
    let began = ben.now;
    ben.command(2, Command::Accept);
    let accept = ben.request();
    ben.refuse(accept.id, ErrorCode::Unavailable);
    while ben.outcome(2).is_none() {
        ben.take();
        ben.beaten_until(1000);
        assert_eq!(ben.request(), accept);
        ben.refuse(accept.id, ErrorCode::Unavailable);
    }
    assert_eq!(ben.failure(2), CallError::NO_ANSWER);
    assert_eq!(ben.now - began, 14_000, "as long as it would wait for an answer");
}

#[test]
fn what_the_server_would_take_much_later_fails_at_once() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    let error = WireError { retry_after: Some(3_600_000), ..ErrorCode::TooManyRequests.into() };
    ben.answer(ben.request().id, ServerMessage::Error(error));
    assert_eq!(ben.failure(2), CallError::NO_ANSWER);
}
