//! A peer connection that suffers.

use crate::{answering::prepared, desk::Desk, placing::in_call, support::*};
use call_core::{CallError, CallEvent, Command, Order, Output, PeerId, PeerInput, PeerLinkState, SocketEvent};
use call_protocol::*;

/// ann in a call with ben whom she called, connected.
fn connected() -> Desk {
    let mut ann = in_call();
    answered(&mut ann, PeerId(1), 1);
    state(&mut ann, PeerId(1), PeerLinkState::Connected);
    ann.take();
    ann
}

fn state(desk: &mut Desk, peer: PeerId, state: PeerLinkState) {
    desk.peer(peer, PeerInput::State(state));
}

/// ben's answer to that offer of this connection arrives.
fn answered(ann: &mut Desk, peer: PeerId, n: u32) {
    let description = Description { epoch: peer.0, n, kind: DescriptionKind::Answer, sdp: "answer".into() };
    ann.hear("ben", Signal::Description(description));
    ann.peer(peer, PeerInput::RemoteApplied);
}

/// The orders to make an offer since last asked: whether each restarts ICE.
fn offers(desk: &mut Desk) -> Vec<(u32, bool)> {
    let offer = |output| match output {
        Output::Negotiate { peer, order: Order::MakeOffer { ice_restart } } => Some((peer.0, ice_restart)),
        _ => None,
    };
    desk.take().into_iter().filter_map(offer).collect()
}

/// Lets that time pass on a link that works.
fn pass(desk: &mut Desk, time: Millis) {
    desk.beaten_until(time);
}

#[test]
fn a_short_faltering_mends_itself() {
    let mut ann = connected();
    state(&mut ann, PeerId(1), PeerLinkState::Reconnecting);
    pass(&mut ann, 2_499);
    state(&mut ann, PeerId(1), PeerLinkState::Connected);
    pass(&mut ann, 60_000);
    assert_eq!(offers(&mut ann), []);
}

#[test]
fn first_ice_is_restarted_then_the_connection_made_anew() {
    let mut ann = connected();
    state(&mut ann, PeerId(1), PeerLinkState::Reconnecting);
    pass(&mut ann, 2_500);
    assert_eq!(offers(&mut ann), [(1, true)]);
    ann.made_offer(PeerId(1));
    answered(&mut ann, PeerId(1), 2);
    pass(&mut ann, 8_000);
    let opened = Output::OpenPeer { peer: PeerId(2), user: user("ben"), offers: true, relayed: false };
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && ann.has(&opened));
    assert!(ann.has(&Output::GoLive { peer: PeerId(2) }), "with what it had");
    assert_eq!(offers(&mut ann), [(2, false)]);
    ann.made_offer(PeerId(2));
    assert!(matches!(&ann.signals()[..], [(_, Signal::Description(offer))] if (offer.epoch, offer.n) == (2, 1)));
    answered(&mut ann, PeerId(2), 1);
    state(&mut ann, PeerId(2), PeerLinkState::Connected);
    ann.take();
    pass(&mut ann, 60_000);
    assert_eq!(offers(&mut ann), []);
    assert!(ann.client.in_call());
}

#[test]
fn a_connection_that_never_comes_about_is_mended_too() {
    let mut ann = in_call();
    answered(&mut ann, PeerId(1), 1);
    ann.take();
    pass(&mut ann, 15_000);
    assert_eq!(offers(&mut ann), [(1, true)]);
}

#[test]
fn each_attempt_is_given_longer_than_the_one_before() {
    let mut cat = Desk::logged_in("cat");
    cat.command(1, Command::Join(Join::Call(call_id())));
    cat.told(Story::group("cat").call);
    cat.answer(cat.request().id, ServerMessage::Done);
    state(&mut cat, PeerId(2), PeerLinkState::Connected);
    state(&mut cat, PeerId(1), PeerLinkState::Failed);
    cat.take();
    let mut attempts = Vec::new();
    for second in 0..120 {
        let mended = cat.take().into_iter().any(|it| matches!(it, Output::OpenPeer { .. }));
        if mended {
            attempts.push(second);
        }
        pass(&mut cat, 1_000);
    }
    assert_eq!(attempts, [8, 24, 56, 88]);
}

