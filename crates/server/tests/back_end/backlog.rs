//! However much waits behind events that nobody takes, what is due is found as fast as ever: by what the databases look at,
//! not by the clock.

use crate::{
    postgres::Postgres,
    suite::{APP, event},
};
use call_server::{
    Database, DbError, DbValue, Event, PostgresDatabase, Records, Retry, Settled, SqliteDatabase, Statement,
};
use futures::future::BoxFuture;
use rusqlite::{Connection, StatementStatus};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

const TAKEN: u32 = 50;

/// Events of one call: the first is tried again later, the others wait for it.
const OF_A_CALL: u64 = 50;

/// Remembers what was written last.
struct Listening<D> {
    database: D,
    last: Mutex<Vec<Statement>>,
}

impl<D: Database> Database for Listening<D> {
    fn write(&self, statements: Vec<Statement>) -> BoxFuture<'_, Result<Vec<Vec<DbValue>>, DbError>> {
        *self.last.lock().unwrap() = statements.clone();
        self.database.write(statements)
    }

    fn read(&self, statement: Statement) -> BoxFuture<'_, Result<Vec<Vec<DbValue>>, DbError>> {
        self.database.read(statement)
    }

    fn turn(&self, number: u32) -> Option<Statement> {
        self.database.turn(number)
    }

    fn migrate(&self, script: String) -> BoxFuture<'_, Result<(), DbError>> {
        self.database.migrate(script)
    }
}

/// Answers with the statement that takes some of what is due, after `waiting` events have come to wait: for an earlier one
/// of their call, or a tenth of them for somebody to take them.
async fn take_with<D: Database + 'static>(database: D, waiting: u64) -> (Arc<Listening<D>>, Statement) {
    let database = Arc::new(Listening { database, last: Mutex::default() });
    let records = Records::over(database.clone()).await.unwrap();
    let stuck = (0..waiting * 9 / 10).map(|number| event(100_000 + number / OF_A_CALL, number % OF_A_CALL, 100));
    let due = (0..waiting / 10).map(|call| event(call, 1, 500));
    let all: Vec<Event> = stuck.chain(due).collect();
    for some in all.chunks(2500) {
        records.add(&[], some).await.unwrap();
    }
    let heads = records.take_due(APP, 200, 300, u32::MAX).await.unwrap();
    assert_eq!(heads.len() as u64, (waiting * 9 / 10).div_ceil(OF_A_CALL), "of each call one");
    let later = Settled::Again(Retry { at: 1_000_000, problem: "answered 500".into() });
    records.settle(APP, &heads.into_iter().map(|head| (head, later.clone())).collect::<Vec<_>>()).await.unwrap();

    assert_eq!(records.next_due(APP).await.unwrap(), Some(500));
    assert_eq!(records.take_due(APP, 500, 400, TAKEN).await.unwrap().len(), TAKEN as usize);
    let statement = database.last.lock().unwrap().last().unwrap().clone();
    (database, statement)
}

/// Instructions of SQLite's machine that taking what is due needs.
async fn steps_of_sqlite(dir: &Path, waiting: u64) -> i32 {
    let (_, take) = take_with(SqliteDatabase::open(dir).unwrap(), waiting).await;
    let connection = Connection::open(dir.join("records.sqlite3")).unwrap();
    let mut take_again = connection.prepare(&take.sql).unwrap();
    let taken = take_again.query_map(rusqlite::params_from_iter(&take.parameters), |_| Ok(())).unwrap().count();
    assert_eq!(taken, TAKEN as usize);
    take_again.get_status(StatementStatus::VmStep)
}

/// Rows that Postgres looks at for that.
async fn rows_of_postgres(url: &str, waiting: u64) -> u64 {
    let (database, take) = take_with(PostgresDatabase::open(url).await.unwrap(), waiting).await;
    let seen = "(SELECT (seq_tup_read + COALESCE(idx_tup_fetch, 0))::BIGINT FROM pg_stat_xact_user_tables \
                WHERE relname = 'webhook_events')";
    // What this connection has done before may count, too.
    let before = Statement::new(format!("SELECT set_config('test.before', {seen}::TEXT, TRUE)"), []);
    let after = Statement::new(format!("SELECT {seen} - current_setting('test.before')::BIGINT"), []);
    let rows = database.write(vec![before, take, after]).await.unwrap();
    rows[0][0].number().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_costs_nothing_in_sqlite() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let few = steps_of_sqlite(dirs[0].path(), 1000).await;
    let many = steps_of_sqlite(dirs[1].path(), 10_000).await;
    println!("SQLite: {few} instructions with 1,000 waiting, {many} with 10,000");
    assert!(many <= few * 2, "{many} instructions instead of {few}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_costs_nothing_in_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    let few = rows_of_postgres(&postgres.database("few"), 1000).await;
    let many = rows_of_postgres(&postgres.database("many"), 10_000).await;
    println!("Postgres: {few} rows with 1,000 waiting, {many} with 10,000");
    assert!(many <= few * 2, "{many} rows instead of {few}");
}
