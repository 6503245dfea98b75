//! Nothing secret, and nothing that people say to each other, is ever logged.

use crate::{
    binary::{Running, program},
    support::{Client, Sent, get, invite, user},
};
use call_protocol::{Login, SignalTo};
use serde_json::{Value, json};

#[tokio::test]
async fn at_the_finest_level_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["--dev", "--listen", "127.0.0.1:0", "--log", "trace,tungstenite=trace", "--data"]).arg(dir.path());
    command.args(["--turn-url", "turn:127.0.0.1", "--turn-secret", "sesame"]);
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
}
