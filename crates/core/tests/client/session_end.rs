use crate::{desk::Desk, placing::in_call, support::*};
use call_core::{CallError, Command, Output, PeerId, SocketEvent};
use call_protocol::*;

#[test]
fn close_codes_from_4500_end_the_session() {
    for code in [4500, 4501, 4502, 4503, 4999] {
        let mut ann = in_call();
        ann.socket(SocketEvent::Closed(code));
        assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
        assert_eq!(ann.news(), ["end: Unknown by nobody after 0", "link Disconnected"], "{code}");
        assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None), "it does not come back");
        ann.command(9, Command::HangUp);
        assert_eq!(ann.failure(9), CallError::NOT_LOGGED_IN);
    }
}

#[test]
fn who_is_kicked_is_told_the_end_of_its_call_and_then_that_it_was_kicked() {
    let mut ann = in_call();
    let over = Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ann", &[("ann", MemberState::Kicked)]);
    ann.answer(0, ServerMessage::Kicked(Kicked { call: Some(over.call) }));
    assert!(ann.has(&Output::Disconnect));
    let lines = ann.news();
    assert_eq!(lines, ["end: HangUp by ann after 3500", "link Disconnected", "kicked"]);
    ann.socket(SocketEvent::Closed(4501));
    assert!(ann.outputs.is_empty(), "and once");
    assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None));
}

#[test]
fn who_is_kicked_while_calling_is_not_connected() {
    let mut ann = crate::placing::placed();
    let over = Story::ringing("ann").ended(Reason::Cancelled, "ann", &[("ann", MemberState::Kicked)]);
    ann.answer(0, ServerMessage::Kicked(Kicked { call: Some(over.call) }));
    assert_eq!(ann.news(), ["not connected: Cancelled by ann", "link Disconnected", "kicked"]);
}

#[test]
fn who_is_kicked_without_a_word_on_its_call_is_told_its_end_all_the_same() {
    let mut ann = in_call();
    ann.answer(0, ServerMessage::Kicked(Kicked { call: None }));
    let lines = ann.news();
    assert!(lines[0].starts_with("end: Unknown"), "{lines:?}");
    assert_eq!(lines[1..], ["link Disconnected", "kicked"]);
}

#[test]
fn after_being_kicked_a_login_begins_a_new_session() {
    let mut ann = Desk::logged_in("ann");
    ann.answer(0, ServerMessage::Kicked(Kicked { call: None }));
    ann.take();
    ann.command(2, Command::Login(account("ann")));
    assert_eq!(ann.welcomed(None).resume, None);
    assert_eq!(ann.news(), ["link Connecting", "link Connected", "ready"]);
}

#[test]
fn an_expired_user_sig_is_told_and_the_call_goes_on() {
    let mut ann = in_call();
    ann.answer(0, ServerMessage::SigExpired);
    assert_eq!(ann.news(), ["userSig expired"]);
    assert!(ann.client.in_call());
}

#[test]
fn the_end_of_the_session_settles_every_promise_once() {
    let mut ann = Desk::logged_in("ann");
    ann.command(2, Command::Invite(new_call("ben")));
    ann.made_offer(PeerId(1));
    ann.command(3, Command::Login(account("ann")));
    ann.command(4, Command::HangUp);
    ann.socket(SocketEvent::Closed(4500));
    assert!(ann.outcome(2).unwrap().is_err());
    assert!(ann.outcome(3).unwrap().is_err());
    assert!(ann.outcome(4).unwrap().is_ok(), "hung up it is");
    assert!(!ann.client.is_busy());
}

#[test]
fn the_end_of_the_session_settles_a_call_whose_invitation_had_not_left() {
    for end in [ServerMessage::Kicked(Kicked { call: None }), ServerMessage::Kicked(Kicked::default())] {
        let mut ann = Desk::logged_in("ann");
        ann.command(2, Command::Invite(new_call("ben")));
        ann.answer(0, end);
        assert_eq!(ann.failure(2), CallError::NOT_LOGGED_IN);
        assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }));
        assert!(!ann.client.is_busy());
    }
    let mut ann = Desk::logged_in("ann");
    ann.command(2, Command::Invite(new_call("ben")));
    ann.command(3, Command::Logout);
    assert_eq!(ann.failure(2), CallError::NOT_LOGGED_IN);
    ann.made_offer(PeerId(1));
    assert!(!ann.sent_bodies().iter().any(|body| matches!(body, ClientMessage::Invite(_))));
}

#[test]
fn a_request_that_is_not_answered_in_time_fails() {
    let mut ben = crate::answering::rung();
    ben.command(2, Command::Accept);
    ben.beaten_until(15_000);
    assert_eq!(ben.failure(2), CallError::NO_ANSWER);
}
