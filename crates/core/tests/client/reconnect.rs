use crate::{desk::Desk, placing::in_call, support::*};
use call_core::{Output, SocketEvent};
use call_protocol::*;

/// How long it bears that the server says nothing, out of a call.
const SILENCE: Millis = 40_000;

/// How long a client waits before each of so many attempts that all fail.
fn delays(seed: u64, attempts: usize) -> Vec<Millis> {
    let mut ann = Desk::seeded(seed).log_in("ann");
    let mut delays = Vec::new();
    for _ in 0..attempts {
        ann.socket(SocketEvent::Closed(1006));
        delays.push(ann.wait_to_connect());
    }
    delays
}

#[test]
fn the_back_off_doubles_up_to_a_ceiling_with_jitter_over_its_upper_half() {
    for seed in [1, 2] {
        let ceilings = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000];
        for (delay, ceiling) in delays(seed, ceilings.len()).into_iter().zip(ceilings) {
            assert!((ceiling / 2..=ceiling).contains(&delay), "{delay} of {ceiling}");
        }
    }
    assert_ne!(delays(1, 6), delays(2, 6), "two clients do not come back at the same moments");
    assert_eq!(delays(1, 6), delays(1, 6));
}

#[test]
fn the_back_off_begins_anew_after_a_success() {
    let mut ann = Desk::logged_in("ann");
    for _ in 0..5 {
        ann.socket(SocketEvent::Closed(1006));
        ann.wait_to_connect();
    }
    ann.welcomed(None);
    ann.socket(SocketEvent::Closed(1006));
    assert!(ann.wait_to_connect() <= 250);
}

#[test]
fn a_break_is_shown_once_and_so_is_its_end() {
    let mut ann = Desk::logged_in("ann");
    for _ in 0..3 {
        ann.socket(SocketEvent::Closed(1006));
        assert!(ann.has(&Output::Disconnect));
        ann.wait_to_connect();
    }
    ann.welcomed(None);
    assert_eq!(ann.news(), ["link Reconnecting", "link Connected"]);
}

#[test]
fn a_connection_that_does_not_open_is_tried_again() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    assert!(ann.wait_to_connect() >= 10_000);
    ann.welcomed(None);
    assert_eq!(ann.client.user(), Some(&user("ann")));
}

#[test]
fn a_login_that_is_not_answered_after_a_break_is_tried_again() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    ann.take();
    ann.wait_to_connect();
    let login = ann.welcomed(None);
    assert_eq!(login.resume.as_deref(), Some("token"));
    assert_eq!(ann.news(), ["link Connected"]);
}

#[test]
fn the_newest_resume_token_goes_along() {
    let mut ann = Desk::logged_in("ann");
    assert_eq!(ann.interrupted(None).resume.as_deref(), Some("token"));
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    ann.answer(ann.sent_login().0, ServerMessage::Welcome(Welcome { resume: "second".into(), ..welcome(None) }));
    assert_eq!(ann.interrupted(None).resume.as_deref(), Some("second"));
}

#[test]
fn with_a_resume_token_that_is_not_good_it_logs_in_without_one_on_the_same_socket() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    let (first, _) = ann.sent_login();
    ann.take();
    ann.refuse(first, ErrorCode::BadResumeToken);
    let (id, login) = ann.sent_login();
    assert_eq!((login.resume, ann.has(&Output::Disconnect)), (None, false));
    assert!(ann.client.poll_timeout().unwrap() > ann.now, "it has its full time to be answered");
    ann.answer(id, ServerMessage::Welcome(welcome(None)));
    assert_eq!(ann.news(), ["link Connected"]);
}

#[test]
fn it_comes_back_without_ending_a_login_on_another_device() {
    let mut ann = in_call();
    ann.take();
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    let (resumes, _) = ann.sent_login();
    ann.take();
    ann.refuse(resumes, ErrorCode::BadResumeToken);
    let (id, login) = ann.sent_login();
    assert!(login.returns, "nobody has asked for it");
    ann.take();
    ann.refuse(id, ErrorCode::LoggedInElsewhere);
    let news = ann.news();
    assert!(news[0].starts_with("end: Unknown by nobody"), "{news:?}");
    assert_eq!(news[1..], ["link Disconnected", "kicked"]);
    assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None), "it stays away");
}

#[test]
fn close_codes_below_4500_mean_come_back() {
    for code in [1000, 1001, 1006, 1011, 4000, 4008, 4009, 4499, 5000] {
        let mut ann = Desk::logged_in("ann");
        ann.socket(SocketEvent::Closed(code));
        assert!(ann.wait_to_connect() <= 250, "{code}");
        assert_eq!(ann.client.user(), Some(&user("ann")));
    }
}

