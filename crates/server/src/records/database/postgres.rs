use super::{Database, DbError, Rows, Statement, Value};
use crate::trust;
use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures::future::{BoxFuture, try_join_all};
use std::{error::Error, path::PathBuf, time::Duration};
use tokio_postgres::{
    Config, Row,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};
use tokio_postgres_rustls::MakeRustlsConnect;

const CONNECTIONS: usize = 4;

/// For a connection to be made, or to come free.
const PATIENCE: Duration = Duration::from_secs(5);

/// Names the lock under which one server at a time changes the schema. Those for writes come after it.
const MIGRATION_LOCK: i64 = 0x0ca1_1c11;

/// A database server that several call servers may share.
pub struct PostgresDatabase {
    pool: Pool,
}

impl PostgresDatabase {
    /// Reaches the server once, to say at once what is wrong. The URL's `sslmode` is `disable`, `prefer` (without it),
    /// `require` or `verify-full`, which are the same: name and certificate of a server that speaks TLS are always checked,
    /// against what `sslrootcert` names, or else against what the system trusts.
    pub async fn open(url: &str) -> Result<Self, DbError> {
        let (url, root) = take_apart(url);
        let mut config: Config = url.parse().map_err(|error| DbError(causes(&error)))?;
        let tls = match root {
            Some(root) => trust::client_tls_by_file(&root).map_err(DbError)?,
            None => trust::client_tls().map_err(|error| DbError(error.to_string()))?,
        };
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, MakeRustlsConnect::new(tls), recycling);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .build();
        let database = Self { pool: pool.map_err(|error| DbError(error.to_string()))? };
        drop(database.connection().await?);
        Ok(database)
    }

    async fn connection(&self) -> Result<Object, DbError> {
        self.pool.get().await.map_err(|error| DbError(causes(&error)))
    }
}

impl Database for PostgresDatabase {
    fn write(&self, statements: Vec<Statement>) -> BoxFuture<'_, Result<Rows, DbError>> {
        Box::pin(async move {
            let mut connection = self.connection().await?;
            let transaction = connection.transaction().await?;
            let mut prepared = Vec::with_capacity(statements.len());
            for statement in &statements {
                prepared.push(transaction.prepare_cached(&sql(statement)).await?);
            }
            // All on their way at once, in this order; the server carries them out one by one.
            let running = prepared
                .iter()
                .zip(&statements)
                .map(async |(prepared, statement)| transaction.query(prepared, &parameters(statement)).await);
            let rows = try_join_all(running).await?.pop().unwrap_or_default();
            transaction.commit().await?;
            rows.iter().map(cells).collect()
        })
    }

    fn read(&self, statement: Statement) -> BoxFuture<'_, Result<Rows, DbError>> {
        Box::pin(async move {
            let connection = self.connection().await?;
            // Not kept: there are as many of these as there are filters.
            let rows = connection.query(&sql(&statement), &parameters(&statement)).await?;
            rows.iter().map(cells).collect()
        })
    }

    fn turn(&self, number: u32) -> Option<Statement> {
        let lock = Value::Number(MIGRATION_LOCK + 1 + i64::from(number));
        Some(Statement::new("SELECT pg_advisory_xact_lock(?1)", [lock]))
    }

    fn migrate(&self, script: String) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(async move {
            let mut connection = self.connection().await?;
            let transaction = connection.transaction().await?;
            transaction.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            transaction.batch_execute(&script).await?;
            Ok(transaction.commit().await?)
        })
    }
}

/// The URL in words that the driver knows, and the file of `sslrootcert`.
fn take_apart(url: &str) -> (String, Option<PathBuf>) {
    let Some((before, parameters)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut root = None;
    let kept = parameters.split('&').filter_map(|parameter| match parameter.split_once('=') {
        Some(("sslrootcert", path)) => {
            root = Some(path.into());
            None
        }
        Some(("sslmode", "verify-full")) => Some("sslmode=require"),
        _ => Some(parameter),
    });
    let kept: Vec<_> = kept.collect();
    (format!("{before}?{}", kept.join("&")), root)
}

fn sql(statement: &Statement) -> String {
    statement.sql.replace('?', "$")
}

fn parameters(statement: &Statement) -> Vec<&(dyn ToSql + Sync)> {
    statement.parameters.iter().map(|value| value as _).collect()
}

fn cells(row: &Row) -> Result<Vec<Value>, DbError> {
    (0..row.len()).map(|column| Ok(row.try_get::<_, Option<Value>>(column)?.unwrap_or(Value::Null))).collect()
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        match *kind {
            Type::INT8 => i64::from_sql(kind, raw).map(Self::Number),
            _ => String::from_sql(kind, raw).map(Self::Text),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT)
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self(causes(&error))
    }
}

/// The error's own text says little more than "db error"; some say what their cause says.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_says = cause.to_string();
        if !text.ends_with(&cause_says) {
            text += &format!(": {cause_says}");
        }
        source = cause.source();
    }
    text
}
