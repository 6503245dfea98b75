use crate::support::{HttpAnswer, Server, get, now};
use call_protocol::SUBPROTOCOL;
use call_server::{AppKeys, Apps, Config, Secrets, verify};
use serde_json::Value;

fn dev(config: &mut Config) {
    let app = AppKeys::new(1_900_000_001, vec!["dev".into()]).unwrap();
    config.secrets = Secrets { apps: Apps::new([app.clone()]).unwrap(), ..Secrets::default() }.into();
    config.dev = Some(app);
}

const UPGRADE: [&str; 4] = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

async fn open(server: &Server, extra: &[&str]) -> HttpAnswer {
    get(server.address, "/v1/ws", &[&UPGRADE[..], extra].concat()).await
}

#[tokio::test]
async fn is_healthy() {
    let server = Server::start().await;
    let answer = get(server.address, "/healthz", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn serves_the_demo_with_an_etag() {
    let server = Server::start().await;
    let page = get(server.address, "/", &[]).await;
    assert_eq!((page.status, page.headers["content-type"].as_str()), (200, "text/html; charset=utf-8"));
    assert_eq!(page.headers["cache-control"], "no-cache");
    assert_eq!(page.body.len(), get(server.address, "/index.html", &[]).await.body.len());

    let tag = &page.headers["etag"];
    let again = get(server.address, "/", &[&format!("If-None-Match: {tag}")]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(get(server.address, "/", &["If-None-Match: \"other\""]).await.status, 200);
}

#[tokio::test]
async fn serves_scripts_as_scripts() {
    let server = Server::start().await;
    let script = get(server.address, "/main.js", &[]).await;
    assert_eq!((script.status, script.headers["content-type"].as_str()), (200, "text/javascript; charset=utf-8"));
}

#[tokio::test]
async fn serves_nothing_outside() {
    let server = Server::start().await;
    for path in [
        "/no-such-page",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/pkg/../Cargo.toml",
        "/pkg/no-such-file",
        "//etc/passwd",
    ] {
        assert_eq!(get(server.address, path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn gives_user_sigs_in_dev_mode_only() {
    let server = Server::start_with(dev).await;
    let answer = get(server.address, "/dev/usersig?userID=bob", &["Origin: https://elsewhere.example"]).await;
    assert_eq!((answer.status, answer.headers["access-control-allow-origin"].as_str()), (200, "*"));
    assert_eq!(answer.headers["content-type"], "application/json");
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&body["SDKAppID"], &body["userID"]), (&1_900_000_001_u32.into(), &"bob".into()));
    let keys = AppKeys::new(1_900_000_001, vec!["dev".into()]).unwrap();
    verify(&keys, "bob", body["userSig"].as_str().unwrap(), now()).unwrap();

    let closed = Server::start().await;
    assert_eq!(get(closed.address, "/dev/usersig?userID=bob", &[]).await.status, 404);
}

#[tokio::test]
async fn gives_no_user_sig_for_a_bad_user_id() {
    let server = Server::start_with(dev).await;
    let too_long = format!("?userID={}", "x".repeat(33));
    for query in ["", "?", "?userID=", "?userID=a%20b", "?userID=%F0%9F%98%80", "?userid=bob", &too_long] {
        let answer = get(server.address, &format!("/dev/usersig{query}"), &[]).await;
        assert_eq!((answer.status, answer.headers["access-control-allow-origin"].as_str()), (400, "*"), "{query}");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["code"], 101_002);
        assert!(body["message"].as_str().unwrap().contains("1 to 32"));
    }
}

#[tokio::test]
async fn pages_of_the_server_itself_may_connect() {
    let server = Server::start().await;
    let own = format!("Origin: http://{}", server.address);
    assert_eq!(open(&server, &[&own]).await.status, 101);
    assert_eq!(open(&server, &["Host: calls.example", "Origin: https://calls.example"]).await.status, 101);
    assert_eq!(open(&server, &["Host: calls.example:443", "Origin: https://CALLS.example"]).await.status, 101);
    assert_eq!(open(&server, &[]).await.status, 101, "not a browser");
    for origin in
        ["https://elsewhere.example", "http://127.0.0.1:1", "null", "", "https://calls.example.elsewhere.example"]
    {
        let answer = open(&server, &["Host: calls.example", &format!("Origin: {origin}")]).await;
        assert_eq!(answer.status, 403, "{origin}");
    }
}

#[tokio::test]
async fn pages_of_allowed_origins_may_connect() {
    let server = Server::start_with(|config| config.origins = vec!["https://app.example".into()]).await;
    assert_eq!(open(&server, &["Origin: https://app.example"]).await.status, 101);
    assert_eq!(open(&server, &["Origin: https://app.example:443"]).await.status, 101);
    for origin in ["http://app.example", "https://app.example:8443", "https://sub.app.example"] {
        assert_eq!(open(&server, &[&format!("Origin: {origin}")]).await.status, 403, "{origin}");
    }
}

#[tokio::test]
async fn every_page_may_connect_in_dev_mode() {
    let server = Server::start_with(dev).await;
    for origin in ["https://elsewhere.example", "null"] {
        assert_eq!(open(&server, &[&format!("Origin: {origin}")]).await.status, 101);
    }
}

#[tokio::test]
async fn selects_the_subprotocol_if_it_is_offered() {
    let server = Server::start().await;
    let offered = open(&server, &[&format!("Sec-WebSocket-Protocol: other, {SUBPROTOCOL}")]).await;
    assert_eq!(offered.headers["sec-websocket-protocol"], SUBPROTOCOL);
    let without = open(&server, &[]).await;
    assert!(without.status == 101 && !without.headers.contains_key("sec-websocket-protocol"));
}

#[tokio::test]
async fn a_plain_request_for_the_socket_is_refused() {
    let server = Server::start().await;
    let answer = get(server.address, "/v1/ws", &[]).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}
