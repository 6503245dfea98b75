//! What goes from member to member without the server.

use crate::{desk::Desk, placing::in_call, support::*};
use call_core::{Command, Completed, Order, Output, PeerId, PeerInput, PeerLinkState, SocketEvent};
use call_protocol::*;

const BEN: PeerId = PeerId(1);

/// ann in a call with ben, their channel open.
fn connected() -> Desk {
    let mut ann = in_call();
    ann.peer(BEN, PeerInput::Channel(true));
    ann.take();
    ann
}

/// cat in a call with ann and ben, both channels open.
fn in_group() -> Desk {
    let mut cat = Desk::logged_in("cat");
    cat.command(1, Command::Join(Join::Call(call_id())));
    cat.told(Story::group("cat").call);
    cat.answer(cat.request().id, ServerMessage::Done);
    for peer in [1, 2] {
        cat.peer(PeerId(peer), PeerInput::Channel(true));
    }
    cat.take();
    cat
}

fn by_channel(desk: &Desk) -> Vec<(u32, Signal)> {
    let sent = |output: &Output| match output {
        Output::SendPeer { peer: PeerId(peer), signal } => Some((*peer, signal.clone())),
        _ => None,
    };
    desk.outputs.iter().filter_map(sent).collect()
}

fn bye(desk: &mut Desk, from: PeerId, generation: Generation) {
    desk.peer(from, PeerInput::Signal(Signal::Bye { generation }));
}

fn because(who: &str) -> ClientMessage<Signal> {
    ClientMessage::Leave(Leave { call: call_id(), generation: 1, because: Some(user(who)), at: None })
}

#[test]
fn what_is_published_goes_by_both_ways_and_by_the_channel_alone_when_the_server_is_away() {
    let mut ann = connected();
    ann.client.handle_published(true, false, false);
    ann.drain();
    let media = |n, audio| Signal::Media(MediaState { generation: 1, n, audio, video: false, screen: false });
    assert_eq!(by_channel(&ann), [(1, media(1, true))]);
    assert_eq!(ann.signals(), [(user("ben"), media(1, true))]);
    ann.socket(SocketEvent::Closed(1006));
    ann.take();
    ann.client.handle_published(false, false, false);
    ann.drain();
    assert_eq!(by_channel(&ann), [(1, media(2, false))]);
    assert!(ann.sent().is_empty());
}

#[test]
fn what_comes_twice_is_told_once() {
    let mut ann = connected();
    let media = Signal::Media(MediaState { generation: 1, n: 1, audio: true, video: false, screen: false });
    ann.peer(BEN, PeerInput::Signal(media.clone()));
    ann.hear("ben", media);
    assert_eq!(ann.news(), ["audio ben true"]);
}

#[test]
fn a_restart_is_negotiated_while_the_server_is_away() {
    let mut ann = connected();
    ann.socket(SocketEvent::Closed(1006));
    ann.peer(BEN, PeerInput::Signal(answer("answer")));
    ann.peer(BEN, PeerInput::RemoteApplied);
    ann.take();
    ann.peer(BEN, PeerInput::State(PeerLinkState::Failed));
    let order = Order::MakeOffer { ice_restart: true };
    assert!(ann.has(&Output::Negotiate { peer: BEN, order }));
    ann.made_offer(BEN);
    assert!(matches!(&by_channel(&ann)[..], [(1, Signal::Description(offer))] if offer.n == 2));
}

