use crate::support::{APP, Client, Got, Sent, Server, call_id, now, user};
use call_protocol::{ErrorCode, Login, Phase, SignalTo, Snapshot};
use call_server::{AppKeys, sign};
use serde_json::{Value, json};

async fn ringing(server: &Server) -> (Client, Client, Snapshot) {
    let mut ann = Client::login(server, "ann").await;
    let mut bob = Client::login(server, "bob").await;
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    (ann, bob, call)
}

async fn connected(server: &Server) -> (Client, Client, Snapshot) {
    let (mut ann, mut bob, call) = ringing(server).await;
    bob.accept(&call).await.unwrap();
    bob.snapshot().await;
    assert_eq!(ann.snapshot().await.phase, Phase::Connected);
    (ann, bob, call)
}

#[tokio::test]
async fn members_hear_each_other_in_order_and_unchanged() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = connected(&server).await;
    let odd = json!({"sdp": "v=0\r\n\u{0}\u{1F3A5}\"\\", "n": 1.5, "more": [null, {"x": []}]});
    ann.signal(&call, "bob", odd.clone()).await;
    for n in 0..200 {
        ann.signal(&call, "bob", json!({ "n": n })).await;
        bob.signal(&call, "ann", json!({ "n": n })).await;
    }
    let first = bob.signal_in().await;
    assert_eq!((first.from.as_str(), first.call, first.signal), ("ann", call.id, odd));
    for n in 0..200 {
        assert_eq!(bob.signal_in().await.signal, json!({ "n": n }));
        assert_eq!(ann.signal_in().await.signal, json!({ "n": n }));
    }
}

#[tokio::test]
async fn big_numbers_keep_their_digits() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = connected(&server).await;
    let frame = format!(
        r#"{{"body":{{"signal":{{"call":"{}","to":"bob","signal":{{"n": 12345678901234567890.10}}}}}}}}"#,
        call.id
    );
    ann.send_text(frame).await;
    use futures::StreamExt;
    loop {
        let text = bob.socket.next().await.unwrap().unwrap().into_text().unwrap();
        if text.contains(r#""signal":{"n": 12345678901234567890.10}"#) {
            break;
        }
        assert_eq!(text.as_str(), r#"{"body":"beat"}"#);
    }
}

#[tokio::test]
async fn from_is_set_by_the_server() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = connected(&server).await;
    let forged = json!({"body": {"signal": {"call": call.id, "to": "bob", "from": "eve", "signal": {"from": "eve"}}}});
    ann.send_text(forged.to_string()).await;
    assert_eq!(bob.signal_in().await.from, user("ann"));
}

#[tokio::test]
async fn who_rings_hears_the_caller_and_may_answer_it_alone() {
    let server = Server::start_with(|config| config.multi_device = true).await;
    let mut ann = Client::login(&server, "ann").await;
    let (mut phone, _) = Client::login_on(&server, "bob", "phone").await;
    let (mut tablet, _) = Client::login_on(&server, "bob", "tablet").await;
    let mut eve = Client::login(&server, "eve").await;
    let call = ann.call(&["bob", "eve"]).await;
    for client in [&mut phone, &mut tablet, &mut eve] {
        client.snapshot().await;
    }
    ann.signal(&call, "bob", json!("candidate")).await;
    assert_eq!(phone.signal_in().await.signal, json!("candidate"));
    assert_eq!(tablet.signal_in().await.signal, json!("candidate"));
    tablet.signal(&call, "ann", json!("resend")).await;
    assert_eq!(ann.signal_in().await.signal, json!("resend"));

    // Not to somebody else who rings, and not to somebody who has joined.
    assert_refused(&mut phone, &call, "eve").await;
    eve.accept(&call).await.unwrap();
    assert_refused(&mut phone, &call, "eve").await;
    for client in [&mut ann, &mut phone, &mut eve] {
        client.snapshot().await;
    }
    eve.hears_nothing().await;
}

#[tokio::test]
async fn a_device_that_did_not_answer_is_out() {
    let server = Server::start_with(|config| config.multi_device = true).await;
    let mut ann = Client::login(&server, "ann").await;
    let (mut phone, _) = Client::login_on(&server, "bob", "phone").await;
    let (mut tablet, _) = Client::login_on(&server, "bob", "tablet").await;
    let call = ann.call(&["bob"]).await;
    phone.snapshot().await;
    tablet.snapshot().await;
    phone.accept(&call).await.unwrap();
    tablet.snapshot().await;
    assert_refused(&mut tablet, &call, "ann").await;
    ann.signal(&call, "bob", json!(1)).await;
    phone.snapshot().await;
    assert_eq!(phone.signal_in().await.signal, json!(1));
    tablet.hears_nothing().await;
}

#[tokio::test]
async fn nobody_else_is_let_in() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = connected(&server).await;
    let mut eve = Client::login(&server, "eve").await;
    // The same name in another app is somebody else.
    let other_app = AppKeys::new(APP + 1, vec!["the other app's secret".into()]).unwrap();
    let sig = sign(&other_app, "ann", now(), 60);
    let mut namesake = Client::connect(server.address).await;
    let login = Login {
        app: APP + 1,
        user: user("ann"),
        sig,
        device: "phone".into(),
        page: String::new(),
        multi_device: false,
        returns: false,
        resume: None,
    };
    assert_eq!(namesake.try_login(login).await.unwrap().call, None);

    for stranger in [&mut eve, &mut namesake] {
        for to in ["ann", "bob"] {
            assert_refused(stranger, &call, to).await;
        }
    }
    for to in ["eve", "ann", "nobody"] {
        assert_refused(&mut ann, &call, to).await;
    }
    let mut unknown = call.clone();
    unknown.id = call_id();
    assert_refused(&mut ann, &unknown, "bob").await;
    for client in [&mut ann, &mut bob, &mut eve, &mut namesake] {
        client.hears_nothing().await;
    }
}

#[tokio::test]
async fn nothing_is_relayed_after_the_end() {
    let server = Server::start().await;
    let (mut ann, mut bob, call) = connected(&server).await;
    ann.leave(&call).await.unwrap();
    ann.snapshot().await;
    bob.snapshot().await;
    assert_refused(&mut ann, &call, "bob").await;
    assert_refused(&mut bob, &call, "ann").await;
    bob.hears_nothing().await;
}

/// With a request id, the server says what became of a signal; without one it stays silent.
async fn assert_refused(client: &mut Client, call: &Snapshot, to: &str) {
    let signal = SignalTo { call: call.id.clone(), to: user(to), signal: Value::from("psst") };
    client.send(0, Sent::Signal(signal.clone())).await;
    let Got::Error(error) = client.request(Sent::Signal(signal)).await else { panic!("refused") };
    assert_eq!(error.code, ErrorCode::NoSuchCall.number());
}
