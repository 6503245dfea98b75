//! Secrets are exchanged by SIGHUP; calls and sessions go on.
#![cfg(unix)]

use crate::{
    binary::{Running, program},
    support::{Client, Got, Sent, get, now, user},
    tls::connect,
};
use call_protocol::{ClientFrame, ErrorCode, Login, Phase, Snapshot};
use call_server::{AppKeys, sign};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use std::{fs, path::PathBuf, process::Command};
use tokio_tungstenite::{client_async, tungstenite::Message};

const APP: u32 = 7;

/// The files that an operator changes.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    fn apps(&self, secrets: &[&str]) {
        self.write("apps.toml", &format!("[[app]]\nid = {APP}\nsecrets = {secrets:?}\n"));
    }

    fn server(&self) -> Command {
        let mut command = program();
        command.args(["--listen", "127.0.0.1:0", "--apps-file"]).arg(self.path("apps.toml"));
        command
    }
}

fn login(secret: &str, name: &str) -> Login {
    let keys = AppKeys::new(APP, vec![secret.into()]).unwrap();
    let (sig, page) = (sign(&keys, name, now(), 3600), String::new());
    Login {
        app: APP,
        user: user(name),
        sig,
        device: format!("of {name}"),
        page,
        multi_device: false,
        returns: false,
        resume: None,
    }
}

async fn try_login(running: &Running, secret: &str, name: &str) -> Result<Client, i32> {
    let mut client = Client::connect(running.address).await;
    let welcome = client.try_login(login(secret, name)).await;
    welcome.map(|_| client).map_err(|error| error.code)
}

/// A call that is connected, of people who logged in with this secret.
async fn call(running: &Running, secret: &str) -> (Client, Client, Snapshot) {
    let mut ann = try_login(running, secret, "ann").await.unwrap();
    let mut bob = try_login(running, secret, "bob").await.unwrap();
    ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    bob.snapshot_when(|call| call.phase == Phase::Connected).await;
    let call = ann.snapshot_when(|call| call.phase == Phase::Connected).await;
    (ann, bob, call)
}

async fn still_talk(ann: &mut Client, bob: &mut Client, call: &Snapshot, words: &str) {
    ann.signal(call, "bob", json!(words)).await;
    assert_eq!(bob.signal_in().await.signal, json!(words));
}

#[tokio::test]
async fn keys_are_rotated_in_mid_call() {
    let files = Files::new();
    files.apps(&["north"]);
    let running = Running::start(&mut files.server());
    let (mut ann, mut bob, call) = call(&running, "north").await;

    // The new one signs, the old one is still good.
    files.apps(&["south", "north"]);
    running.reload("secrets are read again");
    assert!(try_login(&running, "north", "eve").await.is_ok());
    assert!(try_login(&running, "south", "eve").await.is_ok());
    still_talk(&mut ann, &mut bob, &call, "one").await;

    files.apps(&["west", "south"]);
    running.reload("secrets are read again");
    assert_eq!(try_login(&running, "north", "eve").await.err(), Some(ErrorCode::SigWrong.number()));
    assert!(try_login(&running, "south", "eve").await.is_ok());
    assert!(try_login(&running, "west", "eve").await.is_ok());

    // Who was there before brings a new userSig on the same connection, and nobody has noticed anything.
    still_talk(&mut ann, &mut bob, &call, "two").await;
    assert!(matches!(ann.request(Sent::Login(login("west", "ann"))).await, Got::Welcome(_)));
    bob.hears_nothing_but_revisions().await;
    ann.leave(&call).await.unwrap();
    let ended = bob.snapshot_when(|call| call.phase == Phase::Ended).await;
    assert_eq!(ended.id, call.id);
}

