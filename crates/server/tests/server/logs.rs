//! Nothing secret, and nothing that people say to each other, is ever logged.

use crate::{
    binary::{Running, program},
    support::{Client, Sent, get, invite, user},
};
use call_protocol::{Login, Phase, SignalTo};
use serde_json::{Value, json};

#[tokio::test]
async fn text_keeps_secrets_at_the_finest_level_too() {
    keeps_secrets("text").await;
}

#[tokio::test]
async fn json_keeps_secrets_at_the_finest_level_too() {
    let log = keeps_secrets("json").await;
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["level"].is_string() && line["timestamp"].is_string() && line["target"].is_string(), "{line}");
    }
}

async fn keeps_secrets(format: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["--dev", "--listen", "127.0.0.1:0", "--log", "trace,tungstenite=trace", "--data"]).arg(dir.path());
    command.args(["--turn-url", "turn:127.0.0.1", "--turn-secret", "sesame", "--log-format", format]);
    let running = Running::start(&mut command);

    let mut secrets = vec!["sesame".to_owned(), "v=0".to_owned(), "hidden words".to_owned()];
    let mut clients = Vec::new();
    for name in ["ann", "bob"] {
        let body = get(running.address, &format!("/dev/usersig?userID={name}"), &[]).await.body;
        let body: Value = serde_json::from_str(&body).unwrap();
        let sig = body["userSig"].as_str().unwrap().to_owned();
        let app = u32::try_from(body["SDKAppID"].as_u64().unwrap()).unwrap();
        let mut client = Client::connect(running.address).await;
        let login = Login {
            app,
            user: user(name),
            sig: sig.clone(),
            device: "d".into(),
            page: String::new(),
            multi_device: false,
            returns: false,
            resume: None,
        };
        let welcome = client.try_login(login.clone()).await.unwrap();
        secrets.extend([sig, welcome.resume, welcome.ice_servers[0].credential.clone()]);
        let wrong = Login { sig: "AbCdEfGhIj".into(), ..login };
        Client::connect(running.address).await.try_login(wrong).await.unwrap_err();
        clients.push(client);
    }
    secrets.push("AbCdEfGhIj".into());
    let mut call = invite(&["bob"]);
    call.user_data = "hidden words".into();
    call.offer = Some(json!({"sdp": "v=0\r\n"}));
    let id = call.call.clone();
    clients[0].ask(Sent::Invite(call)).await.unwrap();
    let signal = SignalTo { call: id.clone(), to: user("bob"), signal: json!({"sdp": "v=0\r\n"}) };
    clients[0].ask(Sent::Signal(signal)).await.unwrap();
    clients[0].send_text(r#"{"body": "v=0"}"#).await;
    clients[0].receive().await;
    let app: Value = serde_json::from_str(&std::fs::read_to_string(dir.path().join("dev.json")).unwrap()).unwrap();
    secrets.push(app["secret"].as_str().unwrap().to_owned());

    let (_, _, log) = running.stop();
    assert!(log.contains(id.as_str()), "calls are logged by their id");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret:.12} is in the log");
    }
    log
}

#[tokio::test]
async fn each_step_of_a_call_is_one_line_that_names_the_call_and_who_took_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["--dev", "--listen", "127.0.0.1:0", "--data"]).arg(dir.path()).env("CALL_SERVER_LOG_FORMAT", "json");
    let running = Running::start(&mut command);
    let mut ann = log_in(&running, "ann").await;
    let mut bob = log_in(&running, "bob").await;
    let call = ann.call(&["bob"]).await;
    let ringing = bob.snapshot().await;
    bob.accept(&ringing).await.unwrap();
    for client in [&mut ann, &mut bob] {
        client.snapshot_when(|call| call.phase == Phase::Connected).await;
    }
    for n in 0..100 {
        ann.signal(&call, "bob", json!(n)).await;
        bob.signal_in().await;
    }
    ann.leave(&call).await.unwrap();
    bob.snapshot_when(|call| call.phase == Phase::Ended).await;
    let (_, _, log) = running.stop();

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut steps: Vec<&Value> = lines.iter().filter(|line| line["call"] == call.id.as_str()).collect();
    steps.retain(|line| line["message"] == "call");
    let phases: Vec<_> = steps.iter().map(|line| line["phase"].as_str().unwrap()).collect();
    assert_eq!(phases, ["Ringing", "Connected", "Ended"], "one line a step");
    let requests: Vec<_> = steps.iter().map(|line| line["span"]["kind"].as_str().unwrap()).collect();
    assert_eq!(requests, ["invite", "accept", "leave"]);
    let logins: Vec<_> = lines.iter().filter(|line| line["message"] == "login").map(|line| &line["session"]).collect();
    let takers: Vec<_> = steps.iter().map(|line| &line["span"]["session"]).collect();
    assert_eq!(takers, [logins[0], logins[1], logins[0]], "the sessions that logged in");
    assert!(steps.iter().all(|line| line["span"]["call"] == call.id.as_str()));
    assert!(lines.len() < 50, "signals are not logged at info: {} lines", lines.len());
}

async fn log_in(running: &Running, name: &str) -> Client {
    let body = get(running.address, &format!("/dev/usersig?userID={name}"), &[]).await.body;
    let body: Value = serde_json::from_str(&body).unwrap();
    let mut client = Client::connect(running.address).await;
    let login = Login {
        app: u32::try_from(body["SDKAppID"].as_u64().unwrap()).unwrap(),
        user: user(name),
        sig: body["userSig"].as_str().unwrap().to_owned(),
        device: "d".into(),
        page: String::new(),
        multi_device: false,
        returns: false,
        resume: None,
    };
    client.try_login(login).await.unwrap();
    client
}
