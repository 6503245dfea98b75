//! Sockets break, pages are replaced: what becomes of the call.

use crate::support::{Client, Got, Lost, Sent, Server, call_id, member, quick, state};
use call_protocol::{BeatAnswer, ErrorCode, MemberState, Phase, Reason, Snapshot};

/// Both are in a call and have seen that it is connected.
async fn connected(server: &Server) -> (Client, Client, Snapshot) {
    let mut ann = Client::login(server, "ann").await;
    let mut bob = Client::login(server, "bob").await;
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    bob.snapshot().await;
    let call = ann.snapshot().await;
    assert_eq!(call.phase, Phase::Connected);
    (ann, bob, call)
}

#[tokio::test]
async fn a_call_survives_a_lost_socket() {
    let server = Server::start().await;
    let (mut ann, bob, call) = connected(&server).await;
    let bob = bob.lose_socket();
    let lost = ann.snapshot().await;
    assert!(member(&lost, "bob").away);
    assert_eq!((lost.phase, state(&lost, "bob")), (Phase::Connected, MemberState::Joined));

    let (mut bob, welcome) = bob.resume(&server).await;
    let resumed = welcome.call.unwrap();
    assert_eq!((&resumed.id, resumed.phase), (&call.id, Phase::Connected));
    assert!(member(&resumed, "bob").here && !member(&resumed, "bob").away);
    assert!(resumed.rev > lost.rev);
    let back = ann.snapshot().await;
    assert!(!member(&back, "bob").away);

    bob.leave(&resumed).await.unwrap();
    assert_eq!(ann.snapshot().await.end.unwrap().reason, Reason::HangUp);
}

#[tokio::test]
async fn who_does_not_come_back_is_offline() {
    let server = Server::start_with(|config| config.timings = quick()).await;
    let (mut ann, bob, _) = connected(&server).await;
    let bob = bob.lose_socket();
    assert!(member(&ann.snapshot().await, "bob").away);
    let ended = ann.snapshot().await;
    assert_eq!((ended.phase, state(&ended, "bob")), (Phase::Ended, MemberState::Offline));
    assert_eq!(ended.end.as_ref().unwrap().reason, Reason::Offline);

    // The session is over as well: its timer was set first.
    let error = Client::connect(server.address).await.try_login(bob.login(&server)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::BadResumeToken.number());
}

#[tokio::test]
async fn the_end_of_a_call_is_told_on_return() {
    let server = Server::start().await;
    let (mut ann, bob, call) = connected(&server).await;
    let bob = bob.lose_socket();
    ann.snapshot().await;
    ann.leave(&call).await.unwrap();
    ann.snapshot().await;
    let (mut bob, welcome) = bob.resume(&server).await;
    let ended = welcome.call.unwrap();
    assert_eq!((&ended.id, ended.phase), (&call.id, Phase::Ended));
    assert_eq!(ended.end.unwrap().reason, Reason::HangUp);

    // Once is enough.
    bob.hears_nothing().await;
    let (_bob, welcome) = bob.lose_socket().resume(&server).await;
    assert_eq!(welcome.call, None);
}

#[tokio::test]
async fn a_reloaded_page_ends_the_old_pages_part_at_once() {
    let server = Server::start().await;
    let (mut ann, bob, _) = connected(&server).await;
    drop(bob);
    assert!(member(&ann.snapshot().await, "bob").away);
    let (_bob, welcome) = Client::login_on(&server, "bob", "device of bob").await;
    assert_eq!(welcome.call, None);
    let ended = ann.snapshot().await;
    assert_eq!((ended.phase, state(&ended, "bob")), (Phase::Ended, MemberState::Offline));
}

#[tokio::test]
async fn logging_out_ends_the_part_in_a_call() {
    let server = Server::start().await;
    let (mut ann, mut bob, _) = connected(&server).await;
    bob.ask(Sent::Logout).await.unwrap();
    let last = bob.snapshot().await;
    assert_eq!((last.phase, state(&last, "bob")), (Phase::Ended, MemberState::Left));
    assert_eq!(bob.close_code().await, Some(1000));
    assert_eq!(ann.snapshot().await.phase, Phase::Ended);

    let again = bob.lose_socket().login(&server);
    Client::connect(server.address).await.try_login(again).await.unwrap_err();
}

#[tokio::test]
async fn a_lost_caller_comes_back_while_it_rings() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    let ann = ann.lose_socket();
    assert!(member(&bob.snapshot().await, "ann").away);
    let (mut ann, welcome) = ann.resume(&server).await;
    assert_eq!(welcome.call.unwrap().id, call.id);
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    assert_eq!(ann.snapshot().await.phase, Phase::Connected);
}

#[tokio::test]
async fn a_lost_caller_that_stays_away_ends_the_ringing() {
    let server = Server::start_with(|config| config.timings = quick()).await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    ann.call(&["bob"]).await;
    bob.snapshot().await;
    drop(ann);
    assert!(member(&bob.snapshot().await, "ann").away);
    let ended = bob.snapshot().await;
    assert_eq!((ended.phase, state(&ended, "bob")), (Phase::Ended, MemberState::Cancelled));
    assert_eq!(ended.end.unwrap().reason, Reason::Offline);
}

#[tokio::test]
async fn another_connection_takes_over_without_the_peers_noticing() {
    let server = Server::start().await;
    let (ann, mut bob, call) = connected(&server).await;
    // The old socket is still there, as far as the server knows.
    let again = Lost { name: "ann".into(), resume: ann.resume.clone() };
    let (_ann, welcome) = again.resume(&server).await;
    assert_eq!(welcome.call.unwrap().id, call.id);
    bob.hears_nothing().await;
}

#[tokio::test]
async fn a_beat_that_names_an_old_revision_is_answered_with_the_newest() {
    let server = Server::start().await;
    let (mut ann, _bob, call) = connected(&server).await;
    let beat = |rev| Sent::Beat(BeatAnswer { call: Some(call.id.clone()), rev, heard: vec![] });
    ann.send(0, beat(call.rev)).await;
    ann.hears_nothing().await;
    ann.send(0, beat(call.rev - 1)).await;
    let told = ann.snapshot().await;
    assert_eq!((told.id, told.rev), (call.id.clone(), call.rev));
}

#[tokio::test]
async fn a_beat_that_names_a_call_nobody_knows_is_answered_with_gone() {
    let server = Server::start().await;
    let (_ann, _bob, call) = connected(&server).await;
    let mut eve = Client::login(&server, "eve").await;
    for id in [call_id(), call.id] {
        eve.send(0, Sent::Beat(BeatAnswer { call: Some(id.clone()), rev: 3, heard: vec![] })).await;
        let Got::Gone(gone) = eve.next().await else { panic!("gone") };
        assert_eq!((gone.call, gone.reason), (id, Reason::EndedByServer));
    }
}
