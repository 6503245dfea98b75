//! Webhooks on their way: in the same database as the records, so that what happened and the news of it are one write.

use super::{
    Records,
    database::{DbError, Statement, Value},
};
use call_core::AppId;
use call_protocol::{CallId, Millis};
use serde::Serialize;
use utoipa::ToSchema;

/// In column `state`.
const DELIVERED: u32 = 1;
const GIVEN_UP: u32 = 2;

/// News of a call for the app's back end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub app: AppId,
    /// Follows from what it tells: whoever finds out twice makes the same one.
    pub id: String,
    pub call: CallId,
    /// News of one call goes out in this order.
    pub position: u64,
    /// JSON.
    pub body: String,
    pub created_at: Millis,
}

/// One that is to be sent now. Nobody else gets it before `Retry` is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: String,
    pub body: String,
    pub created_at: Millis,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// What became of one that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Delivered,
    Again(Retry),
    GivenUp { problem: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    pub at: Millis,
    pub problem: String,
}

/// An event that could not be delivered. Later ones of the same call have gone out without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetter {
    pub id: String,
    pub call: String,
    /// As it was sent: JSON as text.
    pub body: String,
    pub created_at: Millis,
    pub attempts: u64,
    /// Why the last attempt failed.
    pub problem: Option<String>,
}

impl Records {
    /// At most `limit` events whose time has come, of each call the first one that is left. They are kept back from others
    /// until `until`.
    pub async fn take_due(&self, app: AppId, now: Millis, until: Millis, limit: u32) -> Result<Vec<Outgoing>, DbError> {
        let take = "UPDATE webhook_events SET next_at = ?1, attempts = attempts + 1 \
             WHERE app = ?2 AND state = 0 AND next_at <= ?3 AND id IN ( \
               SELECT due.id FROM webhook_events due WHERE due.app = ?2 AND due.state = 0 AND due.next_at <= ?3 \
               AND NOT EXISTS (SELECT 1 FROM webhook_events earlier WHERE earlier.app = due.app \
                 AND earlier.call_id = due.call_id AND earlier.position < due.position AND earlier.state = 0) \
               ORDER BY due.next_at, due.position LIMIT ?4) \
             RETURNING id, body, created_at, attempts";
        let parameters = [until.into(), app.into(), now.into(), limit.into()];
        let rows = self.database.write(vec![Statement::new(take, parameters)]).await?;
        Ok(rows.iter().filter_map(|row| outgoing(row)).collect())
    }

    pub async fn settle(&self, app: AppId, settled: Vec<(String, Settled)>) -> Result<(), DbError> {
        let statements = settled.into_iter().map(|(id, settled)| {
            let (state, next_at, problem) = match settled {
                Settled::Delivered => (DELIVERED, None, None),
                Settled::Again(Retry { at, problem }) => (0, Some(at), Some(problem)),
                Settled::GivenUp { problem } => (GIVEN_UP, None, Some(problem)),
            };
            let sql = "UPDATE webhook_events SET state = ?1, next_at = COALESCE(?2, next_at), problem = ?3 \
                       WHERE app = ?4 AND id = ?5";
            Statement::new(sql, [state.into(), next_at.into(), problem.into(), app.into(), id.into()])
        });
        self.database.write(statements.collect()).await.map(drop)
    }

    /// When the next one is to be sent.
    pub async fn next_due(&self, app: AppId) -> Result<Option<Millis>, DbError> {
        let next = "SELECT MIN(next_at) FROM webhook_events WHERE app = ?1 AND state = 0";
        let rows = self.database.read(Statement::new(next, [app.into()])).await?;
        Ok(rows.first().and_then(|row| row.first()?.number()))
    }

    /// The oldest first, after `after` (the id of one).
    pub async fn dead_letters(&self, app: AppId, after: Option<&str>, limit: u32) -> Result<Vec<DeadLetter>, DbError> {
        let mut sql = String::from(
            "SELECT id, call_id, body, created_at, attempts, problem FROM webhook_events WHERE app = ?1 AND state = 2",
        );
        let mut parameters = vec![app.into(), limit.into()];
        if let Some(after) = after {
            sql += " AND (created_at, id) > (SELECT created_at, id FROM webhook_events WHERE app = ?1 AND id = ?3)";
            parameters.push(after.into());
        }
        sql += " ORDER BY created_at, id LIMIT ?2";
        let rows = self.database.read(Statement::new(sql, parameters)).await?;
        Ok(rows.iter().filter_map(|row| dead_letter(row)).collect())
    }

    /// Sends what was given up once more, from `now` on: one, or all. Answers with how many they are.
    pub async fn replay(&self, app: AppId, id: Option<&str>, now: Millis) -> Result<usize, DbError> {
        let mut sql = String::from(
            "UPDATE webhook_events SET state = 0, attempts = 0, next_at = ?1, created_at = ?1 WHERE app = ?2 AND state = 2",
        );
        let mut parameters = vec![now.into(), app.into()];
        if let Some(id) = id {
            sql += " AND id = ?3";
            parameters.push(id.into());
        }
        sql += " RETURNING id";
        self.database.write(vec![Statement::new(sql, parameters)]).await.map(|rows| rows.len())
    }
}

pub(super) fn insert(event: &Event) -> Statement {
    let values: [Value; 6] = [
        event.app.into(),
        event.id.as_str().into(),
        event.call.as_str().into(),
        event.position.into(),
        event.body.as_str().into(),
        event.created_at.into(),
    ];
    let sql = "INSERT INTO webhook_events (app, id, call_id, position, body, created_at, state, attempts, next_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?6) ON CONFLICT DO NOTHING";
    Statement::new(sql, values)
}

/// Of a call that is over for a while nothing is needed any more to know its events again. What was given up stays for as
/// long as records do.
pub(super) fn prune(delivered_before: Millis, before: Millis) -> Statement {
    let sql = "DELETE FROM webhook_events WHERE created_at < ?2 OR (state = 1 AND EXISTS (SELECT 1 FROM calls \
               WHERE calls.app = webhook_events.app AND calls.id = webhook_events.call_id AND calls.ended_at < ?1))";
    Statement::new(sql, [delivered_before.into(), before.into()])
}

fn outgoing(row: &[Value]) -> Option<Outgoing> {
    let [id, body, created_at, attempts] = row else { return None };
    Some(Outgoing {
        id: id.text()?.to_owned(),
        body: body.text()?.to_owned(),
        created_at: created_at.number()?,
        attempt: u32::try_from(attempts.number()?).ok()?,
    })
}

fn dead_letter(row: &[Value]) -> Option<DeadLetter> {
    let [id, call, body, created_at, attempts, problem] = row else { return None };
    Some(DeadLetter {
        id: id.text()?.to_owned(),
        call: call.text()?.to_owned(),
        body: body.text()?.to_owned(),
        created_at: created_at.number()?,
        attempts: attempts.number()?,
        problem: problem.text().map(str::to_owned),
    })
}
