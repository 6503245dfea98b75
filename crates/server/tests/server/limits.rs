//! What one client may ask for, and what becomes of who asks for more.

use crate::{
    binary::{Running, program},
    support::{Client, Server, get, login},
};
use call_protocol::{CloseCode, ErrorCode, WireError};
use call_server::{Limits, Rate, Timings};
use futures::SinkExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    client::IntoClientRequest,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// Within a test nothing comes back.
const fn only(burst: u32) -> Option<Rate> {
    Some(Rate { count: 1, per: Duration::from_secs(3600), burst })
}

async fn server(limits: Limits) -> Server {
    Server::start_with(|config| config.limits = limits).await
}

fn refused(result: Result<impl std::fmt::Debug, WireError>) -> WireError {
    let error = result.unwrap_err();
    assert_eq!(error.code, ErrorCode::TooManyRequests.number(), "{error:?}");
    error
}

#[tokio::test]
async fn who_rings_too_many_is_told_when_to_try_again() {
    let server = server(Limits { invites: only(2), ..Limits::OFF }).await;
    let (mut ann, mut bob) = (Client::login(&server, "ann").await, Client::login(&server, "bob").await);
    for _ in 0..2 {
        let call = ann.call(&["cid"]).await;
        ann.leave(&call).await.unwrap();
        ann.snapshot().await;
    }
    let error = refused(ann.invite(&["bob"], |_| {}).await);
    assert!(error.retry_after.is_some_and(|millis| millis > 3_000_000), "{error:?}");
    bob.hears_nothing().await;
    // Others may, and she may be called.
    bob.call(&["ann"]).await;
    ann.snapshot().await;
}

