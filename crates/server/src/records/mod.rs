//! What became of calls, durably: a record of each call that ended, and the outbox of webhooks, in one database.
//!
//! The [`Recorder`] writes after each commit, and again whatever it finds in the store without a record: an end that is
//! in the store is in the records some moment later, whichever process dies in between. Everything is written by keys
//! that follow from the call, so writing it twice changes nothing, and several nodes may share one database.

mod database;
mod filter;
mod outbox;
mod record;
mod recorder;
mod rows;

pub use database::{Database, DbError, PostgresDatabase, SqliteDatabase, Statement, Value};
pub use filter::{CallFilter, Cursor, Page};
pub use outbox::{DeadLetter, Event, Outgoing, Retry, Settled};
pub use record::{CallRecord, MemberOutcome, MemberRecord, Outcome, Role, RoomSchema};
pub use recorder::Recorder;

use crate::config::ConfigError;
use call_core::AppId;
use call_protocol::{CallId, Millis};
use rows::{record_of, statements_of};
use std::{collections::HashSet, fmt, path::PathBuf, sync::Arc};

/// Where records are kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum RecordsKind {
    /// Nowhere.
    #[default]
    Off,
    /// In a SQLite database in this folder.
    Sqlite(PathBuf),
    /// `postgres://USER:PASSWORD@HOST/NAME`; several servers may share it.
    Postgres(String),
}

/// The records of all apps.
#[derive(Clone)]
pub struct Records {
    database: Arc<dyn Database>,
}

impl Records {
    /// Opens the database and brings its schema up to date.
    pub async fn open(kind: &RecordsKind) -> Result<Option<Self>, ConfigError> {
        let database: Arc<dyn Database> = match kind {
            RecordsKind::Off => return Ok(None),
            RecordsKind::Sqlite(dir) => Arc::new(
                SqliteDatabase::open(dir).map_err(|error| ConfigError::file(dir, format_args!("records: {error}")))?,
            ),
            RecordsKind::Postgres(url) => Arc::new(PostgresDatabase::open(url).await.map_err(ConfigError::records)?),
        };
        Self::over(database).await.map(Some).map_err(ConfigError::records)
    }

    /// Brings the schema of `database` up to date.
    pub async fn over(database: Arc<dyn Database>) -> Result<Self, DbError> {
        database::migrate(&*database).await?;
        Ok(Self { database })
    }

    /// All of it or nothing. What is there already stays as it is.
    pub async fn add(&self, records: &[CallRecord], events: &[Event]) -> Result<(), DbError> {
        let mut statements = outbox::insert_all(&*self.database, events);
        // In one order: several nodes may find the same ones.
        let mut records: Vec<_> = records.iter().collect();
        records.sort_by_key(|record| (record.app, &record.id));
        statements.extend(records.into_iter().flat_map(statements_of));
        self.database.write(statements).await.map(drop)
    }

    pub async fn call(&self, app: AppId, id: &CallId) -> Result<Option<CallRecord>, DbError> {
        let one = Statement::new(
            format!("SELECT {} FROM calls WHERE app = ?1 AND id = ?2", rows::COLUMNS),
            [app.into(), id.as_str().into()],
        );
        let rows = self.database.read(one).await?;
        Ok(self.with_members(rows).await?.pop())
    }

    /// The newest first.
    pub async fn calls(&self, app: AppId, filter: &CallFilter) -> Result<Page, DbError> {
        let limit = filter.limit();
        let rows = self.database.read(filter.select(app)).await?;
        let mut calls = self.with_members(rows).await?;
        let more = calls.len() > limit;
        calls.truncate(limit);
        let next = calls.last().filter(|_| more).map(|last| Cursor::after(last).to_string());
        Ok(Page { calls, next })
    }

    pub async fn count(&self, app: AppId, filter: &CallFilter) -> Result<u64, DbError> {
        let rows = self.database.read(filter.count(app)).await?;
        Ok(rows.first().and_then(|row| row.first()?.number()).unwrap_or(0))
    }

    /// Those of calls that ended at `since` or later.
    pub async fn ended_since(&self, since: Millis) -> Result<HashSet<(AppId, CallId)>, DbError> {
        let all = Statement::new("SELECT app, id FROM calls WHERE ended_at >= ?1", [since.into()]);
        let rows = self.database.read(all).await?;
        Ok(rows.iter().filter_map(|row| Some((app_of(row.first()?)?, row.get(1)?.text()?.try_into().ok()?))).collect())
    }

    /// Forgets calls that ended before `before`, and webhooks of calls that ended before `webhooks_before`.
    pub async fn prune(&self, before: Millis, webhooks_before: Millis) -> Result<(), DbError> {
        let members = "DELETE FROM call_members WHERE EXISTS (SELECT 1 FROM calls WHERE calls.app = call_members.app \
                       AND calls.id = call_members.call_id AND calls.ended_at < ?1)";
        let mut statements = outbox::prune(&*self.database, webhooks_before, before);
        statements.push(Statement::new(members, [before.into()]));
        statements.push(Statement::new("DELETE FROM calls WHERE ended_at < ?1", [before.into()]));
        self.database.write(statements).await.map(drop)
    }

    async fn with_members(&self, calls: Vec<Vec<Value>>) -> Result<Vec<CallRecord>, DbError> {
        let mut records: Vec<CallRecord> = calls.iter().filter_map(|row| record_of(row)).collect();
        let Some(first) = records.first() else { return Ok(records) };
        let members = self.database.read(rows::select_members(first.app, &records)).await?;
        for row in &members {
            let Some((call, member)) = rows::member_of(row) else { continue };
            if let Some(record) = records.iter_mut().find(|record| record.id.as_str() == call) {
                record.members.push(member);
            }
        }
        Ok(records)
    }
}

fn app_of(value: &Value) -> Option<AppId> {
    value.number().and_then(|number| AppId::try_from(number).ok())
}

// By hand: a URL has a password.
impl fmt::Debug for RecordsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("Off"),
            Self::Sqlite(dir) => f.debug_tuple("Sqlite").field(dir).finish(),
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}
