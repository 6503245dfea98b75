use crate::support::{Client, Got, Server, call_id};
use call_protocol::{CloseCode, ErrorCode};
use serde_json::json;

const BAD: i32 = ErrorCode::BadRequest as i32;

#[tokio::test]
async fn malformed_frames_are_answered_and_change_nothing() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let mut bob = Client::login(&server, "bob").await;
    let call = ann.call(&["bob"]).await;
    bob.snapshot().await;
    let id = call.id.to_string();
    let deep = format!(r#"{{"id":9,"x":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let frames = [
        (String::new(), 0, BAD),
        ("{".into(), 0, BAD),
        ("null".into(), 0, BAD),
        ("[]".into(), 0, BAD),
        (r#""beat""#.into(), 0, BAD),
        (r#"{"id":1}"#.into(), 1, BAD),
        (r#"{"id":2,"body":null}"#.into(), 2, BAD),
        (r#"{"id":3,"body":"fly"}"#.into(), 3, BAD),
        (r#"{"id":4,"body":{"fly":{}}}"#.into(), 4, BAD),
        (r#"{"id":5,"body":"accept"}"#.into(), 5, BAD),
        (r#"{"id":"6","body":"logout"}"#.into(), 0, BAD),
        (r#"{"id":-6,"body":"logout"}"#.into(), 0, BAD),
        (r#"{"id":4294967296,"body":"logout"}"#.into(), 0, BAD),
        (r#"{"id":7,"body":{"accept":{"call":"x","gen":1}}}"#.into(), 7, BAD),
        (json!({"id": 8, "body": {"accept": {"call": id, "gen": "1"}}}).to_string(), 8, BAD),
        (json!({"id": 8, "body": {"accept": {"call": id, "gen": -1}}}).to_string(), 8, BAD),
        (json!({"id": 8, "body": {"accept": {"call": format!("{}F", &id[1..]), "gen": 1}}}).to_string(), 8, BAD),
        (json!({"id": 8, "body": {"accept": {"call": id}}}).to_string(), 8, BAD),
        (json!({"id": 8, "body": {"accept": {"call": id, "gen": 1}, "logout": null}}).to_string(), 8, BAD),
        (json!({"id": 8, "body": {"signal": {"call": id, "to": "bob"}}}).to_string(), 8, BAD),
        (json!({"id": 8, "body": {"signal": {"call": id, "to": "b b", "signal": 1}}}).to_string(), 8, 101_002),
        (invite(8, json!({"callees": "bob"})), 8, BAD),
        (invite(8, json!({"callees": [1]})), 8, BAD),
        (invite(8, json!({"callees": ["b b"]})), 8, 101_002),
        (invite(8, json!({"callees": ["x".repeat(33)]})), 8, 101_002),
        (invite(8, json!({"media": "smell"})), 8, BAD),
        (invite(8, json!({"timeout": "30"})), 8, BAD),
        (invite(8, json!({"timeout": -1})), 8, BAD),
        (invite(8, json!({"user_data": 7})), 8, BAD),
        (invite(8, json!({"room": 7})), 8, BAD),
        (deep, 0, BAD),
    ];
    for (text, re, code) in frames {
        ann.send_text(text.clone()).await;
        let frame = ann.receive().await;
        let Got::Error(error) = frame.body else { panic!("{text:.100}: {frame:?}") };
        assert_eq!((frame.re, error.code), (re, code), "{text:.100}: {error}");
        assert!(error.message.len() < 400);
        // Resets the count of bad frames in a row, and shows that the connection lives.
        ann.hears_nothing().await;
    }
    bob.hears_nothing().await;
    bob.accept(&call).await.unwrap();
    assert_eq!(ann.snapshot().await.rev, call.rev + 1, "the call is as it was");
}

fn invite(id: u32, change: serde_json::Value) -> String {
    let mut invite = json!({"call": call_id(), "callees": ["eve"], "media": "audio", "group": false, "timeout": 30});
    for (name, value) in change.as_object().unwrap() {
        invite[name] = value.clone();
    }
    json!({"id": id, "body": {"invite": invite}}).to_string()
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    ann.send_text(r#"{"id":1000,"new":{"deep":[[[1]]]},"body":{"beat":{"call":null,"new":1}}}"#).await;
    assert_eq!(ann.answer_to(1000).await, Got::Done);
}

#[tokio::test]
async fn nesting_is_bounded_also_where_nobody_looks() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    let _bob = Client::login(&server, "bob").await;
    let call = ann.call(&["bob"]).await;
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let frame = |signal: &str| {
        format!(r#"{{"id":500,"body":{{"signal":{{"call":"{}","to":"bob","signal":{signal}}}}}}}"#, call.id)
    };
    ann.send_text(frame(&nested(29))).await;
    assert_eq!(ann.answer_to(500).await, Got::Done);
    // Brackets in text are just text.
    ann.send_text(frame(&format!(r#""\"{}""#, "[".repeat(1000)))).await;
    assert_eq!(ann.answer_to(500).await, Got::Done);
    ann.send_text(frame(&nested(30))).await;
    let refused = ann.receive().await;
    assert!(matches!(&refused.body, Got::Error(error) if error.code == BAD), "{refused:?}");
}

#[tokio::test]
async fn twenty_malformed_frames_in_a_row_are_enough() {
    let server = Server::start().await;
    let mut ann = Client::login(&server, "ann").await;
    for _ in 0..19 {
        ann.send_text("?").await;
    }
    for _ in 0..19 {
        assert!(matches!(ann.receive().await.body, Got::Error(_)));
    }
    ann.hears_nothing().await;
    for _ in 0..20 {
        ann.send_text("?").await;
    }
    assert_eq!(ann.close_code().await, Some(CloseCode::Protocol.number()));
}
