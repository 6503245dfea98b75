//! How far a connection is made while the call rings.

use crate::{desk::Desk, support::*};
use ConnectWhileRinging::{Always, Off, Prepare, Relay};
use call_core::{Command, Order, Output, PeerId, PeerInput};
use call_protocol::*;

const PEER: PeerId = PeerId(1);

/// Good for an hour after the server's time of the welcome.
fn turn() -> Vec<IceServer> {
    vec![IceServer { urls: vec!["turn:example.org".into()], username: "3605:1:ann".into(), credential: "c".into() }]
}

/// Logged in where the server allows so much; `wanted` by the application.
fn desk(name: &str, allowed: ConnectWhileRinging, wanted: Option<ConnectWhileRinging>, turn: Vec<IceServer>) -> Desk {
    let mut desk = Desk::seeded(1);
    if let Some(wanted) = wanted {
        desk.client.connect_while_ringing(wanted);
    }
    desk.command(1, Command::Login(account(name)));
    desk.socket(call_core::SocketEvent::Open);
    let (id, _) = desk.sent_login();
    desk.answer(id, ServerMessage::Welcome(Welcome { connect: allowed, ice_servers: turn, ..welcome(None) }));
    desk.take();
    desk
}

/// ben is rung by ann, whose offer he has applied if that is what he does.
fn rung(mut ben: Desk, alone: bool) -> Desk {
    let (call, offer) = (Story::ringing("ben").call, Some(description("offer")));
    ben.answer(0, ServerMessage::Call(CallUpdate { call, offer, alone }));
    ben.peer(PEER, PeerInput::RemoteApplied);
    ben
}

fn answers(desk: &Desk) -> bool {
    desk.has(&Output::Negotiate { peer: PEER, order: Order::MakeAnswer })
}

fn opened(desk: &Desk) -> Option<bool> {
    desk.outputs.iter().find_map(|output| match output {
        Output::OpenPeer { relayed, .. } => Some(*relayed),
        _ => None,
    })
}

fn made_answer(desk: &mut Desk, sdp: &str) {
    desk.peer(PEER, PeerInput::LocalDescription { kind: DescriptionKind::Answer, sdp: sdp.into() });
}

fn found(desk: &mut Desk, text: &str) {
    desk.peer(PEER, PeerInput::Candidate { candidate: text.into(), mid: None, index: None });
}

/// How far each combination goes: not at all, prepared, connected by relay only, connected.
#[test]
fn the_application_asks_the_server_caps_and_relay_needs_turn() {
    let reach = |allowed, wanted, turn| {
        let ben = rung(desk("ben", allowed, wanted, turn), true);
        match (opened(&ben), answers(&ben)) {
            (None, false) => Off,
            (Some(false), false) => Prepare,
            (Some(true), true) => Relay,
            (Some(false), true) => Always,
            other => panic!("{other:?}"),
        }
    };
    for allowed in [Off, Prepare, Relay, Always] {
        let without_turn = |mode| if mode == Relay { Prepare } else { mode };
        assert_eq!(reach(allowed, None, turn()), allowed, "what the server allows is the default");
        assert_eq!(reach(allowed, None, vec![]), without_turn(allowed));
        for wanted in [Off, Prepare, Relay, Always] {
            let mode = wanted.min(allowed);
            assert_eq!(reach(allowed, Some(wanted), turn()), mode);
            assert_eq!(reach(allowed, Some(wanted), vec![]), without_turn(mode));
        }
    }
}

#[test]
fn prepared_nothing_of_the_callee_leaves_before_it_accepts() {
    let mut ben = rung(desk("ben", Prepare, None, turn()), true);
    ben.hear("ann", Signal::Resend);
    assert!(ben.signals().is_empty());
    assert!(!answers(&ben), "no local description, so the browser gathers nothing");
    ben.command(2, Command::Accept);
    assert!(answers(&ben));
}

#[test]
fn with_another_device_ringing_it_only_prepares() {
    for mode in [Relay, Always] {
        let ben = rung(desk("ben", mode, None, turn()), false);
        assert_eq!((opened(&ben), answers(&ben)), (Some(false), false));
    }
}

#[test]
fn connected_while_it_rings_nothing_goes_live_before_it_accepts() {
    let mut ben = rung(desk("ben", Always, None, vec![]), true);
    made_answer(&mut ben, "answer");
    assert_eq!(ben.signals(), [(user("ann"), answer("answer"))]);
    let goes_live =
        |desk: &Desk| desk.outputs.iter().any(|it| matches!(it, Output::GoLive { .. } | Output::StartMicrophone));
    assert!(!goes_live(&ben));
    ben.take();
    ben.command(2, Command::Accept);
    assert!(!goes_live(&ben));
    assert_eq!(ben.signals(), [(user("ann"), answer("answer"))], "said again: another device may have answered, too");
    ben.told(Story::ringing("ben").accepted(true).call);
    assert!(goes_live(&ben));
}

