use crate::{desk::Desk, support::*};
use call_core::{CallError, Command, Completed, Output, SocketEvent};
use call_protocol::*;

const LOGIN_CODES: [(ErrorCode, i32); 6] = [
    (ErrorCode::SigExpired, 70001),
    (ErrorCode::SigEmpty, 70002),
    (ErrorCode::SigMalformed, 70003),
    (ErrorCode::SigWrong, 70009),
    (ErrorCode::SigOtherUser, 70013),
    (ErrorCode::SigOtherApp, 70014),
];

#[test]
fn a_login_connects_says_who_it_is_and_is_ready() {
    let mut ann = Desk::new();
    ann.command(1, Command::Login(account("ann")));
    assert!(ann.has(&Output::Connect));
    assert_eq!(ann.news(), ["link Connecting"]);
    assert_eq!(ann.client.user(), None);

    ann.socket(SocketEvent::Open);
    let (id, login) = ann.sent_login();
    let expected = Login {
        app: 1,
        user: user("ann"),
        sig: "sig".into(),
        device: "device".into(),
        page: "page".into(),
        multi_device: false,
        returns: false,
        resume: None,
    };
    assert_eq!(login, expected);
    let servers = vec![IceServer { urls: vec!["turn:host".into()], username: "u".into(), credential: "c".into() }];
    ann.answer(id, ServerMessage::Welcome(Welcome { ice_servers: servers.clone(), ..welcome(None) }));
    assert!(ann.has(&Output::IceServers(servers)));
    assert_eq!(ann.outcome(1), Some(Ok(Completed::Done)));
    assert_eq!(ann.news(), ["link Connected", "ready"]);
    assert_eq!(ann.client.user(), Some(&user("ann")));
}

#[test]
fn a_refused_login_fails_with_the_contracts_number() {
    for (refused, code) in LOGIN_CODES {
        let mut ann = Desk::new();
        ann.command(1, Command::Login(account("ann")));
        ann.socket(SocketEvent::Open);
        ann.refuse(ann.sent_login().0, refused);
        assert_eq!(ann.failure(1), code);
        assert!(ann.has(&Output::Disconnect));
        assert_eq!(ann.news(), ["link Connecting", "link Disconnected"]);
        assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None), "it does not try again");
    }
}

#[test]
fn after_a_refused_login_another_one_may_succeed() {
    let mut ann = Desk::new();
    ann.command(1, Command::Login(account("ann")));
    ann.socket(SocketEvent::Open);
    ann.refuse(ann.sent_login().0, ErrorCode::SigWrong);
    ann.command(2, Command::Login(account("ann")));
    ann.welcomed(None);
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
}

fn refused_for_now() -> Desk {
    let mut ann = Desk::new();
    ann.command(1, Command::Login(account("ann")));
    ann.socket(SocketEvent::Open);
    ann.refuse(ann.sent_login().0, ErrorCode::Unavailable);
    ann
}

#[test]
fn a_login_that_the_server_can_not_take_just_now_is_tried_again() {
    let mut ann = refused_for_now();
    assert!(ann.has(&Output::Disconnect));
    assert_eq!(ann.outcome(1), None);
    assert!(ann.wait_to_connect() <= 250);
    let login = ann.welcomed(None);
    assert!(!login.returns, "it is still the application's own login");
    assert_eq!(ann.outcome(1), Some(Ok(Completed::Done)));
    assert_eq!(ann.news(), ["link Connecting", "link Connected", "ready"]);
}

#[test]
fn a_login_that_the_server_can_not_take_for_long_fails() {
    let mut ann = refused_for_now();
    let began = ann.now;
    while ann.outcome(1).is_none() {
        ann.wait_to_connect();
        ann.outputs.clear();
        ann.socket(SocketEvent::Open);
        ann.refuse(ann.sent_login().0, ErrorCode::Unavailable);
    }
    assert_eq!(ann.failure(1), CallError::NO_ANSWER);
    assert!((10_000..=18_000).contains(&(ann.now - began)), "after {} ms", ann.now - began);
    assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None), "it does not try again");
}

#[test]
fn who_logs_out_before_the_server_could_take_the_login_is_not_logged_in_later() {
    let mut ann = refused_for_now();
    ann.command(2, Command::Logout);
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
    assert_eq!(ann.failure(1), CallError::NOT_LOGGED_IN);
    assert_eq!(ann.client.poll_timeout(), None);
}

#[test]
fn a_login_that_cannot_connect_fails_once_and_does_not_try_again() {
    for opened in [false, true] {
        let mut ann = Desk::new();
        ann.command(1, Command::Login(account("ann")));
        if opened {
            ann.socket(SocketEvent::Open);
        }
        ann.socket(SocketEvent::Closed(1006));
        assert_eq!(ann.failure(1), CallError::NO_NETWORK);
        assert_eq!(ann.client.poll_timeout(), None);
    }
}

#[test]
fn a_connection_that_neither_opens_nor_fails_is_given_up() {
    let mut ann = Desk::new();
    ann.command(1, Command::Login(account("ann")));
    assert_eq!(ann.wait(), 10_000);
    assert_eq!(ann.failure(1), CallError::NO_NETWORK);
}

