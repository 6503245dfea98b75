//! What a server of an earlier version has left is gone on with.

use crate::{
    postgres::Postgres,
    suite::{APP, event},
};
use call_server::{Database, DbValue, PostgresDatabase, Records, Settled, SqliteDatabase, Statement};
use std::sync::Arc;

const FIRST: &str = include_str!("../../src/records/database/0001.sql");

/// Two calls as the first version kept them: all that is left to be sent is due by its own time.
async fn webhooks_of_the_first_version_go_out_in_order(database: Arc<dyn Database>) {
    database.migrate("CREATE TABLE schema_versions (version BIGINT PRIMARY KEY)".into()).await.unwrap();
    database.migrate(format!("INSERT INTO schema_versions VALUES (1);\n{FIRST}")).await.unwrap();
    for (call, number, state) in [(1, 1, 1u32), (1, 2, 0), (1, 3, 0), (1, 4, 0), (2, 1, 2), (2, 2, 0)] {
        let event = event(call, number, 100);
        let values: [DbValue; 6] = [
            APP.into(),
            event.id.into(),
            event.call.as_str().into(),
            event.position.into(),
            event.body.into(),
            state.into(),
        ];
        let sql = "INSERT INTO webhook_events (app, id, call_id, position, body, created_at, state, attempts, next_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, 100, ?6, 1, 100)";
        database.write(vec![Statement::new(sql, values)]).await.unwrap();
    }
    let records = Records::over(database).await.unwrap();
    let id = |call, number| event(call, number, 100).id;
    for expected in [vec![id(1, 2), id(2, 2)], vec![id(1, 3)], vec![id(1, 4)], vec![]] {
        let mut due = records.take_due(APP, 500, 1000, 10).await.unwrap();
        due.sort_by(|one, other| one.id.cmp(&other.id));
        assert_eq!(due.iter().map(|event| event.id.clone()).collect::<Vec<_>>(), expected);
        records
            .settle(APP, &due.into_iter().map(|event| (event, Settled::Delivered)).collect::<Vec<_>>())
            .await
            .unwrap();
    }
    assert_eq!(records.dead_letters(APP, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn in_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    webhooks_of_the_first_version_go_out_in_order(Arc::new(SqliteDatabase::open(dir.path()).unwrap())).await;
}

#[tokio::test]
async fn in_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    let database = PostgresDatabase::open(&postgres.database("earlier")).await.unwrap();
    webhooks_of_the_first_version_go_out_in_order(Arc::new(database)).await;
}
