use crate::{
    people::{cancelled, rejected, rung, talk},
    program::{Program, until},
    receiver::{Answer, OK, Receiver},
    support::now,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use call_protocol::{Join, Phase, Room, Snapshot};
use call_server::{AppKeys, Apps, Config, Limits, RecordsKind, Secrets, Server, WebhookTarget, WebhookTimings};
use ring::hmac;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn program(dir: &Path, receiver: &Receiver) -> Program {
    Program::start(dir, &["--webhook", &receiver.url(), "--webhook-secret", SECRET])
}

async fn until_accepted(receiver: &Receiver, call: &str, count: usize) -> Vec<String> {
    until("webhooks", async || {
        let kinds = receiver.accepted_of(call);
        (kinds.len() >= count).then_some(kinds)
    })
    .await
}

#[tokio::test]
async fn news_is_signed_and_tells_what_happened() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let program = program(dir.path(), &receiver);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let end = talk(&mut ann, &mut bob, |invite| invite.user_data = "greetings".into()).await;
    let kinds = until_accepted(&receiver, end.id.as_str(), 4).await;
    assert_eq!(kinds, ["ringing", "accepted", "started", "ended"]);

    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64_STANDARD.decode(&SECRET[6..]).unwrap());
    for delivery in receiver.accepted() {
        assert!(now() / 1000 - delivery.timestamp < 600);
        assert_eq!(delivery.event["id"], delivery.id);
        assert_eq!((&delivery.event["app"], &delivery.event["call"]["id"]), (&json!(7), &json!(end.id)));
        let signed = format!("{}.{}.{}", delivery.id, delivery.timestamp, delivery.body);
        let tag = BASE64_STANDARD.decode(delivery.signature.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
    }
    let all = receiver.accepted();
    let about = |kind: &str| &all.iter().find(|delivery| delivery.event["type"] == kind).unwrap().event;
    assert_eq!((&about("ringing")["user"], &about("ringing")["invited_by"]), (&json!("bob"), &json!("ann")));
    assert_eq!(about("ringing")["user_data"], "greetings");
    assert_eq!(about("ringing")["call"]["caller"], "ann");
    assert_eq!(about("accepted")["user"], "bob");
    assert_eq!(about("started")["user"], Value::Null);
    assert_eq!(about("ended")["record"], program.record(&end.id).await);
}

#[tokio::test]
async fn who_never_answered_has_missed_the_call() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let program = program(dir.path(), &receiver);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let end = cancelled(&mut ann, &mut bob).await;
    assert_eq!(until_accepted(&receiver, end.id.as_str(), 3).await, ["ringing", "missed", "ended"]);
    let missed = receiver.accepted().into_iter().find(|delivery| delivery.event["type"] == "missed").unwrap();
    assert_eq!((&missed.event["user"], &missed.event["reason"]), (&json!("bob"), &json!("cancelled")));
    let end = rejected(&mut ann, &mut bob).await;
    assert_eq!(until_accepted(&receiver, end.id.as_str(), 2).await, ["ringing", "ended"]);
    // Not even logged in: the one that a push is for.
    let id = ann.invite(&["zoe"], |invite| invite.timeout = 1).await.unwrap();
    assert_eq!(until_accepted(&receiver, id.as_str(), 3).await, ["ringing", "missed", "ended"]);
}

