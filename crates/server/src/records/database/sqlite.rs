use super::{Database, DbError, Rows, Statement, Value};
use futures::future::BoxFuture;
use rusqlite::{
    Connection, TransactionBehavior, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

const FILE: &str = "records.sqlite3";

/// How long somebody else, a backup for instance, may hold the lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file. What was written is on the disk; reading holds up nobody who writes.
pub struct SqliteDatabase {
    writer: Arc<Mutex<Connection>>,
    reader: Arc<Mutex<Connection>>,
}

impl SqliteDatabase {
    /// Opens or makes the database in `dir`.
    pub fn open(dir: &Path) -> Result<Self, DbError> {
        fs::create_dir_all(dir)?;
        let path = dir.join(FILE);
        make_private(&path)?;
        let writer = connect(&path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        let reader = connect(&path)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self { writer: Arc::new(Mutex::new(writer)), reader: Arc::new(Mutex::new(reader)) })
    }
}

impl Database for SqliteDatabase {
    fn write(&self, statements: Vec<Statement>) -> BoxFuture<'_, Result<Rows, DbError>> {
        Box::pin(with(&self.writer, move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut rows = Rows::new();
            for statement in &statements {
                rows = run(&transaction, statement)?;
            }
            transaction.commit()?;
            Ok(rows)
        }))
    }

    fn read(&self, statement: Statement) -> BoxFuture<'_, Result<Rows, DbError>> {
        Box::pin(with(&self.reader, move |connection| run(connection, &statement)))
    }

    fn turn(&self, _number: u32) -> Option<Statement> {
        None
    }

    fn migrate(&self, script: String) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(with(&self.writer, move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(&script)?;
            Ok(transaction.commit()?)
        }))
    }
}

/// Off the threads that serve clients: a disk may take its time.
async fn with<T: Send + 'static>(
    connection: &Arc<Mutex<Connection>>,
    work: impl FnOnce(&mut Connection) -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    let connection = connection.clone();
    let done =
        tokio::task::spawn_blocking(move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner)));
    done.await.map_err(|error| DbError(error.to_string()))?
}

fn run(connection: &Connection, statement: &Statement) -> Result<Rows, DbError> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let columns = prepared.column_count();
    let mut found = prepared.query(params_from_iter(&statement.parameters))?;
    let mut rows = Rows::new();
    while let Some(row) = found.next()? {
        let cells = (0..columns).map(|column| row.get_ref(column).map(value));
        rows.push(cells.collect::<Result<_, _>>()?);
    }
    Ok(rows)
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Integer(number) => Value::Number(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        _ => Value::Null,
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn connect(path: &Path) -> Result<Connection, DbError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// It says who called whom: for its owner only. SQLite gives the log the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for DbError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
