use crate::{desk::Desk, support::*};
use call_core::{Command, Completed, NewCall, Output, PeerId};
use call_protocol::*;

fn own_call() -> CallId {
    CallId::from_bits([9; 16])
}

fn room() -> Room {
    Room { int: 9, str: String::new() }
}

/// ben calls ann; his invitation is with the server.
fn calling() -> (Desk, u32) {
    let mut ben = Desk::logged_in("ben");
    ben.command(2, Command::Invite(NewCall { id: own_call(), ..new_call("ann") }));
    ben.made_offer(PeerId(1));
    let invite = ben.request().id;
    ben.take();
    (ben, invite)
}

#[test]
fn calling_the_one_who_rings_me_accepts() {
    let mut ben = crate::answering::rung();
    ben.command(2, Command::Invite(NewCall { id: own_call(), ..new_call("ann") }));
    assert!(matches!(ben.request().body, ClientMessage::Accept(_)));
    ben.answer(ben.request().id, ServerMessage::Done);
    assert!(matches!(ben.outcome(2), Some(Ok(_))));
}

#[test]
fn a_call_merged_into_a_crossing_one_changes_over_to_its_connection() {
    let (mut ben, invite) = calling();
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.answer(invite, ServerMessage::Done);
    assert_eq!(ben.outcome(2), Some(Ok(Completed::Placed { call: call_id(), room: room() })), "the one that goes on");
    assert!(ben.has(&Output::OpenPeer { peer: PeerId(2), user: user("ann"), offers: false, relayed: false }));
    assert!(ben.has(&Output::ClosePeer { peer: PeerId(1) }));
    assert!(ben.signals().contains(&(user("ann"), Signal::Resend)), "the offer rode on an invitation not received");
    assert_eq!(ben.news(), ["begin as callee", "joined ann"]);
}

#[test]
fn a_merged_call_that_is_over_before_the_own_invitation_is_answered_leaves_nothing_open() {
    let (mut ben, invite) = calling();
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.take();
    ben.told(Story::ringing("ben").accepted(true).ended(Reason::HangUp, "ann", &[]).call);
    assert!(ben.has(&Output::ReleaseMedia));
    ben.answer(invite, ServerMessage::Done);
    assert!(!ben.client.is_busy());
}

#[test]
fn the_one_being_called_who_calls_me_does_not_ring_before_the_server_has_made_one_call_of_both() {
    let (mut ben, invite) = calling();
    ben.rung(Story::ringing("ben").call);
    assert!(ben.outputs.is_empty() && !ben.client.is_rung());
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.answer(invite, ServerMessage::Done);
    assert_eq!(ben.news(), ["begin as callee", "joined ann"]);
}

#[test]
fn it_rings_when_the_server_refuses_to_make_one_call_of_both() {
    let (mut ben, invite) = calling();
    ben.rung(Story::ringing("ben").call);
    ben.refuse(invite, ErrorCode::InAnotherCall);
    assert!(
        ben.has(&Output::OpenPeer { peer: PeerId(2), user: user("ann"), offers: false, relayed: false }),
        "with its offer"
    );
    assert!(ben.outcome(2).unwrap().is_err() && ben.client.is_rung());
    assert_eq!(ben.news(), ["received from ann"]);
}

#[test]
fn it_rings_when_the_own_call_is_given_up_before_its_invitation_left() {
    let mut ben = Desk::logged_in("ben");
    ben.command(2, Command::Invite(NewCall { id: own_call(), ..new_call("ann") }));
    ben.rung(Story::ringing("ben").call);
    assert!(ben.events().is_empty());
    ben.command(3, Command::HangUp);
    assert_eq!(ben.news(), ["received from ann"]);
}

#[test]
fn it_does_not_ring_any_more_when_it_is_over_meanwhile() {
    let (mut ben, invite) = calling();
    ben.rung(Story::ringing("ben").call);
    ben.told(Story::ringing("ben").ended(Reason::Cancelled, "ann", &[("ben", MemberState::Cancelled)]).call);
    ben.refuse(invite, ErrorCode::InAnotherCall);
    assert!(ben.events().is_empty() && !ben.client.is_busy());
}

#[test]
fn somebody_else_who_calls_meanwhile_rings_at_once() {
    let (mut ben, _) = calling();
    let mut call = Story::ringing("ben").call;
    (call.caller, call.members[0].user, call.invite.by) = (user("cat"), user("cat"), user("cat"));
    ben.rung(call);
    assert_eq!(ben.news(), ["received from cat"]);
}

#[test]
fn hung_up_while_both_become_one_the_one_is_left() {
    let (mut ben, invite) = calling();
    ben.command(3, Command::HangUp);
    let request = ben.request().id;
    ben.take();
    ben.told(Story::ringing("ben").accepted(true).call);
    assert_eq!(
        ben.sent_bodies(),
        [ClientMessage::Leave(Leave { call: call_id(), generation: 1, because: None, at: None })]
    );
    ben.answer(invite, ServerMessage::Done);
    ben.refuse(request, ErrorCode::NoSuchCall);
    assert_eq!(ben.outcome(3), Some(Ok(Completed::Done)));
    assert!(!ben.has(&Output::GoLive { peer: PeerId(2) }));
    ben.told(Story::ringing("ben").accepted(true).ended(Reason::HangUp, "ben", &[]).call);
    assert_eq!(ben.news(), ["begin as callee", "joined ann", "end: HangUp by ben after 3500"]);
    assert!(!ben.client.is_busy());
}
