use crate::{desk::Desk, support::*};
use call_core::{CallError, Command, Completed, NewCall, Order, Output, PeerId, PeerInput};
use call_protocol::*;

/// ann is making a call to ben, and her browser has not made the offer yet.
pub fn preparing() -> Desk {
    let mut ann = Desk::logged_in("ann");
    ann.command(2, Command::Invite(new_call("ben")));
    ann
}

/// The invitation is with the server.
pub fn inviting() -> (Desk, u32) {
    let mut ann = preparing();
    ann.made_offer(PeerId(1));
    let invite = ann.request().id;
    ann.take();
    (ann, invite)
}

/// ann has placed a call to ben, who is ringing.
pub fn placed() -> Desk {
    let (mut ann, invite) = inviting();
    ann.told(Story::ringing("ann").call);
    ann.answer(invite, ServerMessage::Done);
    let room = Room { int: 9, str: String::new() };
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Placed { call: call_id(), room })));
    assert_eq!(ann.news(), Vec::<String>::new());
    ann
}

/// ann in a call with ben, whom she called.
pub fn in_call() -> Desk {
    let mut ann = placed();
    ann.told(Story::ringing("ann").accepted(false).call);
    assert!(ann.client.in_call());
    ann.take();
    ann
}

#[test]
fn the_offer_rides_on_the_invitation_and_candidates_follow() {
    let mut ann = preparing();
    assert!(ann.has(&Output::OpenPeer { peer: PeerId(1), user: user("ben"), offers: true, relayed: false }));
    assert!(ann.has(&Output::Negotiate { peer: PeerId(1), order: Order::MakeOffer { ice_restart: false } }));
    assert!(ann.sent().is_empty(), "not without the offer");
    let found = candidate("early");
    let input = PeerInput::Candidate { candidate: found.candidate.clone(), mid: found.mid.clone(), index: found.index };
    ann.peer(PeerId(1), input);
    ann.made_offer(PeerId(1));
    let sent = ann.sent_bodies();
    let expected = Invite {
        call: call_id(),
        callees: vec![user("ben")],
        media: MediaType::Video,
        group: false,
        room: Room::default(),
        chat_group: None,
        user_data: "data".into(),
        timeout: 30,
        offer: Some(description("offer")),
    };
    assert_eq!(sent[0], ClientMessage::Invite(expected));
    let signal = SignalTo { call: call_id(), to: user("ben"), signal: Signal::Candidate(found) };
    assert_eq!(sent[1..], [ClientMessage::Signal(signal)]);
}

#[test]
fn a_group_call_is_placed_without_an_offer() {
    let mut ann = Desk::logged_in("ann");
    let callees = vec![user("ben"), user("cat")];
    ann.command(2, Command::Invite(NewCall { callees, group: true, ..new_call("ben") }));
    assert!(matches!(ann.request().body, ClientMessage::Invite(Invite { group: true, offer: None, .. })));
    assert!(!ann.outputs.iter().any(|output| matches!(output, Output::OpenPeer { .. })));
}

#[test]
fn a_busy_callee_is_told_before_the_promise_is_settled() {
    let (mut ann, invite) = inviting();
    ann.told(Story::ringing("ann").ended(Reason::LineBusy, "ben", &[("ben", MemberState::Busy)]).call);
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
    assert_eq!(ann.news(), ["busy ben", "not connected: LineBusy by ben"]);
    ann.answer(invite, ServerMessage::Done);
    assert!(matches!(ann.outcome(2), Some(Ok(Completed::Placed { .. }))));
    assert!(!ann.client.is_busy());
}