#[tokio::test]
async fn inviting_more_counts_as_well() {
    let server = server(Limits { invites: only(1), ..Limits::OFF }).await;
    let (mut ann, mut bob) = (Client::login(&server, "ann").await, Client::login(&server, "bob").await);
    ann.call(&["bob", "cid"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    let running = ann.snapshot().await;
    refused(ann.invite_more(&running, 1, &["dan"]).await);
}

#[tokio::test]
async fn who_does_not_accept_is_left_in_peace() {
    let server = server(Limits { unanswered: only(2), ..Limits::OFF }).await;
    let (mut ann, mut bob) = (Client::login(&server, "ann").await, Client::login(&server, "bob").await);
    // What he accepts does not count, nor what came before.
    for accepts in [false, true, false, false] {
        let call = ann.call(&["bob"]).await;
        let ringing = bob.snapshot().await;
        if accepts {
            bob.accept(&ringing).await.unwrap();
            ann.snapshot().await;
            bob.snapshot().await;
        }
        ann.leave(&call).await.unwrap();
        ann.snapshot().await;
        bob.snapshot().await;
    }
    refused(ann.invite(&["bob"], |_| {}).await);
    refused(ann.invite(&["cid", "bob"], |_| {}).await);
    bob.hears_nothing().await;
    ann.call(&["cid"]).await;
}

#[tokio::test]
async fn a_flood_is_read_later_and_disturbs_nobody() {
    let never = Duration::from_secs(3600);
    let server = Server::start_with(|config| {
        config.timings = Timings { beat_idle: never, beat_in_call: never, ..Timings::default() };
        // The answer to the first beat, an invitation, and twenty of what follows.
        config.limits = Limits { messages: only(22), ..Limits::OFF };
    })
    .await;
    let (mut ann, mut bob) = (Client::login(&server, "ann").await, Client::login(&server, "bob").await);
    let call = ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    ann.snapshot().await;
    bob.snapshot().await;
    for number in 0..50 {
        ann.signal(&call, "bob", json!(number)).await;
    }
    for number in 0..20 {
        assert_eq!(bob.signal_in().await.signal, json!(number));
    }
    bob.hears_nothing().await;
    // She is not cut off.
    bob.signal(&ringing, "ann", json!("still here")).await;
    assert_eq!(ann.signal_in().await.signal, json!("still here"));
}

#[tokio::test]
async fn a_user_is_logged_in_on_so_many_devices() {
    let server = Server::start_with(|config| {
        config.multi_device = true;
        config.limits = Limits { devices: Some(2), sessions: Some(3), ..Limits::OFF };
    })
    .await;
    let (phone, _) = Client::login_on(&server, "ann", "phone").await;
    let (_tablet, _) = Client::login_page(&server, "ann", "tablet", "one").await;
    let mut laptop = Client::connect(server.address).await;
    refused(laptop.try_login(login(&server, "ann", "laptop", None)).await);
    assert_eq!(laptop.close_code().await, Some(CloseCode::NotLoggedIn.number()));

    // Another page of a device that counts already, and then one too many.
    let (_other_page, _) = Client::login_page(&server, "ann", "tablet", "two").await;
    let mut third_page = call_protocol::Login { page: "three".into(), ..login(&server, "ann", "tablet", None) };
    refused(Client::connect(server.address).await.try_login(third_page.clone()).await);
    // A page that is loaded anew takes its own place, and another user has places of its own.
    third_page.page = "two".into();
    Client::connect(server.address).await.try_login(third_page).await.unwrap();
    Client::login_on(&server, "bob", "laptop").await;
    drop(phone);
}

#[tokio::test]
async fn connections_that_do_not_log_in_are_counted_by_address() {
    let server = server(Limits { sockets: Some(3), ..Limits::OFF }).await;
    let mut silent = Vec::new();
    for _ in 0..2 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let mut ann = Client::connect(server.address).await;
    assert!(is_closed(TcpStream::connect(server.address).await.unwrap()).await);

    // Who has logged in does not count any more, however long it stays.
    ann.try_login(login(&server, "ann", "phone", None)).await.unwrap();
    let mut bob = Client::connect(server.address).await;
    bob.try_login(login(&server, "bob", "phone", None)).await.unwrap();
    let cid = Client::connect(server.address).await;
    assert!(is_closed(TcpStream::connect(server.address).await.unwrap()).await);
    drop(cid);
    // The server sees a moment later that it is gone.
    timeout(Duration::from_secs(20), async {
        while is_closed(TcpStream::connect(server.address).await.unwrap()).await {}
    })
    .await
    .unwrap();
}

/// At once, and not after the time that a client has for its headers.
async fn is_closed(mut stream: TcpStream) -> bool {
    let read = timeout(Duration::from_millis(300), stream.read(&mut [0; 1])).await;
    read.is_ok_and(|read| !matches!(read, Ok(1..)))
}

#[tokio::test]
async fn a_frame_that_never_ends_is_not_waited_for() {
    let timings = Timings { beat_idle: Duration::from_millis(300), ..Timings::default() };
    let server = Server::start_with(|config| config.timings = timings).await;
    let mut ann = Client::login(&server, "ann").await;
    let whole = Frame::message(vec![b' '; 1000], OpCode::Data(Data::Text), true);
    let mut bytes = Vec::new();
    whole.format(&mut bytes).unwrap();
    for byte in bytes {
        // A byte now and then, as long as somebody listens.
        if ann.socket.get_mut().write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let code = ann.close_code().await;
    assert!(code.is_none() || code == Some(CloseCode::Silent.number()), "{code:?}");
}

#[tokio::test]
async fn a_login_that_never_ends_is_not_waited_for() {
    let timings = Timings { login: Duration::from_millis(300), ..Timings::default() };
    let server = Server::start_with(|config| config.timings = timings).await;
    let mut nobody = Client::connect(server.address).await;
    nobody.socket.send(Message::Ping(Default::default())).await.unwrap();
    assert_eq!(nobody.close_code().await, Some(CloseCode::NotLoggedIn.number()));
}

#[tokio::test]
async fn flags_and_what_dev_lifts() {
    let invitations = 15;
    for (flags, expected) in [
        (&["--app", "1:one"][..], 10),
        (&["--app", "1:one", "--limits", "invites=1/3600:3"], 3),
        (&["--app", "1:one", "--limits", "off"], invitations),
        (&["--dev"], invitations),
        (&["--dev", "--limits", "invites=1/3600:3"], 3),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let running = Running::start(program().args(["--listen", "127.0.0.1:0", "--data"]).arg(dir.path()).args(flags));
        let mut ann = log_in(&running, flags[0] == "--dev").await;
        let mut taken = 0;
        for number in 0..invitations {
            let result = ann.invite(&[&format!("callee{number}")], |_| {}).await;
            match result {
                Err(error) if error.code == ErrorCode::TooManyRequests.number() => {}
                // She is in a call already: it was looked at.
                _ => taken += 1,
            }
        }
        assert_eq!(taken, expected, "{flags:?}");
    }
}

async fn log_in(running: &Running, dev: bool) -> Client {
    let mut ann = Client::connect(running.address).await;
    let (app, sig) = if dev {
        let body = get(running.address, "/dev/usersig?userID=ann", &[]).await.body;
        let body: Value = serde_json::from_str(&body).unwrap();
        (body["SDKAppID"].as_u64().unwrap(), body["userSig"].as_str().unwrap().to_owned())
    } else {
        let keys = call_server::AppKeys::new(1, vec!["one".into()]).unwrap();
        (1, call_server::sign(&keys, "ann", crate::support::now(), 3600))
    };
    let login = call_protocol::Login {
        app: u32::try_from(app).unwrap(),
        user: crate::support::user("ann"),
        sig,
        device: "phone".into(),
        page: String::new(),
        multi_device: false,
        returns: false,
        resume: None,
    };
    ann.try_login(login).await.unwrap();
    ann
}

#[test]
fn limits_that_can_not_be_understood() {
    let output = program().args(["--dev", "--limits", "invites=many"]).output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("COUNT/SECONDS:BURST"), "{error}");
}

#[tokio::test]
async fn behind_a_proxy_clients_are_counted_by_the_address_that_it_names() {
    let server = Server::start_with(|config| {
        config.limits = Limits { sockets: Some(2), ..Limits::OFF };
        config.proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let open = async |client: &str| {
        let mut request = format!("ws://{}/v1/ws", server.address).into_client_request().unwrap();
        request.headers_mut().insert("X-Forwarded-For", client.parse().unwrap());
        let stream = TcpStream::connect(server.address).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(refused)) => Err(refused.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    };
    let _two = (open("192.0.2.1").await.unwrap(), open("192.0.2.1").await.unwrap());
    assert_eq!(open("192.0.2.1").await.err(), Some(429));
    assert_eq!(open("198.51.100.1, 192.0.2.1").await.err(), Some(429), "what the client claims counts for nothing");
    let _other = open("192.0.2.2").await.unwrap();
    // The proxy asks how the server is, however many wait.
    assert_eq!(get(server.address, "/readyz", &["X-Forwarded-For: 192.0.2.1"]).await.status, 200);
}