#[test]
fn a_failed_one_is_not_waited_for() {
    let mut ann = connected();
    state(&mut ann, PeerId(1), PeerLinkState::Reconnecting);
    ann.take();
    state(&mut ann, PeerId(1), PeerLinkState::Failed);
    assert_eq!(offers(&mut ann), [(1, true)]);
}

#[test]
fn without_the_server_the_channel_is_not_given_up_with_its_connection() {
    let mut ann = connected();
    ann.socket(SocketEvent::Closed(1006));
    state(&mut ann, PeerId(1), PeerLinkState::Failed);
    ann.made_offer(PeerId(1));
    answered(&mut ann, PeerId(1), 2);
    for _ in 0..30 {
        ann.wait();
    }
    assert!(ann.client.in_call());
    assert!(!ann.has(&Output::ClosePeer { peer: PeerId(1) }));
}

#[test]
fn a_call_of_two_whose_media_do_not_come_back_ends_with_the_reason_told() {
    let mut ann = connected();
    state(&mut ann, PeerId(1), PeerLinkState::Failed);
    pass(&mut ann, 44_000);
    assert!(ann.client.in_call());
    ann.take();
    pass(&mut ann, 12_000);
    let error = |event: &CallEvent| matches!(event, CallEvent::Error { code: CallError::NO_MEDIA, .. });
    assert!(ann.events().iter().any(error), "{:?}", ann.events());
    assert!(!ann.client.is_busy());
    let leave = ClientMessage::Leave(Leave { call: call_id(), generation: 1, because: None, at: None });
    assert!(ann.sent_bodies().contains(&leave));
}

#[test]
fn a_group_call_goes_on_whatever_becomes_of_one_connection() {
    let mut cat = Desk::logged_in("cat");
    cat.command(1, Command::Join(Join::Call(call_id())));
    cat.told(Story::group("cat").call);
    cat.answer(cat.request().id, ServerMessage::Done);
    state(&mut cat, PeerId(2), PeerLinkState::Connected);
    cat.take();
    pass(&mut cat, 120_000);
    assert!(cat.client.in_call());
    let touched = offers(&mut cat).into_iter().any(|(peer, _)| peer == 2);
    assert!(!touched, "the one that works is left alone");
}

#[test]
fn the_other_side_follows_to_the_fresh_connection() {
    let mut ben = prepared();
    ben.command(2, Command::Accept);
    ben.peer(PeerId(1), PeerInput::LocalDescription { kind: DescriptionKind::Answer, sdp: "answer".into() });
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.take();
    let early = Candidate { epoch: 2, ..candidate("early") };
    ben.hear("ann", Signal::Candidate(early.clone()));
    let offer = Description { epoch: 2, n: 1, kind: DescriptionKind::Offer, sdp: "fresh".into() };
    ben.hear("ann", Signal::Description(offer.clone()));
    let opened = Output::OpenPeer { peer: PeerId(2), user: user("ann"), offers: false, relayed: false };
    assert!(ben.has(&Output::ClosePeer { peer: PeerId(1) }) && ben.has(&opened));
    assert!(ben.has(&Output::GoLive { peer: PeerId(2) }));
    assert!(ben.has(&Output::Negotiate { peer: PeerId(2), order: Order::ApplyRemote(offer) }));
    ben.take();
    ben.peer(PeerId(2), PeerInput::RemoteApplied);
    assert!(ben.has(&Output::Negotiate { peer: PeerId(2), order: Order::AddCandidate(early) }), "it had come first");
    assert!(ben.has(&Output::Negotiate { peer: PeerId(2), order: Order::MakeAnswer }));
    ben.take();
    ben.hear("ann", answer("late"));
    assert!(ben.outputs.is_empty(), "what belongs to the old one is dropped");
}