/// Nobody invited cat, and yet the call begins with it. Dan, who is rung, joins instead of accepting.
#[tokio::test]
async fn a_call_that_begins_by_joining_tells_its_beginning_and_end() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let program = program(dir.path(), &receiver);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let (mut cat, mut dan) = (program.login("cat").await, program.login("dan").await);
    let room = Room { int: 7, str: String::new() };
    let (chat_group, in_room) = (Some("team".into()), room.clone());
    let id =
        ann.invite(&["bob", "dan"], |invite| (invite.chat_group, invite.room) = (chat_group, in_room)).await.unwrap();
    let at_bob = bob.snapshot().await;
    cat.join(Join::Room { group: "team".into(), room }).await.unwrap();
    let connected = |call: &Snapshot| call.phase == Phase::Connected;
    let (at_ann, at_cat) = (ann.snapshot_when(connected).await, cat.snapshot_when(connected).await);
    assert_eq!(until_accepted(&receiver, id.as_str(), 3).await, ["ringing", "ringing", "started"]);
    dan.join(Join::Call(id.clone())).await.unwrap();
    let at_dan = dan.snapshot_when(connected).await;
    bob.reject(&at_bob).await.unwrap();
    for (person, call) in [(&mut ann, at_ann), (&mut cat, at_cat), (&mut dan, at_dan)] {
        person.leave(&call).await.unwrap();
    }
    let kinds = until_accepted(&receiver, id.as_str(), 5).await;
    assert_eq!(kinds, ["ringing", "ringing", "started", "accepted", "ended"]);
    let all = receiver.accepted();
    let users: Vec<_> = all.iter().filter_map(|delivery| delivery.event["user"].as_str()).collect();
    assert_eq!(users, ["bob", "dan", "dan"], "cat was never invited");
    let members = all.last().unwrap().event["record"]["members"].as_array().unwrap();
    let roles: BTreeMap<_, _> = members.iter().map(|one| (one["user"].as_str().unwrap(), &one["role"])).collect();
    assert_eq!((roles["cat"], roles["dan"]), (&json!("joiner"), &json!("callee")), "{members:?}");
}

