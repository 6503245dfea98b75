use crate::support::{Client, Got, Server, member};
use call_protocol::{BeatAnswer, CloseCode, Phase, Reason};
use call_server::Timings;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(400);

#[tokio::test]
async fn who_answers_no_beat_is_lost_to_its_peers() {
    let timings = Timings { beat_in_call: SHORT, ..Timings::default() };
    let server = Server::start_with(|config| config.timings = timings).await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    ann.snapshot().await;
    bob.snapshot().await;

    bob.answers_beats = false;
    ann.beat = BeatAnswer { call: Some(ringing.id.clone()), rev: u32::MAX, heard: Vec::new() };
    // Ann waits for the snapshot and answers her beats meanwhile.
    let (lost, code) = tokio::join!(ann.snapshot(), bob.close_code());
    assert!(member(&lost, "bob").away);
    assert_eq!(code, Some(CloseCode::Silent.number()));
}

#[tokio::test]
async fn who_answers_stays() {
    let timings = Timings { beat_idle: SHORT, ..Timings::default() };
    let server = Server::start_with(|config| config.timings = timings).await;
    let mut ann = Client::login(&server, "ann").await;
    for _ in 0..5 {
        next_beat(&mut ann).await;
    }
    ann.hears_nothing().await;

    ann.answers_beats = false;
    assert_eq!(ann.close_code().await, Some(CloseCode::Silent.number()));
}

/// Answers it, too.
async fn next_beat(client: &mut Client) {
    use futures::StreamExt;
    let frame = client.socket.next().await.unwrap().unwrap().into_text().unwrap();
    let frame: call_protocol::ServerFrame<serde_json::Value> = serde_json::from_str(&frame).unwrap();
    assert_eq!(frame.body, Got::Beat);
    client.send(0, crate::support::Sent::Beat(Default::default())).await;
}

#[tokio::test]
async fn who_answers_beats_without_its_call_is_let_go() {
    let timings = Timings { beat_in_call: SHORT, ..Timings::default() };
    let server = Server::start_with(|config| config.timings = timings).await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    ann.snapshot().await;
    bob.snapshot().await;

    ann.beat = BeatAnswer { call: Some(ringing.id.clone()), rev: u32::MAX, heard: Vec::new() };
    let (left, _) = tokio::join!(ann.snapshot(), bob.snapshot());
    assert_eq!((left.phase, member(&left, "bob").reason), (Phase::Ended, Some(Reason::HangUp)));
}
