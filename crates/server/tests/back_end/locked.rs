//! The database of the records is locked by somebody else: no call waits for it, and every record is there in the end.

use crate::{
    people::talk,
    program::{Program, until},
    support::get,
};
use rusqlite::Connection;

#[tokio::test]
async fn calls_go_on_and_their_records_are_written_later() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &[]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let before = talk(&mut ann, &mut bob, |_| {}).await;
    program.record(&before.id).await;

    let other = Connection::open(dir.path().join("data/records.sqlite3")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut calls = Vec::new();
    for _ in 0..5 {
        calls.push(talk(&mut ann, &mut bob, |_| {}).await.id);
    }
    // Calls need no records: people are still to be sent here.
    assert_eq!(get(program.address, "/readyz", &[]).await.status, 200);
    let written = |id: &str| {
        let found = other.query_row("SELECT count(*) FROM calls WHERE id = ?1", [id], |row| row.get::<_, i64>(0));
        found.unwrap()
    };
    assert_eq!(written(before.id.as_str()), 1);
    assert!(calls.iter().all(|id| written(id.as_str()) == 0), "locked");

    watched(&program, "call_server_records_written 0").await;

    other.execute_batch("ROLLBACK").unwrap();
    for id in &calls {
        assert_eq!(program.record(id).await["outcome"], program.record(&before.id).await["outcome"]);
        assert_eq!(written(id.as_str()), 1);
    }
    watched(&program, "call_server_records_written 1").await;
}

/// Waits until the metrics have this line.
async fn watched(program: &Program, line: &str) {
    until(line, async || {
        let metrics = get(program.admin, "/metrics", &[]).await.body;
        metrics.lines().any(|found| found == line).then_some(())
    })
    .await;
}
