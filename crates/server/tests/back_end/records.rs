//! What stands in records.

use crate::{
    people::{cancelled, ended, rejected, rung, talk},
    program::Program,
    support::{Client, now},
};
use call_protocol::{MediaType, Room};
use serde_json::{Value, json};

async fn two(program: &Program) -> (Client, Client) {
    (program.login("ann").await, program.login("bob").await)
}

fn member<'a>(record: &'a Value, name: &str) -> &'a Value {
    record["members"].as_array().unwrap().iter().find(|member| member["user"] == name).unwrap()
}

#[tokio::test]
async fn a_call_leaves_one_record_with_everything() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = two(&program).await;
    let before = now();
    let end = talk(&mut ann, &mut bob, |invite| {
        invite.media = MediaType::Video;
        invite.room = Room { int: 7, str: "seven".into() };
    })
    .await;
    let record = program.record(&end.id).await;
    let times = ["created_at", "begun_at", "ended_at"].map(|name| record[name].as_u64().unwrap());
    assert!(before <= times[0] && times.is_sorted() && times[2] <= now(), "{record}");
    assert_eq!(times[1..], [end.begun_at.unwrap(), end.end.unwrap().at]);
    assert_eq!(record["duration"], times[2] - times[1]);
    let expected = json!({
        "app": 7, "id": end.id, "caller": "ann", "media": "video", "group": false, "chat_group": null,
        "room": { "int": 7, "str": "seven" }, "outcome": "normal_end", "reason": "hang_up", "ended_by": "ann",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&record[name], value, "{name}");
    }
    let names: Vec<_> = record["members"].as_array().unwrap().iter().map(|member| &member["user"]).collect();
    assert_eq!(names, ["ann", "bob"], "the caller first");
    for (name, role) in [("ann", "caller"), ("bob", "callee")] {
        let member = member(&record, name);
        assert_eq!((&member["role"], &member["outcome"]), (&json!(role), &json!("left")));
        assert_eq!((&member["reason"], &member["by"]), (&json!("hang_up"), &json!("ann")));
        assert_eq!((&member["left_at"], &member["duration"]), (&record["ended_at"], &record["duration"]));
    }
    // It outlives an orderly end as well.
    program.stop();
    program.restart();
    assert_eq!(program.get(&format!("/v1/calls/{}", end.id)).await, record);
    assert_eq!(program.get("/v1/calls").await["calls"], json!([record]));
}

#[tokio::test]
async fn each_way_to_end_has_its_outcome() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = two(&program).await;
    let mut cat = program.login("cat").await;

    let expect = async |id: &str, outcome: &str, reason: &str, of_bob: &str| {
        let record = program.record(id).await;
        let found = [&record["outcome"], &record["reason"], &member(&record, "bob")["outcome"]];
        assert_eq!(found, [outcome, reason, of_bob], "{record}");
        record
    };
    let end = rejected(&mut ann, &mut bob).await;
    let record = expect(end.id.as_str(), "reject", "reject", "rejected").await;
    assert_eq!((&record["begun_at"], &record["duration"]), (&Value::Null, &json!(0)));
    let end = cancelled(&mut ann, &mut bob).await;
    expect(end.id.as_str(), "cancel", "cancelled", "cancelled").await;

    // Bob is busy with cat.
    let (at_cat, at_bob) = rung(&mut cat, &mut bob, |_| {}).await;
    bob.accept(&at_bob).await.unwrap();
    ann.invite(&["bob"], |_| {}).await.unwrap();
    let end = ended(&mut ann).await;
    expect(end.id.as_str(), "call_busy", "line_busy", "busy").await;
    let (status, _) = program.ask("DELETE", &format!("/v1/live-calls/{}", at_cat.id)).await;
    assert_eq!(status, 204);
    let end = ended(&mut cat).await;
    let record = expect(end.id.as_str(), "interrupt", "ended_by_server", "left").await;
    assert_eq!(record["ended_by"], Value::Null);
    ended(&mut bob).await;

    let (_, at_bob) = rung(&mut ann, &mut bob, |invite| invite.timeout = 1).await;
    expect(at_bob.id.as_str(), "not_answer", "no_response", "no_response").await;
}

#[tokio::test]
async fn a_group_call_has_all_of_its_members() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = two(&program).await;
    let mut cat = program.login("cat").await;
    ann.invite(&["bob", "cat", "dan"], |invite| invite.chat_group = Some("team".into())).await.unwrap();
    let (at_ann, at_bob, at_cat) = (ann.snapshot().await, bob.snapshot().await, cat.snapshot().await);
    cat.reject(&at_cat).await.unwrap();
    bob.accept(&at_bob).await.unwrap();
    ann.leave(&at_ann).await.unwrap();
    bob.leave(&at_bob).await.unwrap();
    let record = program.record(&at_ann.id).await;
    assert_eq!((&record["group"], &record["chat_group"]), (&json!(true), &json!("team")));
    let outcomes: Vec<_> = ["ann", "bob", "cat", "dan"].map(|name| &member(&record, name)["outcome"]).to_vec();
    assert_eq!(outcomes, ["left", "left", "rejected", "cancelled"], "{record}");
}
