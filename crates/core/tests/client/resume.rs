use crate::{desk::Desk, placing::in_call, support::*};
use call_core::{Command, Completed, Output, PeerId, SocketEvent};
use call_protocol::*;

fn running() -> Snapshot {
    Story::ringing("ann").accepted(false).call
}

#[test]
fn requests_without_an_answer_are_sent_again_as_they_were() {
    let mut ben = crate::answering::rung();
    ben.command(2, Command::Accept);
    let request = ben.request();
    ben.interrupted(Some(Story::ringing("ben").call));
    let again: Vec<_> = ben.sent().into_iter().filter(|frame| frame.id == request.id).collect();
    assert_eq!(again, std::slice::from_ref(&request));
    ben.answer(request.id, ServerMessage::Done);
    assert_eq!(ben.outcome(2), Some(Ok(Completed::Done)));
    ben.answer(request.id, ServerMessage::Done);
    assert!(ben.outcome(2).is_some(), "answered twice is settled once");
}

#[test]
fn requests_made_during_a_break_wait_for_its_end() {
    let mut ben = crate::answering::rung();
    ben.socket(SocketEvent::Closed(1006));
    ben.command(2, Command::Accept);
    assert!(ben.sent().is_empty());
    ben.wait_to_connect();
    ben.welcomed(Some(Story::ringing("ben").call));
    assert!(matches!(ben.request().body, ClientMessage::Accept(_)));
}

#[test]
fn an_answered_request_is_not_sent_again() {
    let mut ann = in_call();
    ann.interrupted(Some(running()));
    let requests: Vec<_> = ann.sent().into_iter().filter(|frame| frame.id != 0).collect();
    assert!(matches!(&requests[..], [ClientFrame { body: ClientMessage::Login(_), .. }]), "{requests:?}");
}

#[test]
fn a_call_goes_on_after_a_break_without_an_event_of_its_own() {
    let mut ann = in_call();
    ann.interrupted(Some(running()));
    assert_eq!(ann.news(), ["link Connected"]);
    assert!(ann.client.in_call());
}

#[test]
fn after_a_break_each_side_says_again_and_asks_for_what_may_have_been_lost() {
    let mut ann = in_call();
    ann.client.handle_published(true, false, false);
    ann.interrupted(Some(running()));
    let media = MediaState { generation: 1, n: 1, audio: true, video: false, screen: false };
    let again = [Signal::Resend, description("offer"), Signal::Media(media)];
    assert_eq!(ann.signals(), again.map(|signal| (user("ben"), signal)));
}

#[test]
fn what_happened_during_the_break_is_told_after_it() {
    let mut ann = in_call();
    let over = Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ben", &[]).call;
    ann.interrupted(Some(over));
    assert_eq!(ann.news(), ["link Connected", "left ben", "end: HangUp by ben after 3500"]);
    assert!(!ann.client.is_busy());
}

#[test]
fn a_call_that_the_server_does_not_know_any_more_ends_by_the_server() {
    let mut ann = in_call();
    ann.now += 2000;
    ann.interrupted(None);
    let lines = ann.news();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with("end: EndedByServer by nobody after 2"), "{lines:?}");
}

#[test]
fn another_call_than_the_one_left_behind_takes_its_place() {
    let mut ann = in_call();
    let mut other = Story::ringing("ben").call;
    other.id = CallId::from_bits([8; 16]);
    (other.members[0].user, other.members[1].user) = (user("cat"), user("ann"));
    (other.caller, other.invite.by) = (user("cat"), user("cat"));
    ann.interrupted(Some(other));
    let lines = ann.news();
    assert!(lines[1].starts_with("end: EndedByServer"), "{lines:?}");
    assert_eq!(lines[2..], ["received from cat"]);
}

#[test]
fn hanging_up_during_a_break_ends_the_call_here_and_now_with_the_time_that_it_lasted() {
    let mut ann = in_call();
    ann.now += 61_000;
    ann.socket(SocketEvent::Closed(1006));
    ann.take();
    ann.command(3, Command::HangUp);
    assert!(ann.has(&Output::ReleaseMedia) && ann.has(&Output::ClosePeer { peer: PeerId(1) }));
    assert_eq!(ann.news(), ["end: HangUp by ann after 61000"]);
}

#[test]
fn the_server_is_told_after_the_break_and_its_late_word_revives_nothing() {
    let mut ann = in_call();
    ann.socket(SocketEvent::Closed(1006));
    ann.command(3, Command::HangUp);
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)), "nobody waits for the server");
    ann.wait_to_connect();
    ann.take();
    ann.welcomed(Some(running()));
    let leaves: Vec<_> = ann.sent().into_iter().filter(|it| matches!(it.body, ClientMessage::Leave(_))).collect();
    assert_eq!(leaves.len(), 1);
    ann.answer(leaves[0].id, ServerMessage::Done);
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ann", &[]).call);
    assert_eq!(ann.news(), ["link Connected"]);
    assert!(!ann.client.is_busy());
}

#[test]
fn a_farewell_is_not_forgotten_however_long_the_break_is() {
    let mut ann = in_call();
    ann.socket(SocketEvent::Closed(1006));
    ann.command(3, Command::HangUp);
    while ann.outcome(3).is_none() {
        ann.wait();
    }
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)), "the person's word stands");
    ann.wait_to_connect();
    ann.take();
    ann.welcomed(Some(running()));
    let leave = ClientMessage::Leave(Leave { call: call_id(), generation: 1, because: None, at: None });
    assert_eq!(ann.request().body, leave);
    assert!(!ann.client.is_busy());
}

#[test]
fn a_ringing_call_is_rung_again_after_a_break_only_if_it_still_rings() {
    let mut ben = crate::answering::rung();
    ben.interrupted(Some(Story::ringing("ben").call));
    assert_eq!(ben.news(), ["link Connected"], "the same ringing");
    ben.interrupted(None);
    assert_eq!(ben.news(), ["link Connected", "not connected: EndedByServer by nobody"]);
}

#[test]
fn an_invitation_that_came_during_a_break_is_received_after_it() {
    let mut ben = Desk::logged_in("ben");
    ben.interrupted(Some(Story::ringing("ben").call));
    assert_eq!(ben.news(), ["link Connected", "received from ann"]);
}