#[tokio::test]
async fn a_broken_file_changes_nothing_and_is_named_in_the_log() {
    let files = Files::new();
    files.apps(&["north"]);
    files.write("turn", "sesame\n");
    let mut command = files.server();
    command.args(["--turn-url", "turn:127.0.0.1", "--turn-secret-file"]).arg(files.path("turn"));
    let running = Running::start(&mut command);
    let kept = "those from before stay in force";
    for (name, broken) in [
        ("apps.toml", "[[app]]\nid = 7\nsecrets = ['hush\n"),
        ("apps.toml", "[[app]]\nid = 7\nsecrets = []\n"),
        ("apps.toml", ""),
        ("turn", "\n"),
    ] {
        let good = fs::read_to_string(files.path(name)).unwrap();
        files.write(name, broken);
        let line = running.reload(kept);
        assert!(line.contains("ERROR") && !line.contains("hush"), "{line}");
        assert!(line.contains(name) || line.contains("app 7"), "{line}");
        assert!(try_login(&running, "north", "ann").await.is_ok());
        files.write(name, &good);
    }
    fs::remove_file(files.path("turn")).unwrap();
    assert!(running.reload(kept).contains("turn"));
    files.write("turn", "sesame\n");
    running.reload("secrets are read again");
}

#[tokio::test]
async fn turn_credentials_are_made_with_the_first_line_of_the_file() {
    let files = Files::new();
    files.apps(&["north"]);
    files.write("turn", "sesame\n");
    let mut command = files.server();
    command.args(["--turn-url", "turn:127.0.0.1", "--turn-secret-file"]).arg(files.path("turn"));
    let running = Running::start(&mut command);
    let credential_is_of = async |secret: &[u8]| {
        let mut ann = Client::connect(running.address).await;
        let relay = ann.try_login(login("north", "ann")).await.unwrap().ice_servers.remove(0);
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
        let tag = ring::hmac::sign(&key, relay.username.as_bytes());
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, tag) == relay.credential
    };
    assert!(credential_is_of(b"sesame").await);
    files.write("turn", "poppy\nsesame\n");
    running.reload("secrets are read again");
    assert!(credential_is_of(b"poppy").await);
}

#[tokio::test]
async fn admin_keys_are_exchanged() {
    let files = Files::new();
    let with_keys = |keys: &str| {
        files.write("apps.toml", &format!("[[app]]\nid = {APP}\nsecrets = ['north']\nadmin_key = {keys}\n"));
    };
    let (old, new) = ("the first admin key", "another admin key");
    with_keys(&format!("'{old}'"));
    let mut command = files.server();
    command.args(["--admin", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let admin = running.admin();
    let status =
        async |key: &str| get(admin, "/v1/live-calls", &[&format!("Authorization: Bearer {key}")]).await.status;
    assert_eq!((status(old).await, status(new).await), (200, 401));
    with_keys(&format!("['{new}', '{old}']"));
    running.reload("secrets are read again");
    assert_eq!((status(old).await, status(new).await), (200, 200));
    with_keys(&format!("['{new}']"));
    running.reload("secrets are read again");
    assert_eq!((status(old).await, status(new).await), (401, 200));
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_who_comes_next() {
    let files = Files::new();
    files.apps(&["north"]);
    let make = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (old, new) = (make(), make());
    let show = |made: &rcgen::CertifiedKey<rcgen::KeyPair>| {
        files.write("certificate.pem", &made.cert.pem());
        files.write("key.pem", &made.signing_key.serialize_pem());
    };
    show(&old);
    let mut command = files.server();
    command.arg("--tls-cert").arg(files.path("certificate.pem")).arg("--tls-key").arg(files.path("key.pem"));
    let running = Running::start(&mut command);
    let stream = connect(running.address, &old.cert.pem(), "localhost").await.unwrap();
    let (mut before, _) = client_async("wss://localhost/v1/ws", stream).await.unwrap();

    show(&new);
    running.reload("secrets are read again");
    connect(running.address, &new.cert.pem(), "localhost").await.unwrap();
    connect(running.address, &old.cert.pem(), "localhost").await.unwrap_err();
    let frame = ClientFrame::<serde_json::Value> { id: 1, body: Sent::Login(login("north", "ann")) };
    before.send(Message::text(serde_json::to_string(&frame).unwrap())).await.unwrap();
    assert!(before.next().await.unwrap().unwrap().to_text().unwrap().contains("welcome"), "connections go on");

    // The key of another certificate.
    files.write("key.pem", &old.signing_key.serialize_pem());
    running.reload("those from before stay in force");
    connect(running.address, &new.cert.pem(), "localhost").await.unwrap();
}
