//! What Prometheus reads, after known things have happened to a server of its own.

use crate::{
    people::talk,
    program::Program,
    support::{Client, HttpAnswer, get},
};
use std::collections::HashMap;

#[tokio::test]
async fn what_happens_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let before = metrics(&program).await;
    assert_eq!(before.get("call_server_calls_live"), Some(&0.0));

    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let call = talk(&mut ann, &mut bob, |_| {}).await;
    ann.accept(&call).await.unwrap_err();
    let mut stranger = Client::connect(program.address).await;
    stranger.send_text("?").await;
    stranger.receive().await;
    drop(bob);

    program.record(&call.id).await;
    let after = metrics(&program).await;
    let count = |name: &str| after.get(name).copied().unwrap_or_else(|| panic!("no {name} in {after:?}"));
    assert_eq!(count(r#"call_server_logins_total{result="let_in"}"#), 2.0);
    assert_eq!(count(r#"call_server_calls_placed_total{media="audio",group="false"}"#), 1.0);
    assert_eq!(count("call_server_calls_begun_total"), 1.0);
    assert_eq!(count(r#"call_server_calls_ended_total{reason="1"}"#), 1.0);
    assert_eq!(count("call_server_call_seconds_count"), 1.0);
    assert_eq!(count("call_server_ring_seconds_count"), 1.0);
    assert_eq!(count("call_server_calls_live"), 0.0);
    assert_eq!((count("call_server_store_answers"), count("call_server_records_written")), (1.0, 1.0));
    assert!(count("call_server_frames_received_total") >= 6.0);
    assert!(count("call_server_frames_sent_total") >= 6.0);
    assert!(after.keys().any(|name| name.starts_with("call_server_requests_refused_total")), "{after:?}");
    assert!(count("process_resident_memory_bytes") > 1e6);
}

#[tokio::test]
async fn metrics_name_nobody_and_are_not_public() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = (program.login("annabella").await, program.login("bob").await);
    let call = talk(&mut ann, &mut bob, |_| {}).await;
    let text = text(&program).await.body;
    for secret in ["annabella", call.id.as_str()] {
        assert!(!text.contains(secret), "{secret} is in the metrics");
    }
    assert_eq!(get(program.address, "/metrics", &[]).await.status, 404);
    assert_eq!(get(program.address, "/readyz", &[]).await.status, 200);
}

async fn text(program: &Program) -> HttpAnswer {
    let answer = get(program.admin, "/metrics", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// Each series with its value.
async fn metrics(program: &Program) -> HashMap<String, f64> {
    let text = text(program).await.body;
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let value = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("a number in {line}")))
    };
    lines.map(value).collect()
}