#[test]
fn a_refused_invitation_fails_and_releases_what_was_opened() {
    for (refused, code) in [
        (ErrorCode::InAnotherCall, CallError::WRONG_STATE),
        (ErrorCode::BadUser, CallError::BAD_USER),
        (ErrorCode::BadRequest, CallError::BAD_PARAMETER),
        (ErrorCode::Unavailable, CallError::NO_ANSWER),
        (ErrorCode::SigExpired, 70001),
    ] {
        let (mut ann, invite) = inviting();
        ann.refuse(invite, refused);
        assert_eq!(ann.failure(2), code, "{refused:?}");
        assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
        assert!(ann.events().is_empty() && !ann.client.is_busy());
    }
}

#[test]
fn there_is_no_second_call_while_one_is_alive() {
    let other = || NewCall { id: CallId::from_bits([9; 16]), ..new_call("cat") };
    let mut preparing = preparing();
    preparing.command(3, Command::Invite(other()));
    assert_eq!(preparing.failure(3), CallError::WRONG_STATE);

    let (mut inviting, _) = inviting();
    inviting.command(3, Command::Invite(other()));
    assert_eq!(inviting.failure(3), CallError::REPEATED);

    let mut in_call = placed();
    in_call.told(Story::ringing("ann").accepted(false).call);
    let mut rung = crate::answering::rung();
    for desk in [&mut placed(), &mut in_call, &mut rung] {
        desk.take();
        desk.command(3, Command::Invite(other()));
        assert_eq!(desk.failure(3), CallError::WRONG_STATE);
        assert!(desk.sent().is_empty() && desk.client.is_busy());
    }
}

#[test]
fn a_browser_that_cannot_make_the_connection_fails_the_call_with_60006() {
    let mut ann = preparing();
    ann.peer(PeerId(1), PeerInput::Failed("no WebRTC here".into()));
    assert_eq!(ann.failure(2), 60006);
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
    assert!(ann.sent().is_empty() && !ann.client.is_busy(), "nobody was told");
    ann.take();
    ann.command(3, Command::Invite(new_call("ben")));
    assert!(ann.has(&Output::OpenPeer { peer: PeerId(2), user: user("ben"), offers: true, relayed: false }));
}

#[test]
fn an_invitation_without_an_answer_in_time_fails_and_is_hung_up_should_it_ring() {
    let (mut ann, _) = inviting();
    assert_eq!(ann.wait(), 15_000);
    assert_eq!(ann.failure(2), CallError::NO_ANSWER);
    assert!(!ann.client.is_busy());
    ann.take();
    ann.told(Story::ringing("ann").call);
    assert_eq!(
        ann.sent_bodies(),
        [ClientMessage::Leave(Leave { call: call_id(), generation: 1, because: None, at: None })]
    );
    assert!(ann.events().is_empty() && !ann.client.is_busy());
}

#[test]
fn an_invitation_whose_call_rings_is_placed_even_if_its_answer_is_lost() {
    let (mut ann, _) = inviting();
    ann.told(Story::ringing("ann").call);
    ann.beaten_until(15_000);
    assert!(matches!(ann.outcome(2), Some(Ok(Completed::Placed { .. }))));
    assert!(ann.client.is_busy());
}

#[test]
fn another_call_that_comes_and_goes_leaves_the_one_being_placed_alone() {
    let mut ann = preparing();
    let other = |mut call: Snapshot| {
        call.id = CallId::from_bits([9; 16]);
        call.members[0].user = user("cat");
        call.members[1].user = user("ann");
        (call.caller, call.invite.by) = (user("cat"), user("cat"));
        call
    };
    ann.take();
    ann.rung(other(Story::ringing("").call));
    ann.told(other(Story::ringing("").ended(Reason::Cancelled, "cat", &[("ben", MemberState::Cancelled)]).call));
    assert!(!ann.has(&Output::ClosePeer { peer: PeerId(1) }) && !ann.has(&Output::ReleaseMedia));
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(2) }));
    assert_eq!(ann.news(), ["received from cat", "not connected: Cancelled by cat"]);
    ann.made_offer(PeerId(1));
    assert!(matches!(ann.request().body, ClientMessage::Invite(_)));
}