#[test]
fn a_network_that_is_there_again_is_tried_at_once() {
    let mut ann = connected();
    state(&mut ann, PeerId(1), PeerLinkState::Reconnecting);
    ann.take();
    ann.client.handle_online(ann.now);
    ann.drain();
    assert_eq!(offers(&mut ann), [(1, true)]);
}

#[test]
fn no_way_without_a_relay_has_a_code_of_its_own() {
    let failed = |relay: bool, before: &[PeerLinkState]| {
        let mut ann = in_call();
        answered(&mut ann, PeerId(1), 1);
        if relay {
            ann.hear("ben", Signal::Candidate(candidate("candidate:1 1 udp 1 192.0.2.1 9 typ relay")));
        }
        before.iter().for_each(|known| state(&mut ann, PeerId(1), *known));
        ann.take();
        state(&mut ann, PeerId(1), PeerLinkState::Failed);
        ann.events().iter().any(|event| matches!(event, CallEvent::Error { code: CallError::NO_RELAY, .. }))
    };
    assert!(failed(false, &[PeerLinkState::Connecting]));
    assert!(!failed(true, &[PeerLinkState::Connecting]));
    assert!(!failed(false, &[PeerLinkState::Connected]), "there was one");
}

/// ann in that call with the channel open, and ben last heard now.
fn conversing() -> Desk {
    let mut ann = connected();
    ann.peer(PeerId(1), PeerInput::Channel(true));
    ann.take();
    ann
}

#[test]
fn a_channel_that_falls_silent_restarts_ice_before_the_browser_notices() {
    let mut ann = conversing();
    pass(&mut ann, 2_000);
    ann.peer(PeerId(1), PeerInput::Signal(Signal::Ping));
    pass(&mut ann, 2_999);
    assert_eq!(offers(&mut ann), []);
    pass(&mut ann, 1);
    assert_eq!(offers(&mut ann), [(1, true)]);
    pass(&mut ann, 120_000);
    assert_eq!(offers(&mut ann), [], "a page that sleeps is silent, too");
    ann.peer(PeerId(1), PeerInput::Signal(Signal::Ping));
    ann.made_offer(PeerId(1));
    answered(&mut ann, PeerId(1), 2);
    pass(&mut ann, 3_000);
    assert_eq!(offers(&mut ann), [(1, true)], "silent once more");
}

#[test]
fn what_was_suspected_rightly_is_made_anew_next() {
    let mut ann = conversing();
    pass(&mut ann, 3_000);
    ann.made_offer(PeerId(1));
    answered(&mut ann, PeerId(1), 2);
    offers(&mut ann);
    state(&mut ann, PeerId(1), PeerLinkState::Reconnecting);
    pass(&mut ann, 7_999);
    assert_eq!(offers(&mut ann), []);
    pass(&mut ann, 1);
    assert_eq!(offers(&mut ann), [(2, false)]);
}

#[test]
fn with_a_member_out_of_reach_the_server_is_waited_for_less() {
    let mut ann = conversing();
    pass(&mut ann, 3_000);
    assert_eq!(offers(&mut ann), [(1, true)]);
    let heard = ann.now;
    while !ann.has(&Output::Disconnect) {
        ann.wait();
    }
    assert_eq!(ann.now - heard, 5_000);
}

#[test]
fn another_network_restarts_ice_where_nothing_is_known_to_be_wrong() {
    let mut ann = conversing();
    for _ in 0..3 {
        ann.client.handle_online(ann.now);
        ann.drain();
    }
    assert_eq!(offers(&mut ann), [(1, true)]);
}

#[test]
fn hints_that_come_one_after_the_other_do_not_use_up_the_attempts() {
    let mut ann = connected();
    state(&mut ann, PeerId(1), PeerLinkState::Reconnecting);
    ann.take();
    for _ in 0..3 {
        ann.client.handle_online(ann.now);
        ann.drain();
        ann.welcomed(Some(Story::ringing("ann").accepted(false).call));
    }
    assert_eq!(offers(&mut ann), [(1, true)], "it is not made anew in the same moment");
}
