use crate::{
    answering::{prepared, rung},
    desk::Desk,
    placing::{inviting, placed},
    support::*,
};
use call_core::{CallEvent, Command, Order, Output, PeerId, PeerInput, PeerLinkState};
use call_protocol::*;

fn in_call() -> Desk {
    let mut ann = placed();
    ann.told(Story::ringing("ann").accepted(false).call);
    ann.hear("ben", answer("answer"));
    ann.peer(PeerId(1), PeerInput::RemoteApplied);
    ann.take();
    ann
}

fn orders(desk: &Desk, of: u32) -> Vec<Order> {
    let order = |output: &Output| match output {
        Output::Negotiate { peer: PeerId(id), order } if *id == of => Some(order.clone()),
        _ => None,
    };
    desk.outputs.iter().filter_map(order).collect()
}

fn opened(desk: &Desk) -> Vec<(u32, &str, bool)> {
    let open = |output: &Output| match output {
        Output::OpenPeer { peer, user, offers, .. } => {
            Some((peer.0, ["ann", "ben", "cat"].into_iter().find(|name| user.as_str() == *name)?, *offers))
        }
        _ => None,
    };
    desk.outputs.iter().filter_map(open).collect()
}

fn went_live(desk: &Desk) -> Vec<u32> {
    let live = |output: &Output| if let Output::GoLive { peer } = output { Some(peer.0) } else { None };
    desk.outputs.iter().filter_map(live).collect()
}

#[test]
fn candidates_that_come_before_the_offer_are_added_after_it() {
    let mut ben = rung();
    ben.hear("ann", Signal::Candidate(candidate("1")));
    ben.hear("ann", Signal::Candidate(candidate("2")));
    assert!(ben.outputs.is_empty());
    ben.rung(Story::ringing("ben").call);
    ben.command(2, Command::Accept);
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.take();
    ben.peer(PeerId(1), PeerInput::RemoteApplied);
    let expected = [Order::AddCandidate(candidate("1")), Order::AddCandidate(candidate("2")), Order::MakeAnswer];
    assert_eq!(orders(&ben, 1), expected);
}

#[test]
fn candidates_of_the_caller_are_added_while_it_rings() {
    let mut ben = prepared();
    ben.hear("ann", Signal::Candidate(candidate("1")));
    assert_eq!(orders(&ben, 1), [Order::AddCandidate(candidate("1"))]);
}

#[test]
fn an_answer_that_comes_before_the_server_says_who_accepted_is_applied() {
    let mut ann = placed();
    ann.hear("ben", answer("answer"));
    assert!(matches!(orders(&ann, 1)[..], [Order::ApplyRemote(_)]));
    ann.peer(PeerId(1), PeerInput::RemoteApplied);
    assert!(went_live(&ann).is_empty(), "but nothing is sent yet");
    ann.told(Story::ringing("ann").accepted(false).call);
    assert_eq!(went_live(&ann), [1]);
}

#[test]
fn a_member_goes_live_once() {
    let mut ann = placed();
    let mut call = Story::ringing("ann").accepted(false).call;
    for _ in 0..3 {
        ann.told(call.clone());
        call.rev += 1;
    }
    assert_eq!(went_live(&ann), [1]);
    assert_eq!(opened(&ann), [], "and stays on the connection that it rang with");
}

#[test]
fn a_callee_that_never_got_the_offer_asks_for_it() {
    let mut ben = rung();
    ben.told(Story::ringing("ben").accepted(true).call);
    assert_eq!(opened(&ben), [(1, "ann", false)]);
    assert_eq!(ben.signals()[0], (user("ann"), Signal::Resend));
}

#[test]
fn who_is_asked_to_resend_describes_its_connection_and_its_media() {
    let mut ann = placed();
    ann.hear("ben", Signal::Resend);
    assert_eq!(ann.signals(), [(user("ben"), description("offer"))]);
    ann.told(Story::ringing("ann").accepted(false).call);
    ann.take();
    ann.hear("ben", Signal::Resend);
    let nothing = MediaState { generation: 1, ..MediaState::default() };
    assert_eq!(ann.signals(), [(user("ben"), Signal::Media(nothing)), (user("ben"), description("offer"))]);
}

#[test]
fn a_failed_connection_is_restarted_by_the_first_offerer_alone() {
    let mut ann = in_call();
    ann.peer(PeerId(1), PeerInput::State(PeerLinkState::Connected));
    ann.take();
    ann.peer(PeerId(1), PeerInput::State(PeerLinkState::Failed));
    assert_eq!(orders(&ann, 1), [Order::MakeOffer { ice_restart: true }]);
    assert_eq!(ann.events(), [CallEvent::PeerLink { user: user("ben"), state: PeerLinkState::Failed }]);

    let mut ben = prepared();
    ben.command(2, Command::Accept);
    ben.peer(PeerId(1), PeerInput::LocalDescription { kind: DescriptionKind::Answer, sdp: "answer".into() });
    ben.told(Story::ringing("ben").accepted(true).call);
    ben.peer(PeerId(1), PeerInput::State(PeerLinkState::Connected));
    ben.take();
    ben.peer(PeerId(1), PeerInput::State(PeerLinkState::Failed));
    assert_eq!(orders(&ben, 1), []);
    assert_eq!(ben.news(), ["connection to ann Failed"]);
}

