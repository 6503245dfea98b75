//! One schema and one SQL for two databases. Only the files below know which it is.

mod postgres;
mod sqlite;

pub use postgres::PostgresDatabase;
pub use sqlite::SqliteDatabase;

use futures::future::BoxFuture;
use std::borrow::Cow;

/// Each brings the schema from the version of its place in the list to the next one; never changed, only added to.
const MIGRATIONS: &[&str] = &[include_str!("0001.sql"), include_str!("0002.sql")];

/// What a cell holds. Yes and no are 1 and 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Number(i64),
    Text(String),
}

/// SQL with parameters `?1`, `?2`, ... and no other question mark.
#[derive(Debug, Clone)]
pub struct Statement {
    pub sql: Cow<'static, str>,
    pub parameters: Vec<Value>,
}

pub type Rows = Vec<Vec<Value>>;

/// The database is away, full or not as it should be.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct DbError(pub String);

pub trait Database: Send + Sync {
    /// All statements or none, durably. Answers with the rows of the last one.
    fn write(&self, statements: Vec<Statement>) -> BoxFuture<'_, Result<Rows, DbError>>;

    fn read(&self, statement: Statement) -> BoxFuture<'_, Result<Rows, DbError>>;

    /// Holds up other writes with the same number, from this statement to the end of its write. None: only one write is
    /// made at a time anyway.
    fn turn(&self, number: u32) -> Option<Statement>;

    /// Several statements without parameters, all or none, while no other server does the same.
    fn migrate(&self, script: String) -> BoxFuture<'_, Result<(), DbError>>;
}

/// Several servers may do this at a time.
pub async fn migrate(database: &dyn Database) -> Result<(), DbError> {
    database.migrate("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY)".into()).await?;
    let current = "SELECT COALESCE(MAX(version), 0) FROM schema_versions";
    loop {
        let rows = database.read(Statement::new(current, [])).await?;
        let version = rows.first().and_then(|row| row.first()?.number()).unwrap_or(0);
        let known = u64::try_from(MIGRATIONS.len()).unwrap_or(u64::MAX);
        if version > known {
            return Err(DbError(format!("a newer server has written it (schema {version}, known here is {known})")));
        }
        let Some(script) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version)) else {
            return Ok(());
        };
        // The version first: of two servers the later one fails here, and looks again.
        let script = format!("INSERT INTO schema_versions VALUES ({});\n{script}", version + 1);
        if let Err(error) = database.migrate(script).await {
            let rows = database.read(Statement::new(current, [])).await?;
            if rows.first().and_then(|row| row.first()?.number()).unwrap_or(0) == version {
                return Err(error);
            }
        }
    }
}

impl Statement {
    pub fn new(sql: impl Into<Cow<'static, str>>, parameters: impl Into<Vec<Value>>) -> Self {
        Self { sql: sql.into(), parameters: parameters.into() }
    }
}

impl Value {
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Number(yes.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        // Postgres keeps no zero bytes in text.
        Self::Text(text.replace('\0', ""))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