#[test]
fn a_login_that_the_server_does_not_answer_fails_and_can_be_repeated() {
    let mut ann = Desk::new();
    ann.command(1, Command::Login(account("ann")));
    ann.socket(SocketEvent::Open);
    assert_eq!(ann.wait(), 15_000);
    assert_eq!(ann.failure(1), CallError::NO_ANSWER);
    assert!(ann.has(&Output::Disconnect));
    ann.take();
    ann.command(2, Command::Login(account("ann")));
    ann.welcomed(None);
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
}

#[test]
fn a_second_login_while_the_first_is_at_work_is_refused() {
    let mut ann = Desk::new();
    ann.command(1, Command::Login(account("ann")));
    ann.command(2, Command::Login(account("ann")));
    assert_eq!(ann.failure(2), CallError::REPEATED);
    ann.welcomed(None);
    assert_eq!(ann.outcome(1), Some(Ok(Completed::Done)));
}

#[test]
fn a_login_of_who_is_logged_in_brings_a_new_user_sig_on_the_same_socket() {
    let mut ann = Desk::logged_in("ann");
    ann.command(2, Command::Login(call_core::Account { sig: "newer".into(), ..account("ann") }));
    assert!(!ann.has(&Output::Connect) && !ann.has(&Output::Disconnect));
    let (id, login) = ann.sent_login();
    assert_eq!(login.sig, "newer");
    ann.answer(id, ServerMessage::Welcome(welcome(None)));
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
    assert_eq!(ann.news(), Vec::<String>::new(), "nothing else has changed");
}

#[test]
fn a_new_user_sig_that_is_refused_leaves_the_session_as_it_was() {
    let mut ann = Desk::logged_in("ann");
    ann.command(2, Command::Login(account("ann")));
    ann.refuse(ann.sent_login().0, ErrorCode::SigExpired);
    assert_eq!(ann.failure(2), 70001);
    assert_eq!(ann.client.user(), Some(&user("ann")));
}

#[test]
fn a_login_during_a_break_takes_the_new_user_sig_along() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.command(2, Command::Login(call_core::Account { sig: "newer".into(), ..account("ann") }));
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
    ann.wait_to_connect();
    let login = ann.welcomed(None);
    assert_eq!((login.sig.as_str(), login.resume.as_deref()), ("newer", Some("token")));
}

#[test]
fn a_login_as_somebody_else_says_goodbye_first() {
    let mut ann = Desk::logged_in("ann");
    ann.told(Story::ringing("ann").accepted(false).call);
    ann.take();
    ann.command(2, Command::Login(account("ben")));
    assert!(matches!(ann.sent_bodies()[..], [ClientMessage::Leave(_), ClientMessage::Logout]));
    let line = |output: &Output| matches!(output, Output::Disconnect);
    let (left, connects) =
        (ann.outputs.iter().position(line), ann.outputs.iter().rposition(|it| *it == Output::Connect));
    assert!(left < connects, "{:?}", ann.outputs);
    let login = ann.welcomed(None);
    assert_eq!((login.user, login.resume), (user("ben"), None), "another session");
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
}

#[test]
fn nothing_is_possible_without_a_login() {
    let mut ann = Desk::new();
    let commands =
        [Command::Invite(new_call("ben")), Command::Accept, Command::Reject, Command::HangUp, Command::Logout];
    for (command, id) in commands.into_iter().zip(1..) {
        ann.command(id, command);
        assert_eq!(ann.failure(id), CallError::NOT_LOGGED_IN);
    }
    ann.told(Story::ringing("ben").call);
    assert!(ann.events().is_empty() && !ann.client.is_busy());
}

#[test]
fn a_logout_ends_the_call_here_tells_the_server_and_closes() {
    let mut ann = Desk::logged_in("ann");
    ann.told(Story::ringing("ann").accepted(false).call);
    ann.take();
    ann.now += 1500;
    ann.command(2, Command::Logout);
    assert_eq!(ann.outcome(2), Some(Ok(Completed::Done)));
    assert!(matches!(ann.sent_bodies()[..], [ClientMessage::Leave(_), ClientMessage::Logout]));
    assert!(ann.has(&Output::ReleaseMedia) && ann.has(&Output::Disconnect));
    assert_eq!(ann.news(), ["end: HangUp by ann after 1500", "link Disconnected"]);
    assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None));
    ann.told(Story::ringing("ann").accepted(false).call);
    assert!(ann.outputs.is_empty(), "what comes late is nothing");
}

#[test]
fn several_devices_are_asked_for_with_every_login_and_at_once() {
    let mut ann = Desk::new();
    ann.allow_devices(true);
    assert!(ann.outputs.is_empty(), "not logged in");
    ann.command(1, Command::Login(account("ann")));
    assert!(ann.welcomed(None).multi_device);
    ann.take();
    ann.allow_devices(true);
    ann.allow_devices(false);
    let (id, login) = ann.sent_login();
    assert!(!login.multi_device && login.resume.is_some(), "once, because only the second changes it");
    ann.answer(id, ServerMessage::Welcome(welcome(None)));
    assert_eq!(ann.news(), Vec::<String>::new(), "told to the server only");
}
