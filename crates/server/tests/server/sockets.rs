//! WebSocket's own rules, and clients that stall.

use crate::support::{Client, Got, Server, member, state};
use call_protocol::{MemberState, Snapshot};
use call_server::Timings;
use futures::SinkExt;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

const LIMIT: usize = 64 * 1024;

#[tokio::test]
async fn binary_frames_are_refused() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    ann.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(ann.close_code().await, Some(1003));
}

#[tokio::test]
async fn frames_up_to_the_limit_are_read_and_larger_ones_refused() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let (head, tail) = (r#"{"id":90,"body":{"beat":{}},"pad":""#, r#""}"#);
    let frame = |size: usize| format!("{head}{}{tail}", "x".repeat(size - head.len() - tail.len()));
    ann.send_text(frame(LIMIT)).await;
    assert_eq!(ann.answer_to(90).await, Got::Done);
    ann.send_text(frame(LIMIT + 1)).await;
    assert_eq!(ann.close_code().await, Some(1009));
}

#[tokio::test]
async fn a_frame_far_above_the_limit_is_refused_before_it_is_read() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    // The server may close while this is being written.
    let _ = ann.socket.send(Message::text("x".repeat(8 << 20))).await;
    assert!(matches!(ann.close_code().await, Some(1009) | None));

    // Before the login as well.
    let mut nobody = Client::connect(server.address).await;
    nobody.send_text("x".repeat(LIMIT + 1)).await;
    assert_eq!(nobody.close_code().await, Some(1009));
}

#[tokio::test]
async fn fragments_are_put_together_up_to_the_limit() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    fragment(&mut ann, Data::Text, br#"{"id":91,"bo"#, false).await;
    fragment(&mut ann, Data::Continue, br#"dy":{"beat":{}}}"#, true).await;
    assert_eq!(ann.answer_to(91).await, Got::Done);

    fragment(&mut ann, Data::Text, &[b' '; 1024], false).await;
    for _ in 0..64 {
        fragment(&mut ann, Data::Continue, &[b' '; 1024], false).await;
    }
    assert_eq!(ann.close_code().await, Some(1009));
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    fragment(&mut ann, Data::Text, &[b'"', 0xff, 0xfe, b'"'], true).await;
    assert_eq!(ann.close_code().await, Some(1007));
}

async fn fragment(client: &mut Client, kind: Data, payload: &[u8], is_final: bool) {
    let frame = Frame::message(payload.to_vec(), OpCode::Data(kind), is_final);
    client.socket.send(Message::Frame(frame)).await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_not_websocket_are_refused() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    ann.socket.get_mut().write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(matches!(ann.close_code().await, Some(1002) | None));
}

/// As it is shipped: how long it takes is printed.
#[tokio::test]
async fn who_does_not_read_is_cut_off_and_harms_nobody() {
    // Ann does not answer beats while the test is busy sending.
    let timings = Timings { beat_in_call: Duration::from_secs(60), ..Timings::default() };
    let server = Server::start_with(|config| config.timings = timings).await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let mut eve = Client::login(&server, "eve").await;
    let call = ann.call(&["bob", "eve"]).await;
    for client in [&mut bob, &mut eve] {
        client.snapshot().await;
        client.accept(&call).await.unwrap();
    }
    while state(&ann.snapshot().await, "eve") != MemberState::Joined {}

    // Bob reads nothing from here on.
    let began = Instant::now();
    let eve = tokio::spawn(async move {
        let (mut heard, mut cut_off) = (0, None);
        while heard < 400 || cut_off.is_none() {
            match eve.next().await {
                Got::Signal(signal) => {
                    assert_eq!(signal.signal, json!(heard));
                    heard += 1;
                }
                Got::Call(update) if has_lost_bob(&update.call) => cut_off = Some(began.elapsed()),
                _ => {}
            }
        }
        cut_off.unwrap()
    });
    let big = json!("x".repeat(60_000));
    let mut held = Duration::ZERO;
    for n in 0..400 {
        let sent = Instant::now();
        ann.signal(&call, "bob", big.clone()).await;
        ann.signal(&call, "eve", json!(n)).await;
        held = held.max(sent.elapsed());
    }
    let gone = loop {
        let now = ann.snapshot().await;
        if has_lost_bob(&now) {
            break now;
        }
    };
    assert_eq!(state(&gone, "eve"), MemberState::Joined);
    println!("cut off after {:?}; no message took its sender longer than {held:?}", eve.await.unwrap());
    // What had been sent before may still arrive; then it ends.
    assert!(matches!(bob.close_code().await, Some(4008) | None));
}

fn has_lost_bob(call: &Snapshot) -> bool {
    member(call, "bob").away || state(call, "bob") != MemberState::Joined
}

#[tokio::test]
async fn headers_that_never_end_are_not_waited_for() {
    let server = Server::start_with(|config| config.timings.opening = Duration::from_millis(200)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /v1/ws HTTP/1.1\r\nHost: x\r\nX-A: ").await.unwrap();
    let mut rest = Vec::new();
    let end = timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "closed");
}
