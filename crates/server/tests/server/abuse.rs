//! Whoever sends what no client of ours would send costs the server nothing that lasts: the real program's memory is
//! measured.

use crate::{
    binary::{Running, program},
    support::{Client, Got, Sent, Server, get, state, user},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use call_protocol::{CallId, CallRef, ErrorCode, Login, MemberState};
use flate2::{Compression, write::ZlibEncoder};
use futures::SinkExt;
use std::{
    io::Write,
    time::{Duration, Instant},
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

const APP: u32 = 7;

/// Of each kind, before the memory is looked at, and then once more as often.
const TIMES: usize = 60;

/// What the server may keep of some hundred megabytes.
const GROWTH: u64 = 1 << 20;

fn login(sig: String) -> Login {
    let (user, device, page) = (user("eve"), "d".into(), String::new());
    Login { app: APP, user, sig, device, page, multi_device: false, returns: false, resume: None }
}

/// 16 MB that travel as 16 KB.
fn bomb() -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 16 << 20]).unwrap();
    BASE64_STANDARD.encode(encoder.finish().unwrap()).replace('+', "*").replace('/', "-").replace('=', "_")
}

/// One connection each, as the server closes them. Every one is answered with its code.
async fn attack(running: &Running, bomb: &str) {
    let connect = || Client::connect(running.address);
    // Far too large: closed while it is still on its way.
    let mut client = connect().await;
    let _ = client.socket.send(Message::text("x".repeat(1 << 20))).await;
    assert!(matches!(client.close_code().await, Some(1009) | None));

    // Small ones that never end.
    let mut client = connect().await;
    for number in 0..2000 {
        let kind = if number == 0 { Data::Text } else { Data::Continue };
        let piece = Frame::message(vec![b' '; 1024], OpCode::Data(kind), false);
        if client.socket.send(Message::Frame(piece)).await.is_err() {
            break;
        }
    }
    assert!(matches!(client.close_code().await, Some(1009) | None));

    let mut client = connect().await;
    let piece = Frame::message(vec![b'"', 0xc3, 0x28, b'"'], OpCode::Data(Data::Text), true);
    client.socket.send(Message::Frame(piece)).await.unwrap();
    assert_eq!(client.close_code().await, Some(1007));

    let mut client = connect().await;
    client.send_text(format!(r#"{{"id":1,"body":{}{}}}"#, "[".repeat(30_000), "]".repeat(30_000))).await;
    let answer = client.receive().await.body;
    assert!(matches!(&answer, Got::Error(error) if error.code == ErrorCode::BadRequest.number()), "{answer:?}");

    let refused = client.try_login(login(bomb.to_owned())).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SigMalformed.number());
}

/// Bytes; none where the system does not tell.
fn memory(of: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{of}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[tokio::test]
async fn what_is_refused_leaves_no_memory_behind() {
    let mut command = program();
    command.args(["--listen", "127.0.0.1:0", "--app", "7:hush", "--limits", "off"]);
    let running = Running::start(&mut command);
    let bomb = bomb();
    assert!(bomb.len() < 32 << 10, "it comes in one frame");
    for _ in 0..TIMES {
        attack(&running, &bomb).await;
    }
    let Some(before) = memory(running.id()) else {
        println!("skipped: this system does not tell how much memory a process has");
        return;
    };
    for _ in 0..TIMES {
        attack(&running, &bomb).await;
    }
    // The last connections may still be on their way out.
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut after = memory(running.id()).unwrap();
    while after >= before + GROWTH && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
        after = memory(running.id()).unwrap();
    }
    println!("from {before} to {after} bytes");
    assert!(after < before + GROWTH, "from {before} to {after} bytes");
    assert_eq!(get(running.address, "/healthz", &[]).await.status, 200);
}

/// A call's id has 128 random bits; guesses are answered one like the other. Under the limits of a server as it comes, a
/// connection makes 50 a second (`a_flood_is_read_later_and_disturbs_nobody`): a million take five hours.
#[tokio::test]
async fn guessed_call_ids_find_nothing() {
    const GUESSES: u32 = 20_000;
    // No more answers than wait for who reads them later.
    const BATCH: u32 = 50;
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    let mut eve = Client::login(&server, "eve").await;
    let bits = u128::from_str_radix(call.id.as_str(), 16).unwrap();
    for number in 0..GUESSES {
        let wrong = bits.wrapping_add(u128::from(number) + 1).rotate_left(number % 128);
        let part = CallRef { call: CallId::from_bits(wrong.to_be_bytes()), generation: 1 };
        let guess = if number % 2 == 0 { Sent::Accept(part) } else { Sent::Reject(part) };
        eve.send(number + 1, guess).await;
        if number % BATCH == BATCH - 1 {
            for _ in 0..BATCH {
                let Got::Error(error) = eve.receive().await.body else { panic!("an error") };
                assert_eq!(error.code, ErrorCode::NoSuchCall.number());
            }
        }
    }
    ann.hears_nothing().await;
    bob.accept(&call).await.unwrap();
    assert_eq!(state(&ann.snapshot().await, "bob"), MemberState::Joined);
}