#[test]
fn members_who_are_heard_are_vouched_for() {
    let mut ann = connected();
    let heard = |ann: &mut Desk| {
        ann.take();
        ann.answer(0, ServerMessage::Beat);
        match ann.sent_bodies().pop() {
            Some(ClientMessage::Beat(beat)) => beat.heard,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(heard(&mut ann), [user("ben")]);
    ann.now += 4_999;
    assert_eq!(heard(&mut ann), [user("ben")]);
    ann.now += 1;
    assert_eq!(heard(&mut ann), []);
    ann.peer(BEN, PeerInput::Signal(Signal::Ping));
    assert_eq!(heard(&mut ann), [user("ben")]);
    ann.peer(BEN, PeerInput::Channel(false));
    assert_eq!(heard(&mut ann), []);
}

#[test]
fn an_open_channel_is_pinged_every_second_and_a_closed_one_is_not() {
    let mut ann = connected();
    for _ in 0..5 {
        assert_eq!(ann.wait(), 1_000);
        assert_eq!(by_channel(&ann), [(1, Signal::Ping)]);
        ann.take();
        ann.answer(0, ServerMessage::Beat);
    }
    ann.peer(BEN, PeerInput::Channel(false));
    ann.take();
    ann.wait();
    assert!(by_channel(&ann).is_empty());
    assert!(ann.client.poll_timeout() > Some(ann.now + 2_000), "and no timer runs for it");
}

#[test]
fn who_hangs_up_says_bye_before_the_connection_closes() {
    let mut ann = connected();
    ann.command(3, Command::HangUp);
    let of_peer = |output: &&Output| matches!(output, Output::SendPeer { .. } | Output::ClosePeer { .. });
    let order: Vec<_> = ann.outputs.iter().filter(of_peer).cloned().collect();
    let bye = Signal::Bye { generation: 1 };
    assert_eq!(order, [Output::SendPeer { peer: BEN, signal: bye }, Output::ClosePeer { peer: BEN }]);
}

#[test]
fn a_page_that_goes_away_says_bye_and_leaves() {
    let mut ann = connected();
    ann.client.handle_page_hide(ann.now);
    ann.drain();
    assert_eq!(by_channel(&ann), [(1, Signal::Bye { generation: 1 })]);
    let leave = Leave { call: call_id(), generation: 1, because: None, at: None };
    assert_eq!(ann.sent_bodies(), [ClientMessage::Leave(leave)]);
}

#[test]
fn a_page_that_is_rung_goes_away_without_an_answer() {
    let mut ben = crate::answering::rung();
    ben.client.handle_page_hide(ben.now);
    ben.drain();
    assert!(ben.sent_bodies().is_empty(), "another page of this user may take the call");
}

#[test]
fn a_bye_ends_the_call_of_two_at_once_and_the_server_is_told_why() {
    let mut ann = connected();
    ann.now += 7_000;
    bye(&mut ann, BEN, 1);
    assert!(ann.has(&Output::ReleaseMedia) && ann.has(&Output::ClosePeer { peer: BEN }));
    assert_eq!(ann.sent_bodies(), [because("ben")]);
    assert_eq!(ann.news(), ["left ben", "end: HangUp by ben after 7000"]);
    ann.told(Story::ringing("ann").accepted(false).ended(Reason::HangUp, "ben", &[]).call);
    assert_eq!(ann.news(), [] as [&str; 0]);
}

#[test]
fn a_bye_heard_while_the_server_is_away_is_passed_on_when_it_is_back() {
    let mut ann = connected();
    ann.socket(SocketEvent::Closed(1006));
    bye(&mut ann, BEN, 1);
    assert_eq!(ann.news(), ["link Reconnecting", "left ben", "end: HangUp by ben after 0"]);
    ann.now += 120_000;
    ann.client.handle_timeout(ann.now);
    ann.drain();
    ann.take();
    ann.welcomed(Some(Story::ringing("ann").accepted(false).call));
    let leaves: Vec<_> = ann.sent().into_iter().filter(|it| matches!(it.body, ClientMessage::Leave(_))).collect();
    assert_eq!(leaves.len(), 1, "however long that took");
    assert_eq!(leaves[0].body, because("ben"));
    ann.answer(leaves[0].id, ServerMessage::Done);
    assert!(!ann.client.is_busy());
}

#[test]
fn a_bye_of_an_earlier_part_is_nothing() {
    let mut ann = connected();
    bye(&mut ann, BEN, 2);
    bye(&mut ann, BEN, 0);
    assert!(ann.client.in_call());
    assert_eq!(ann.news(), [] as [&str; 0]);
}

#[test]
fn in_a_group_a_bye_takes_one_member_away_and_no_late_snapshot_brings_it_back() {
    let mut cat = in_group();
    bye(&mut cat, PeerId(2), 1);
    assert!(cat.has(&Output::ClosePeer { peer: PeerId(2) }));
    assert!(cat.sent_bodies().is_empty(), "cat stays");
    assert_eq!(cat.news(), ["left ben"]);
    let mut late = Story::group("cat").call;
    late.rev += 1;
    cat.told(late);
    assert_eq!(cat.news(), [] as [&str; 0]);
    assert!(!cat.has(&Output::OpenPeer { peer: PeerId(3), user: user("ben"), offers: true, relayed: false }));
    cat.told(Story::group("cat").without("ben").call);
    assert_eq!(cat.news(), [] as [&str; 0]);
    cat.told(Story::group("cat").without("ben").again("ben", MemberState::Joined).call);
    assert_eq!(cat.news(), ["joined ben"], "who comes again is another one");
}

#[test]
fn the_last_ones_bye_ends_the_group_call() {
    let mut cat = in_group();
    bye(&mut cat, PeerId(1), 1);
    bye(&mut cat, PeerId(2), 1);
    assert_eq!(cat.sent_bodies(), [because("ben")]);
    assert!(!cat.client.is_busy());
    assert_eq!(cat.news().pop().unwrap(), "end: HangUp by ben after 0");
}

#[test]
fn a_server_that_does_not_answer_a_farewell_is_told_later() {
    let mut ann = connected();
    ann.command(3, Command::HangUp);
    ann.take();
    while ann.outcome(3).is_none() {
        ann.wait();
    }
    assert_eq!(ann.outcome(3), Some(Ok(Completed::Done)));
    assert!(!ann.client.is_busy());
    let login = ann.interrupted(Some(Story::ringing("ann").accepted(false).call));
    assert!(login.resume.is_some());
    let leave = ClientMessage::Leave(Leave { call: call_id(), generation: 1, because: None, at: None });
    assert!(ann.sent_bodies().contains(&leave));
}

#[test]
fn a_member_that_the_server_has_lost_is_shown_only_if_its_media_are_gone_too() {
    let away = |rev, away| {
        let mut story = Story::ringing("ann").accepted(false);
        story.call.rev += rev;
        story.member("ben").away = away;
        story.call
    };
    let mut ann = connected();
    ann.peer(BEN, PeerInput::State(PeerLinkState::Connected));
    ann.take();
    ann.told(away(1, true));
    assert_eq!(ann.news(), [] as [&str; 0], "it is seen and heard");
    ann.peer(BEN, PeerInput::State(PeerLinkState::Reconnecting));
    assert_eq!(ann.news(), ["connection to ben Reconnecting"]);
    let mut ann = in_call();
    ann.told(away(1, true));
    assert_eq!(ann.news(), ["connection to ben Reconnecting"]);
    ann.told(away(2, false));
    assert_eq!(ann.news(), ["connection to ben Connecting"]);
}

#[test]
fn a_member_learns_how_large_it_is_shown_as_soon_as_there_is_a_channel_and_each_time_that_it_is_said() {
    let mut ann = in_call();
    let small = Shows { camera: 240, ..Shows::default() };
    ann.client.handle_shown("ben", small);
    ann.drain();
    assert_eq!(by_channel(&ann), [], "there is no channel yet");
    ann.peer(BEN, PeerInput::Channel(true));
    let said: Vec<_> = by_channel(&ann).into_iter().filter(|(_, signal)| matches!(signal, Signal::Shows(_))).collect();
    assert_eq!(said, [(1, Signal::Shows(small))]);
    ann.take();
    for shows in [small, Shows { camera: 0, screen: 720 }, Shows::default()] {
        ann.client.handle_shown("ben", shows);
        ann.client.handle_shown("cat", shows);
        ann.drain();
        assert_eq!(by_channel(&ann), [(1, Signal::Shows(shows))]);
        assert!(ann.signals().is_empty(), "nothing of it goes by the server");
        ann.take();
    }
}

#[test]
fn who_never_says_how_large_it_shows_somebody_says_nothing_at_all() {
    let mut ann = in_call();
    ann.peer(BEN, PeerInput::Channel(true));
    assert!(by_channel(&ann).iter().all(|(_, signal)| !matches!(signal, Signal::Shows(_))));
}

#[test]
fn no_more_is_sent_than_a_member_shows() {
    let mut ann = connected();
    let shows = Shows { camera: 0, screen: 480 };
    ann.peer(BEN, PeerInput::Signal(Signal::Shows(shows)));
    assert!(ann.has(&Output::Limit { peer: BEN, shows }));
    ann.take();
    ann.hear("ben", Signal::Shows(Shows::default()));
    assert!(!ann.outputs.iter().any(|output| matches!(output, Output::Limit { .. })), "by the channel only");
}