#[test]
fn a_server_that_cannot_log_in_for_the_moment_is_asked_again_with_the_same_token() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    ann.refuse(ann.sent_login().0, ErrorCode::Unavailable);
    assert_eq!(ann.client.user(), Some(&user("ann")));
    ann.take();
    ann.wait_to_connect();
    assert_eq!(ann.welcomed(None).resume.as_deref(), Some("token"));
}

#[test]
fn a_login_refused_for_good_after_a_break_ends_the_session() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    ann.refuse(ann.sent_login().0, ErrorCode::SigOtherApp);
    assert_eq!(ann.news(), ["link Reconnecting", "link Disconnected"]);
    assert_eq!((ann.client.user(), ann.client.poll_timeout()), (None, None));
}

#[test]
fn a_user_sig_that_expired_during_the_break_is_told() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    ann.refuse(ann.sent_login().0, ErrorCode::SigExpired);
    assert_eq!(ann.news(), ["link Reconnecting", "userSig expired", "link Disconnected"]);
}

#[test]
fn a_server_that_will_stop_is_left_in_time_without_a_break() {
    let mut ann = Desk::logged_in("ann");
    ann.answer(0, ServerMessage::GoAway(GoAway { after: 700 }));
    assert!(ann.outputs.is_empty());
    assert_eq!(ann.wait(), 700);
    assert_eq!(ann.take(), [Output::Connect]);
    assert_eq!(ann.welcomed(None).resume.as_deref(), Some("token"));
    assert_eq!(ann.client.poll_timeout(), Some(ann.now + SILENCE), "moved once");
}

#[test]
fn a_server_that_stops_earlier_than_it_said_leaves_nothing_overdue() {
    let mut ann = Desk::logged_in("ann");
    for _ in 0..5 {
        ann.socket(SocketEvent::Closed(1006));
        ann.wait_to_connect();
    }
    ann.welcomed(None);
    ann.answer(0, ServerMessage::GoAway(GoAway { after: 10 }));
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.wait();
    ann.wait_to_connect();
    ann.welcomed(None);
    assert_eq!(ann.client.poll_timeout(), Some(ann.now + SILENCE));
}

#[test]
fn a_server_that_falls_silent_is_left_for_a_new_connection() {
    let mut ann = Desk::logged_in("ann");
    ann.beaten_until(60_000);
    assert_eq!(ann.news(), [] as [&str; 0]);
    assert_eq!(ann.wait(), SILENCE);
    assert_eq!(ann.news(), ["link Reconnecting"]);
    ann.wait_to_connect();
    let mut ann = in_call();
    ann.peer(call_core::PeerId(1), call_core::PeerInput::State(call_core::PeerLinkState::Connected));
    ann.take();
    assert_eq!(ann.wait(), 12_000, "sooner in a call");
    assert_eq!(ann.news(), ["link Reconnecting"]);
}

#[test]
fn a_network_that_is_there_again_is_used_at_once() {
    let mut ann = Desk::logged_in("ann");
    ann.client.handle_online(ann.now);
    ann.drain();
    assert_eq!(ann.take(), [Output::Connect], "what went by the old one may be dead without knowing");
    ann.welcomed(None);
    for _ in 0..5 {
        ann.socket(SocketEvent::Closed(1006));
        ann.wait_to_connect();
    }
    ann.socket(SocketEvent::Closed(1006));
    ann.take();
    ann.client.handle_online(ann.now);
    ann.drain();
    assert_eq!(ann.take(), [Output::Connect]);
}

#[test]
fn in_a_call_it_looks_for_the_server_more_often() {
    let longest = |mut desk: Desk| {
        let waits = (0..20).map(|_| {
            desk.socket(SocketEvent::Closed(1006));
            desk.wait_to_connect()
        });
        waits.max().unwrap()
    };
    assert!(longest(in_call()) <= 2_000);
    assert!(longest(Desk::logged_in("ann")) > 4_000);
}

#[test]
fn a_login_that_came_too_late_is_tried_again() {
    let mut ann = Desk::logged_in("ann");
    ann.socket(SocketEvent::Closed(1006));
    ann.wait_to_connect();
    ann.socket(SocketEvent::Open);
    ann.take();
    ann.socket(SocketEvent::Closed(CloseCode::NotLoggedIn.number()));
    assert!(ann.events().is_empty(), "it is still on its way back");
    ann.wait_to_connect();
    ann.welcomed(None);
    assert_eq!(ann.news(), ["link Connected"]);
}