#[test]
fn off_the_offer_is_asked_for_when_it_is_accepted() {
    let mut ben = rung(desk("ben", Off, None, turn()), true);
    ben.command(2, Command::Accept);
    ben.told(Story::ringing("ben").accepted(true).call);
    assert!(ben.signals().contains(&(user("ann"), Signal::Resend)));
    let mut ann = desk("ann", Off, None, turn());
    ann.command(2, Command::Invite(new_call("ben")));
    assert!(opened(&ann).is_none(), "and the caller makes none before");
    assert!(matches!(ann.request().body, ClientMessage::Invite(Invite { offer: None, .. })));
    ann.told(Story::ringing("ann").call);
    assert!(opened(&ann).is_none());
    ann.told(Story::ringing("ann").accepted(false).call);
    assert_eq!(opened(&ann), Some(false));
    assert!(ann.has(&Output::Negotiate { peer: PEER, order: Order::MakeOffer { ice_restart: false } }));
}

#[test]
fn relayed_until_accepted_then_any_way_is_tried_by_one_restart() {
    let mut ann = desk("ann", Relay, None, turn());
    ann.command(2, Command::Invite(new_call("ben")));
    assert_eq!(opened(&ann), Some(true));
    ann.made_offer(PEER);
    ann.told(Story::ringing("ann").call);
    ann.hear("ben", answer("answer"));
    ann.peer(PEER, PeerInput::RemoteApplied);
    ann.take();
    ann.told(Story::ringing("ann").accepted(false).call);
    assert!(ann.has(&Output::LiftRelay { peer: PEER }));
    assert!(ann.has(&Output::Negotiate { peer: PEER, order: Order::MakeOffer { ice_restart: true } }));

    let restarts = |remote: &str| {
        let mut ben = rung(desk("ben", Relay, None, turn()), true);
        ben.hear("ann", Signal::Candidate(candidate(remote)));
        made_answer(&mut ben, "answer");
        ben.command(2, Command::Accept);
        ben.take();
        ben.told(Story::ringing("ben").accepted(true).call);
        assert!(ben.has(&Output::LiftRelay { peer: PEER }));
        ben.has(&Output::Negotiate { peer: PEER, order: Order::MakeOffer { ice_restart: true } })
    };
    assert!(!restarts("candidate:1 1 udp 1 192.0.2.1 9 typ relay"), "the caller is relayed as well and does it");
    assert!(restarts("candidate:1 1 udp 1 192.0.2.1 9 typ host"), "the caller is not, and knows of nothing to do");
}

#[test]
fn accepted_on_another_device_than_the_one_connected_to_a_fresh_connection_is_made() {
    let mut ann = desk("ann", Always, None, vec![]);
    ann.command(2, Command::Invite(new_call("ben")));
    ann.made_offer(PEER);
    ann.told(Story::ringing("ann").call);
    ann.hear("ben", answer("of the phone"));
    ann.peer(PEER, PeerInput::RemoteApplied);
    found(&mut ann, "mine");
    ann.take();
    ann.hear("ben", answer("of the phone"));
    ann.hear("ben", answer("of the computer"));
    assert!(ann.outputs.is_empty(), "nobody has accepted yet");
    ann.told(Story::ringing("ann").accepted(false).call);
    assert!(ann.has(&Output::ClosePeer { peer: PEER }));
    assert!(ann.has(&Output::Negotiate { peer: PeerId(2), order: Order::MakeOffer { ice_restart: false } }));
    assert!(ann.has(&Output::GoLive { peer: PeerId(2) }));
}

#[test]
fn a_fork_that_shows_after_the_acceptance_is_left_too() {
    let mut ann = desk("ann", Always, None, vec![]);
    ann.command(2, Command::Invite(new_call("ben")));
    ann.made_offer(PEER);
    ann.told(Story::ringing("ann").call);
    ann.hear("ben", answer("of the phone"));
    ann.peer(PEER, PeerInput::RemoteApplied);
    ann.told(Story::ringing("ann").accepted(false).call);
    ann.take();
    ann.hear("ben", answer("of the phone"));
    assert!(!ann.has(&Output::ClosePeer { peer: PEER }));
    ann.hear("ben", answer("of the computer"));
    assert!(ann.has(&Output::ClosePeer { peer: PEER }) && ann.has(&Output::GoLive { peer: PeerId(2) }));
}

#[test]
fn turn_credentials_are_renewed_before_they_expire() {
    let mut ann = desk("ann", Relay, None, turn());
    ann.beaten_until(40 * 60_000);
    let (id, login) = ann.sent_login();
    assert_eq!(login.resume.as_deref(), Some("token"));
    ann.take();
    ann.answer(id, ServerMessage::Welcome(Welcome { ice_servers: turn(), ..welcome(None) }));
    assert_eq!(ann.take(), [Output::IceServers(turn())]);
    ann.beaten_until(39 * 60_000);
    assert!(ann.sent().iter().all(|frame| !matches!(frame.body, ClientMessage::Login(_))));
    ann.beaten_until(60_000);
    ann.refuse(ann.sent_login().0, ErrorCode::SigExpired);
    assert!(ann.events().is_empty(), "a running call goes on");
    let unnamed = IceServer { username: "somebody".into(), ..turn()[0].clone() };
    for servers in [vec![], vec![unnamed]] {
        let mut ann = desk("ann", Relay, None, servers);
        ann.beaten_until(3 * 3_600_000);
        assert!(ann.sent().iter().all(|frame| !matches!(frame.body, ClientMessage::Login(_))), "nothing to renew");
    }
}
