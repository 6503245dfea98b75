//! The process is killed exactly between the end of a call in the store and its record: another one holds a lock in the database
//! of the records, people are told of the end, and then comes `kill -9`.

use crate::{
    people::{connected, ended},
    postgres::Postgres,
    program::{Program, until},
    receiver::Receiver,
};
use rusqlite::Connection;
use serde_json::Value;

const NEWS: [&str; 4] = ["ringing", "accepted", "started", "ended"];

#[tokio::test]
async fn a_record_that_was_not_written_is_found_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let mut program = Program::start(dir.path(), &["--webhook", &receiver.url(), "--webhook-secret", "hush"]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let (at_ann, _) = connected(&mut ann, &mut bob).await;

    let database = Connection::open(dir.path().join("data/records.sqlite3")).unwrap();
    until("the lock", async || database.execute_batch("BEGIN IMMEDIATE").ok()).await;
    ann.leave(&at_ann).await.unwrap();
    let end = ended(&mut ann).await;
    ended(&mut bob).await;
    program.kill();
    let written: i64 = database.query_row("SELECT COUNT(*) FROM calls", [], |row| row.get(0)).unwrap();
    assert_eq!(written, 0);
    database.execute_batch("ROLLBACK").unwrap();

    program.restart();
    let record = program.record(&end.id).await;
    assert_eq!(record["ended_at"], end.end.unwrap().at);
    assert_eq!(program.get("/v1/calls").await["calls"], Value::Array(vec![record]));
    until_news(&receiver, end.id.as_str()).await;
}

#[tokio::test]
async fn a_record_that_a_dead_node_has_not_written_is_written_by_another_one() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database("records");
    let receiver = Receiver::start().await;
    let mut nodes =
        crate::cluster::Nodes::start(&["--records", &url, "--webhook", &receiver.url(), "--webhook-secret", "hush"]);
    // Nobody else hears of this call while it goes on.
    let first = &mut nodes.programs[0];
    let (mut ann, mut bob) = (first.login("ann").await, first.login("bob").await);
    let (at_ann, _) = connected(&mut ann, &mut bob).await;
    until("what began", async || (receiver.accepted_of(at_ann.id.as_str()).len() >= 3).then_some(())).await;

    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    // Reading goes on.
    client.batch_execute("BEGIN; LOCK TABLE calls IN EXCLUSIVE MODE").await.unwrap();
    ann.leave(&at_ann).await.unwrap();
    let end = ended(&mut ann).await;
    ended(&mut bob).await;
    first.kill();
    let written: i64 = client.query_one("SELECT COUNT(*) FROM calls", &[]).await.unwrap().get(0);
    assert_eq!(written, 0);
    client.batch_execute("ROLLBACK").await.unwrap();

    let record = nodes.programs[1].record(&end.id).await;
    assert_eq!(record["ended_at"], end.end.unwrap().at);
    for node in &nodes.programs[1..] {
        assert_eq!(node.get("/v1/calls").await["calls"], Value::Array(vec![record.clone()]));
    }
    until_news(&receiver, end.id.as_str()).await;
}

async fn until_news(receiver: &Receiver, call: &str) {
    until("the webhooks", async || {
        let mut kinds = receiver.accepted_of(call);
        // What was under way when the process died may come twice.
        kinds.dedup();
        (kinds == NEWS).then_some(())
    })
    .await;
}