#[test]
fn other_states_of_a_connection_are_only_shown() {
    let mut ann = in_call();
    for state in [PeerLinkState::Connecting, PeerLinkState::Connected, PeerLinkState::Reconnecting] {
        ann.peer(PeerId(1), PeerInput::State(state));
        assert_eq!(ann.take(), [Output::Emit(CallEvent::PeerLink { user: user("ben"), state })]);
    }
}

#[test]
fn a_failed_order_in_a_running_call_is_logged_and_ends_nothing() {
    let mut ann = in_call();
    ann.peer(PeerId(1), PeerInput::State(PeerLinkState::Failed));
    ann.take();
    ann.peer(PeerId(1), PeerInput::Failed("out of memory".into()));
    assert!(matches!(&ann.outputs[..], [Output::Log(text)] if text.contains("ben") && text.contains("out of memory")));
    assert!(ann.client.in_call());
}

#[test]
fn what_a_closed_connection_reports_late_is_ignored() {
    let (mut ann, invite) = inviting();
    ann.refuse(invite, ErrorCode::InAnotherCall);
    ann.take();
    let reports = [
        PeerInput::LocalDescription { kind: DescriptionKind::Offer, sdp: "late".into() },
        PeerInput::RemoteApplied,
        PeerInput::Failed("late".into()),
        PeerInput::Candidate { candidate: "late".into(), mid: None, index: None },
        PeerInput::State(PeerLinkState::Failed),
        PeerInput::Channel(true),
        PeerInput::Signal(Signal::Ping),
    ];
    for report in reports {
        ann.peer(PeerId(1), report);
        assert!(ann.outputs.is_empty());
    }
}

#[test]
fn signals_of_strangers_and_of_other_calls_are_ignored() {
    let mut ann = in_call();
    ann.hear("eve", Signal::Media(MediaState { generation: 1, n: 9, audio: true, video: true, screen: true }));
    ann.hear("eve", Signal::Resend);
    let elsewhere = SignalFrom { call: CallId::from_bits([9; 16]), from: user("ben"), signal: Signal::Resend };
    ann.answer(0, ServerMessage::Signal(elsewhere));
    assert!(ann.outputs.is_empty());
}

#[test]
fn in_a_group_each_pair_has_a_connection_and_who_joined_later_offers() {
    for (viewer, expected) in [
        ("ann", [(1, "ben", false), (2, "cat", false)]),
        ("ben", [(1, "ann", true), (2, "cat", false)]),
        ("cat", [(1, "ann", true), (2, "ben", true)]),
    ] {
        let mut desk = Desk::logged_in(viewer);
        desk.told(Story::group(viewer).call);
        assert_eq!(opened(&desk), expected, "{viewer}");
        for (peer, _, offers) in expected {
            let wanted: &[Order] = if offers { &[Order::MakeOffer { ice_restart: false }] } else { &[] };
            assert_eq!(orders(&desk, peer), wanted);
        }
        assert_eq!(went_live(&desk), [1, 2]);
    }
}

#[test]
fn a_member_that_leaves_takes_its_own_connection_along_and_no_other() {
    let mut ann = Desk::logged_in("ann");
    ann.told(Story::group("ann").call);
    ann.take();
    ann.told(Story::group("ann").without("ben").call);
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }) && !ann.has(&Output::ClosePeer { peer: PeerId(2) }));
    assert_eq!(ann.news(), ["left ben"]);
}

#[test]
fn a_member_that_comes_back_gets_a_new_connection() {
    let mut ann = Desk::logged_in("ann");
    ann.told(Story::group("ann").call);
    ann.take();
    ann.told(Story::group("ann").without("ben").again("ben", MemberState::Joined).call);
    assert!(ann.has(&Output::ClosePeer { peer: PeerId(1) }));
    assert_eq!((opened(&ann), went_live(&ann)), (vec![(3, "ben", false)], vec![3]));
}

#[test]
fn signals_that_come_before_their_member_has_joined_are_kept_up_to_a_limit() {
    let mut cat = Desk::logged_in("ann");
    let mut call = Story::group("ann").call;
    call.members[2].state = MemberState::Ringing;
    call.members[2].joined_at = None;
    cat.told(call);
    cat.take();
    cat.hear("cat", description("offer"));
    for number in 0..200 {
        cat.hear("cat", Signal::Candidate(candidate(&number.to_string())));
    }
    assert!(cat.outputs.is_empty());
    let mut joined = Story::group("ann").call;
    joined.rev += 1;
    cat.told(joined);
    assert!(matches!(orders(&cat, 2)[..], [Order::ApplyRemote(_)]));
    cat.peer(PeerId(2), PeerInput::RemoteApplied);
    assert_eq!(orders(&cat, 2).len(), 1 + 63 + 1, "an offer, candidates and the answer");
}
