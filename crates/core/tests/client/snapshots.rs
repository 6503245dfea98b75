use crate::{answering::rung, desk::Desk, placing::placed, support::*};
use call_core::{Command, Output, PeerId};
use call_protocol::*;

fn ringing() -> Snapshot {
    Story::ringing("ann").call
}

fn accepted() -> Snapshot {
    Story::ringing("ann").accepted(false).call
}

fn ended() -> Snapshot {
    Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ben", &[]).call
}

#[test]
fn a_doubled_snapshot_is_nothing() {
    let mut ann = placed();
    ann.told(accepted());
    ann.take();
    ann.told(accepted());
    assert!(ann.outputs.is_empty());
}

#[test]
fn an_older_snapshot_is_nothing() {
    let mut ann = placed();
    ann.told(accepted());
    ann.take();
    ann.told(ringing());
    assert!(ann.outputs.is_empty());
    assert!(ann.client.in_call());
}

#[test]
fn a_late_snapshot_of_a_call_that_is_over_revives_nothing() {
    let mut ann = placed();
    ann.told(accepted());
    ann.told(ended());
    ann.take();
    let mut later = ended();
    later.rev += 5;
    for late in [ended(), later] {
        ann.told(late);
        assert!(ann.outputs.is_empty());
    }
    let mut revived = accepted();
    revived.rev += 9;
    ann.told(revived);
    assert!(ann.events().is_empty() && !ann.client.is_busy());
    let opens = |output: &Output| matches!(output, Output::OpenPeer { .. } | Output::StartMicrophone);
    assert!(!ann.outputs.iter().any(opens));
}

#[test]
fn a_new_generation_of_a_call_that_was_over_rings_again() {
    let mut ben = rung();
    let story = Story::ringing("ben");
    ben.told(story.clone().without("ben").call);
    ben.take();
    ben.told(story.clone().without("ben").again("ben", MemberState::Ringing).call);
    assert_eq!(ben.news(), ["received from ann"]);
    ben.command(2, Command::Accept);
    let call = CallRef { call: call_id(), generation: 2 };
    assert_eq!(ben.request().body, ClientMessage::Accept(call));
    ben.take();
    ben.told(story.call);
    assert!(ben.outputs.is_empty(), "the generation before stays over");
}

#[test]
fn many_calls_later_the_last_ones_are_still_known_to_be_over() {
    let mut ben = Desk::logged_in("ben");
    let story = |number: u8, over: bool| {
        let story = Story::ringing("ben");
        let mut call = if over { story.ended(Reason::Cancelled, "ann", &[]) } else { story }.call;
        call.id = CallId::from_bits([number; 16]);
        call
    };
    for number in 1..=20 {
        ben.told(story(number, false));
        ben.told(story(number, true));
    }
    ben.take();
    for number in 16..=20 {
        ben.told(story(number, false));
    }
    assert!(ben.outputs.is_empty());
}

#[test]
fn a_call_that_is_gone_ends_by_the_server() {
    let mut ann = placed();
    ann.told(accepted());
    ann.take();
    ann.now += 2500;
    ann.answer(0, ServerMessage::Gone(Gone { call: call_id(), reason: Reason::EndedByServer }));
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&Output::ReleaseMedia));
    assert_eq!(ann.news(), ["end: EndedByServer by nobody after 2500"]);

    let mut ben = rung();
    ben.answer(0, ServerMessage::Gone(Gone { call: call_id(), reason: Reason::EndedByServer }));
    assert_eq!(ben.news(), ["not connected: EndedByServer by nobody"]);
}

#[test]
fn another_call_that_is_gone_is_nothing() {
    let mut ann = placed();
    ann.answer(0, ServerMessage::Gone(Gone { call: CallId::from_bits([9; 16]), reason: Reason::EndedByServer }));
    assert!(ann.outputs.is_empty() && ann.client.is_busy());
}

#[test]
fn another_call_of_mine_means_that_this_one_is_over() {
    let mut ben = rung();
    let mut other = Story::ringing("ben").call;
    other.id = CallId::from_bits([9; 16]);
    ben.told(other);
    assert_eq!(ben.news(), ["not connected: EndedByServer by nobody", "received from ann"]);
}

#[test]
fn another_call_of_mine_that_is_over_is_nothing() {
    let mut ben = rung();
    let mut other = Story::ringing("ben").ended(Reason::Cancelled, "ann", &[]).call;
    other.id = CallId::from_bits([9; 16]);
    ben.told(other);
    assert!(ben.outputs.is_empty() && ben.client.is_rung());
}

#[test]
fn late_news_that_another_call_was_answered_elsewhere_is_nothing() {
    let mut ben = rung();
    let mut other = Story::ringing("ben").accepted(false).call;
    other.id = CallId::from_bits([9; 16]);
    ben.told(other);
    assert!(ben.outputs.is_empty() && ben.client.is_rung());
}

#[test]
fn an_invitation_heard_of_when_it_has_expired_does_not_ring() {
    let mut ben = Desk::logged_in("ben");
    let mut late = Story::ringing("ben").call;
    late.now = 35_000;
    ben.told(late);
    assert!(ben.outputs.is_empty() && !ben.client.is_busy());
    ben.told(Story::ringing("ben").ended(Reason::NoResponse, "ben", &[("ben", MemberState::NoResponse)]).call);
    assert!(ben.events().is_empty(), "and so it does not expire here either");
}

#[test]
fn a_call_that_does_not_name_me_is_nothing() {
    let mut eve = Desk::logged_in("eve");
    eve.told(Story::ringing("ben").call);
    assert!(eve.outputs.is_empty() && !eve.client.is_busy());
}

#[test]
fn a_beat_is_answered_with_what_is_known() {
    let beat = |desk: &mut Desk| {
        desk.take();
        desk.answer(0, ServerMessage::Beat);
        desk.sent()
    };
    let frame = |answer| ClientFrame { id: 0, body: ClientMessage::Beat(answer) };
    let mut ann = Desk::logged_in("ann");
    assert_eq!(beat(&mut ann), [frame(BeatAnswer::default())]);
    let mut ann = placed();
    assert_eq!(beat(&mut ann), [frame(BeatAnswer { call: Some(call_id()), rev: 1, heard: Vec::new() })]);
    ann.told(accepted());
    assert_eq!(beat(&mut ann), [frame(BeatAnswer { call: Some(call_id()), rev: 2, heard: Vec::new() })]);
    ann.told(ended());
    assert_eq!(beat(&mut ann), [frame(BeatAnswer::default())]);
}
