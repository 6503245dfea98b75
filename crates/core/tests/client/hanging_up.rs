use crate::{
    desk::Desk,
    placing::{in_call, inviting, placed, preparing},
    support::*,
};
use call_core::{CallError, Command, Completed, NewCall, Output, PeerId};
use call_protocol::*;

fn leave(generation: Generation) -> ClientMessage<Signal> {
    ClientMessage::Leave(Leave { call: call_id(), generation, because: None, at: None })
}

#[test]
fn the_end_of_a_call_releases_everything() {
    let mut ann = in_call();
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ben", &[]).call);
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
    assert_eq!(ann.news(), ["left ben", "end: HangUp by ben after 3500"]);
    assert!(!ann.client.is_busy());
}

#[test]
fn hanging_up_closes_here_at_once_and_ends_with_the_servers_word() {
    let mut ann = in_call();
    ann.command(3, Command::HangUp);
    assert_eq!(ann.request().body, leave(1));
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
    assert!(ann.events().is_empty() && ann.client.is_busy());
    let request = ann.request().id;
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ann", &[]).call);
    ann.answer(request, ServerMessage::Done);
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)));
    assert_eq!(ann.news(), ["end: HangUp by ann after 3500"]);
    assert!(!ann.client.is_busy());
}

#[test]
fn hung_up_before_the_invitation_left_nobody_needs_to_be_told() {
    let mut ann = preparing();
    ann.command(3, Command::HangUp);
    assert_eq!((ann.failure(2), ann.outcome(3)), (CallError::WRONG_STATE, Some(Ok(Completed::Done))));
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
    ann.made_offer(PeerId(1));
    assert!(ann.sent().is_empty() && !ann.client.is_busy());
}

#[test]
fn cancelling_before_the_server_has_shown_the_call() {
    let (mut ann, invite) = inviting();
    ann.command(3, Command::HangUp);
    assert_eq!(ann.request().body, leave(1));
    let request = ann.request().id;
    ann.told(Story::ringing("ann").call);
    ann.answer(invite, ServerMessage::Done);
    ann.told(Story::ringing("ann").ended(Reason::Cancelled, "ann", &[("ben", MemberState::Cancelled)]).call);
    ann.answer(request, ServerMessage::Done);
    assert!(matches!(ann.outcome(2), Some(Ok(Completed::Placed { .. }))));
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)));
    assert_eq!(ann.news(), ["not connected: Cancelled by ann"]);
    assert!(!ann.client.is_busy());
}

#[test]
fn a_cancelled_call_that_turns_out_to_have_another_generation_is_left_under_that_one() {
    let (mut ann, invite) = inviting();
    ann.command(3, Command::HangUp);
    let first = ann.request().id;
    ann.take();
    let mut call = Story::ringing("ann").call;
    call.members.iter_mut().for_each(|member| member.generation = 2);
    ann.told(call.clone());
    assert_eq!(ann.sent_bodies(), [leave(2)]);
    ann.answer(invite, ServerMessage::Done);
    ann.refuse(first, ErrorCode::WrongState);
    call.rev += 1;
    ann.told(call);
    assert_eq!(ann.sent_bodies(), [leave(2)], "once");
    assert_eq!(ann.news(), ["not connected: Cancelled by ann"]);
    assert!(!ann.client.is_busy());
}

#[test]
fn who_is_leaving_opens_nothing_any_more() {
    let mut ann = placed();
    ann.command(3, Command::HangUp);
    ann.take();
    ann.told(Story::ringing("ann").accepted(false).call);
    let opens =
        |output: &Output| matches!(output, Output::OpenPeer { .. } | Output::GoLive { .. } | Output::Negotiate { .. });
    assert!(!ann.outputs.iter().any(opens), "{:?}", ann.outputs);
    assert!(ann.signals().is_empty());
}

#[test]
fn the_persons_word_stands_when_the_server_does_not_know_better() {
    for refused in [ErrorCode::NoSuchCall, ErrorCode::WrongState, ErrorCode::Unavailable] {
        let mut ann = in_call();
        ann.now += 4000;
        ann.command(3, Command::HangUp);
        ann.refuse(ann.request().id, refused);
        assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)), "{refused:?}");
        assert_eq!(ann.news(), ["end: HangUp by ann after 4000"]);
        assert!(!ann.client.is_busy());
    }
    let mut ann = in_call();
    ann.command(3, Command::HangUp);
    ann.wait();
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)), "nor when it does not answer");
    assert!(!ann.client.is_busy());
}

#[test]
fn a_call_after_a_cancelled_one_that_was_refused_opens_its_connection() {
    let (mut ann, invite) = inviting();
    ann.command(3, Command::HangUp);
    let request = ann.request().id;
    ann.refuse(invite, ErrorCode::InAnotherCall);
    ann.refuse(request, ErrorCode::NoSuchCall);
    assert_eq!((ann.failure(2), ann.outcome(3)), (CallError::WRONG_STATE, Some(Ok(Completed::Done))));
    ann.take();

    let next = CallId::from_bits([9; 16]);
    ann.command(4, Command::Invite(NewCall { id: next.clone(), ..new_call("ben") }));
    ann.made_offer(PeerId(2));
    let mut call = Story::ringing("ann").accepted(false).call;
    call.id = next;
    ann.told(call);
    assert!(ann.has(&Output::GoLive { peer: PeerId(2) }));
}

