//! Whatever comes over a socket, in a userSig or in the body of a request: nothing panics, and nobody else notices.

#[path = "../../../core/tests/fuzz/mutate.rs"]
mod mutate;

use crate::support::{APP, Client, Server, call_id, login, now, post};
use bolero::check;
use call_server::{AppKeys, sign, verify};
use futures::SinkExt;
use mutate::{Choices, mutate};
use serde_json::{Value, json};
use std::{
    panic::{self, RefUnwindSafe, UnwindSafe},
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

const FRAMES: usize = 400;
const SIGS: usize = 20_000;
const BODIES: usize = 150;

#[test]
fn user_sigs() {
    let keys = AppKeys::new(APP, vec!["a secret".into()]).unwrap();
    let genuine = sign(&keys, "ann", now(), 3600);
    let let_in = AtomicUsize::new(0);
    check!().with_iterations(SIGS).with_max_len(64).for_each(|bytes| {
        let mut choices = Choices(bytes);
        let mut sig = genuine.clone().into_bytes();
        while !choices.is_over() && !sig.is_empty() {
            let place = choices.below(sig.len());
            match choices.below(4) {
                0 => sig[place] = choices.byte() & 0x7F,
                1 => sig.truncate(place),
                2 => sig.insert(place, *choices.one_of(b"*-_Aa0=+/")),
                _ => sig.extend_from_within(..place.min(200)),
            }
        }
        let sig = String::from_utf8_lossy(&sig);
        if verify(&keys, "ann", &sig, now()).is_ok() {
            // The same bits may be written in another way; a byte of what they say may not differ.
            assert_eq!(verify(&keys, "bob", &sig, now()), Err(call_server::SigError::OtherUser));
            let_in.fetch_add(1, Ordering::Relaxed);
        }
    });
    // The empty input, which changes nothing, is always among them.
    assert!(let_in.load(Ordering::Relaxed) < SIGS / 2, "most changes make a userSig worthless");
}

#[test]
fn frames_on_a_socket() {
    let world = World::new();
    let panics = panics();
    let (mut witness, mut other) =
        world.run(async |server| (Client::login(server, "vera").await, Client::login(server, "will").await));
    check!().with_iterations(FRAMES).with_max_len(300).for_each(|bytes| {
        let mut choices = Choices(bytes);
        world.run(async |server| {
            let mut client = Client::connect(server.address).await;
            if choices.below(8) != 0 {
                client.try_login(login(server, "ann", "d", None)).await.unwrap();
            }
            while !choices.is_over() {
                // The server may have had enough of it.
                if client.socket.send(any_message(&mut choices)).await.is_err() {
                    break;
                }
            }
        });
    });
    // Other people's calls are as they always were.
    world.run(async |_| {
        let call = witness.call(&["will"]).await;
        let rung = other.snapshot().await;
        other.accept(&rung).await.unwrap();
        assert_eq!(witness.snapshot().await.id, call.id);
    });
    assert_eq!(panics(), 0, "the server panicked");
}

#[test]
fn bodies_of_requests() {
    let world = World::new();
    let panics = panics();
    let genuine = json!({
        "SDKAppID": APP, "userID": "ann", "userSig": world.server.sig("ann"), "get": ["bob"],
        "set": { "nick": "Ann", "avatar": "https://example.com/a.png" },
    });
    check!().with_iterations(BODIES).with_max_len(80).for_each(|bytes| {
        let mut choices = Choices(bytes);
        let body = spoil(mutate(genuine.clone(), &mut choices).to_string().into_bytes(), &mut choices);
        let body = String::from_utf8_lossy(&body);
        let answer = world.run(async |server| post(server.address, "/v1/profiles", &[], &body).await);
        assert!(answer.status < 500, "{}: {:.200}", answer.status, answer.body);
    });
    assert_eq!(panics(), 0, "the server panicked");
}

/// A server, and what runs it.
struct World {
    runtime: Runtime,
    server: Server,
}

/// What a failed run leaves behind is not looked at: the test ends with it.
impl UnwindSafe for World {}
impl RefUnwindSafe for World {}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start());
        Self { runtime, server }
    }

    fn run<T>(&self, what: impl AsyncFnOnce(&Server) -> T) -> T {
        self.runtime.block_on(what(&self.server))
    }
}

fn any_message(choices: &mut Choices<'_>) -> Message {
    let json = mutate(choices.one_of(&frames()).clone(), choices);
    match choices.below(16) {
        0 => Message::binary(json.to_string()),
        1 => Message::Ping(vec![0; choices.below(126)].into()),
        2 | 3 => Message::text(String::from_utf8_lossy(&spoil(json.to_string().into_bytes(), choices)).into_owned()),
        _ => Message::text(json.to_string()),
    }
}

/// Cut off, or with a byte changed.
fn spoil(mut text: Vec<u8>, choices: &mut Choices<'_>) -> Vec<u8> {
    let place = choices.below(text.len());
    match choices.below(4) {
        0 => text.truncate(place),
        1 => text[place] = choices.byte(),
        _ => {}
    }
    text
}

fn frames() -> Vec<Value> {
    let call = call_id();
    let bodies = [
        json!({ "invite": { "call": call, "callees": ["bob", "cat"], "media": "video", "group": true, "timeout": 30,
            "room": { "int": 7, "str": "" }, "chat_group": "team", "user_data": "x", "offer": { "sdp": "v=0" } } }),
        json!({ "accept": { "call": call, "gen": 1 } }),
        json!({ "reject": { "call": call, "gen": 1 } }),
        json!({ "leave": { "call": call, "gen": 1, "because": "bob", "at": 5000 } }),
        json!({ "invite_more": { "call": call, "gen": 1, "number": 1, "callees": ["dan"], "timeout": 0 } }),
        json!({ "join": { "call": call } }),
        json!({ "join": { "room": { "group": "team", "room": { "int": 7, "str": "" } } } }),
        json!({ "switch_media": { "call": call, "gen": 1, "media": "audio" } }),
        json!({ "signal": { "call": call, "to": "bob", "signal": { "ping": null } } }),
        json!({ "beat": { "call": call, "rev": 1, "heard": ["bob"] } }),
        json!({ "login": { "app": APP, "user": "ann", "sig": "x", "device": "d", "page": "p", "resume": "y" } }),
        json!("logout"),
    ];
    bodies.into_iter().map(|body| json!({ "id": 1, "body": body })).collect()
}

/// Counts the panics in this process from now on; the connections' tasks would swallow them.
fn panics() -> impl Fn() -> usize {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            // Only tasks of a runtime: a test that fails in another thread is none of it.
            if std::thread::current().name().is_some_and(|name| name.starts_with("tokio")) {
                PANICS.fetch_add(1, Ordering::Relaxed);
            }
            usual(what);
        }));
    });
    let before = PANICS.load(Ordering::Relaxed);
    move || PANICS.load(Ordering::Relaxed) - before
}