#[tokio::test]
async fn a_receiver_that_was_away_gets_everything_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::start().await;
    let mut program = program(dir.path(), &receiver);
    receiver.go_down().await;
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(talk(&mut ann, &mut bob, |_| {}).await.id);
    }
    let (at_ann, at_bob) = rung(&mut ann, &mut bob, |_| {}).await;
    bob.accept(&at_bob).await.unwrap();
    ids.push(at_ann.id);
    // The server dies, too.
    program.kill();
    program.restart();
    receiver.come_back().await;
    for (number, id) in ids.iter().enumerate() {
        let is_over = number < 3;
        let expected = ["ringing", "accepted", "started", "ended"];
        let expected = if is_over { &expected[..] } else { &expected[..3] };
        let mut kinds = until_accepted(&receiver, id.as_str(), expected.len()).await;
        // What was under way when the server died may come twice.
        kinds.dedup();
        assert_eq!(kinds, expected);
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_and_later_news_of_that_call_waits() {
    let dir = tempfile::tempdir().unwrap();
    // Takes "accepted" at the second attempt.
    let receiver = Receiver::that(|event, times| match event["type"].as_str() {
        Some("accepted") if times == 1 => Answer { status: 500, ..OK },
        _ => OK,
    })
    .await;
    let program = program(dir.path(), &receiver);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let end = talk(&mut ann, &mut bob, |_| {}).await;
    let kinds = until_accepted(&receiver, end.id.as_str(), 4).await;
    assert_eq!(kinds, ["ringing", "accepted", "started", "ended"]);
    let attempts: Vec<_> =
        receiver.deliveries().into_iter().filter(|delivery| delivery.event["type"] == "accepted").collect();
    assert_eq!(attempts.len(), 2);
    assert!(attempts[1].at - attempts[0].at >= Duration::from_millis(700), "back-off");
    assert_eq!(attempts[0].body, attempts[1].body);
}

/// In this process: the times are those of a test.
#[tokio::test]
async fn what_nobody_takes_is_given_up_and_can_be_replayed() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::that(|_, times| if times <= 3 { Answer { status: 404, ..OK } } else { OK }).await;
    let target = WebhookTarget { url: receiver.url().parse().unwrap(), secrets: vec![SECRET.parse().unwrap()] };
    let keys = AppKeys::new(7, vec!["hush".into()]).unwrap();
    let mut secrets = Secrets { apps: Apps::new([keys]).unwrap(), ..Secrets::default() };
    secrets.admins.add_key(7, crate::program::KEY).unwrap();
    secrets.webhooks.insert(7, target);
    let mut config = Config { secrets: secrets.into(), limits: Limits::OFF, ..Config::default() };
    config.records = RecordsKind::Sqlite(dir.path().to_owned());
    config.webhook_timings = WebhookTimings {
        first_retry: Duration::from_millis(50),
        // Three attempts: after 50 and 100 ms, give or take; not after 200 more.
        give_up: Duration::from_millis(250),
        ..WebhookTimings::default()
    };
    let (listener, admin) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (address, admin_address) = (listener.local_addr().unwrap(), admin.local_addr().unwrap());
    let server = Server::open(config).await.unwrap();
    tokio::spawn(server.run_with_admin(listener, admin, std::future::pending()));

    let mut ann = crate::support::Client::connect(address).await;
    ann.try_login(crate::program::login(7, "hush", "ann")).await.unwrap();
    ann.invite(&["bob"], |_| {}).await.unwrap();
    let ask = async |method: &str, path: &str| {
        let key = format!("Authorization: Bearer {}", crate::program::KEY);
        crate::program::json(&crate::support::http::request(admin_address, method, path, &[&key], "").await).1
    };
    let dead = until("a dead letter", async || {
        let dead = ask("GET", "/v1/webhooks/dead").await["events"].as_array().unwrap().clone();
        (!dead.is_empty()).then_some(dead)
    })
    .await;
    assert_eq!((dead.len(), &dead[0]["problem"]), (1, &json!("answered 404 Not Found")));
    assert!(receiver.accepted().is_empty());
    let id = dead[0]["id"].as_str().unwrap();
    // A busy machine may have managed fewer attempts than three; then the replay has some to fail with.
    let replayed = ask("POST", &format!("/v1/webhooks/dead/{id}/replay")).await;
    assert_eq!(replayed["events"], 1);
    until("the replayed event", async || {
        if let Some(delivery) = receiver.accepted().pop() {
            assert_eq!(delivery.id, id);
            return Some(());
        }
        ask("POST", "/v1/webhooks/dead/replay").await;
        None
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_no_call() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::that(|_, _| Answer { after: Duration::from_secs(3600), ..OK }).await;
    let program = program(dir.path(), &receiver);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let began = Instant::now();
    let mut calls = 0;
    // More events than requests may be under way at once.
    for _ in 0..50 {
        let end = talk(&mut ann, &mut bob, |_| {}).await;
        program.record(&end.id).await;
        calls += 1;
    }
    let took = began.elapsed();
    println!("{calls} calls in {took:?}");
    // The program gives a request up after 10 s, and begins others.
    if took < Duration::from_secs(8) {
        let under_way = receiver.deliveries().len();
        assert!((1..=32).contains(&under_way), "{under_way} requests at once");
    }
}

/// In this process, as when the program is told by SIGHUP.
#[tokio::test]
async fn a_webhook_that_is_added_while_the_server_runs_is_signed_with_both_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let keys = AppKeys::new(7, vec!["hush".into()]).unwrap();
    let mut secrets = Secrets { apps: Apps::new([keys]).unwrap(), ..Secrets::default() };
    let config = Config {
        secrets: secrets.clone().into(),
        records: RecordsKind::Sqlite(dir.path().to_owned()),
        limits: Limits::OFF,
        ..Config::default()
    };
    let live = config.secrets.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::open(config).await.unwrap();
    tokio::spawn(server.run(listener, std::future::pending()));
    let mut ann = crate::support::Client::connect(address).await;
    ann.try_login(crate::program::login(7, "hush", "ann")).await.unwrap();

    let target = WebhookTarget {
        url: receiver.url().parse().unwrap(),
        secrets: vec!["new".parse().unwrap(), "old".parse().unwrap()],
    };
    secrets.webhooks.insert(7, target);
    live.exchange(secrets);
    let call = ann.invite(&["bob"], |_| {}).await.unwrap();
    until_accepted(&receiver, call.as_str(), 1).await;
    let delivery = receiver.accepted().remove(0);
    let signed = format!("{}.{}.{}", delivery.id, delivery.timestamp, delivery.body);
    let signatures: Vec<_> = delivery.signature.split(' ').map(|one| one.strip_prefix("v1,").unwrap()).collect();
    assert_eq!(signatures.len(), 2);
    for (secret, signature) in ["new", "old"].iter().zip(signatures) {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hmac::verify(&key, signed.as_bytes(), &BASE64_STANDARD.decode(signature).unwrap()).unwrap();
    }
}