#[test]
fn hanging_up_twice_is_settled_twice_and_ends_once() {
    let mut ann = in_call();
    ann.command(3, Command::HangUp);
    ann.command(4, Command::HangUp);
    let requests: Vec<_> = ann.sent().into_iter().filter(|frame| frame.id != 0).collect();
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ann", &[]).call);
    for request in requests {
        ann.answer(request.id, ServerMessage::Done);
    }
    assert_eq!((ann.outcome(3), ann.outcome(4)), (Some(Ok(Completed::Done)), Some(Ok(Completed::Done))));
    assert_eq!(ann.news(), ["end: HangUp by ann after 3500"]);
}

#[test]
fn the_server_is_told_when_it_was_however_late_that_is() {
    let mut ann = in_call();
    let call = Story::ringing("ann").accepted(false).call;
    ann.now += 4000;
    let hung_up = call.now + 4000;
    ann.command(3, Command::HangUp);
    assert_eq!(ann.left_at(), [Some(hung_up)]);
    ann.take();
    ann.now += 60_000;
    ann.interrupted(Some(call));
    assert_eq!(ann.left_at(), [Some(hung_up)]);
    let (mut ann, _) = inviting();
    ann.now += 4000;
    ann.command(3, Command::HangUp);
    assert_eq!(ann.left_at(), [Some(ann.server_time())], "also of a call that it has not told of yet");
}

#[test]
fn a_farewell_that_the_server_could_not_take_is_said_until_it_has_it() {
    let mut ann = in_call();
    ann.now += 4000;
    ann.command(3, Command::HangUp);
    let (farewell, at) = (ann.request(), ann.left_at());
    ann.refuse(farewell.id, ErrorCode::Unavailable);
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)));
    assert_eq!(ann.news(), ["end: HangUp by ann after 4000"]);
    for _ in 0..3 {
        let before = ann.now;
        ann.wait_until(|ann| !ann.left_at().is_empty());
        assert_eq!(ann.now - before, 1000, "as the server asked");
        assert_eq!((ann.request(), ann.left_at()), (farewell.clone(), at.clone()), "the same, with its time");
        ann.take();
        ann.refuse(farewell.id, ErrorCode::Unavailable);
    }
    ann.wait_until(|ann| !ann.left_at().is_empty());
    ann.answer(farewell.id, ServerMessage::Done);
    ann.take();
    ann.beaten_until(60_000);
    assert_eq!(ann.left_at(), []);
}

#[test]
fn a_farewell_that_was_not_taken_goes_before_the_next_call_and_over_the_next_link() {
    let unheard = || {
        let mut ann = in_call();
        ann.command(3, Command::HangUp);
        let farewell = ann.request();
        ann.refuse(farewell.id, ErrorCode::Unavailable);
        ann.take();
        (ann, farewell)
    };
    let (mut ann, farewell) = unheard();
    let next = CallId::from_bits([9; 16]);
    ann.command(4, Command::Invite(NewCall { id: next, group: true, ..new_call("ben") }));
    let sent = ann.sent();
    assert!(sent[0] == farewell && matches!(sent[1].body, ClientMessage::Invite(_)), "{sent:?}");

    let (mut ann, farewell) = unheard();
    ann.interrupted(None);
    assert_eq!(ann.request(), farewell);
}

#[test]
fn who_has_hung_up_is_not_taken_for_somebody_who_knows_nothing() {
    let mut ann = in_call();
    ann.command(3, Command::HangUp);
    let farewell = ann.request();
    ann.wait();
    ann.take();
    let named = |ann: &mut Desk| {
        ann.answer(0, ServerMessage::Beat);
        let beats = ann.sent_bodies().into_iter().filter_map(|body| match body {
            ClientMessage::Beat(beat) => Some(beat.call),
            _ => None,
        });
        beats.last().expect("an answer")
    };
    assert_eq!(named(&mut ann), Some(call_id()), "the farewell is still under way");
    ann.answer(farewell.id, ServerMessage::Done);
    assert_eq!(named(&mut ann), None);
}

#[test]
fn a_hang_up_counts_from_when_it_was_however_late_the_server_answers() {
    let mut ann = in_call();
    ann.now += 4000;
    ann.command(3, Command::HangUp);
    let (farewell, at) = (ann.request(), ann.left_at());
    ann.take();
    let hung_up = ann.now;
    ann.wait_until(|ann| ann.outcome(3).is_some());
    assert!(ann.now - hung_up >= 1000, "it waits for the server");
    assert_eq!(ann.news(), ["end: HangUp by ann after 4000"]);

    // The farewell has come to nothing, and the server has the session still in the call.
    ann.refuse(farewell.id, ErrorCode::WrongState);
    let mut call = Story::ringing("ann").accepted(false).call;
    call.now = at[0].unwrap() + 9000;
    call.rev += 1;
    ann.now = hung_up + 9000;
    ann.told(call);
    assert_eq!(ann.left_at(), at);
}
