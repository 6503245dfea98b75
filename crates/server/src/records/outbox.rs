//! Webhooks on their way: in the same database as the records, so that what happened and the news of it are one write.
//!
//! Of each call, the first event that is left has its turn. It passes to the next one when that is delivered or given up, in
//! the same write: so finding what is due does not depend on how much waits.

use super::{
    Records,
    database::{Database, DbError, Statement, Value},
};
use call_core::AppId;
use call_protocol::{CallId, Millis};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// In column `state`. The numbers stand in the statements, too: only so are the indexes found.
const HAS_TURN: u32 = 0;
const DELIVERED: u32 = 1;
const GIVEN_UP: u32 = 2;

/// Writes that change events of the same call must see each other, or none would pass the turn on. So many of other calls
/// go on at the same time. As many numbers after these are for who takes what is due to an app.
const TURNS: u32 = 64;

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
    pub call: CallId,
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
    /// At most `limit` events that have their turn and whose time has come. They are kept back from others until `until`.
    pub async fn take_due(&self, app: AppId, now: Millis, until: Millis, limit: u32) -> Result<Vec<Outgoing>, DbError> {
        // The outer conditions are for who comes second; `+ 0` keeps their index, which has all that is due, out of that.
        let take = "UPDATE webhook_events SET next_at = ?1, attempts = attempts + 1 \
             WHERE app = ?2 AND state + 0 = 0 AND next_at + 0 <= ?3 AND id IN ( \
               SELECT due.id FROM webhook_events due WHERE due.app = ?2 AND due.state = 0 AND due.next_at <= ?3 \
               ORDER BY due.next_at LIMIT ?4) \
             RETURNING id, call_id, body, created_at, attempts";
        let parameters = [until.into(), app.into(), now.into(), limit.into()];
        // Several nodes would lock the same rows, each in its own order.
        let mut statements: Vec<_> = self.database.turn(TURNS + app % TURNS).into_iter().collect();
        statements.push(Statement::new(take, parameters));
        let rows = self.database.write(statements).await?;
        Ok(rows.iter().filter_map(|row| outgoing(row)).collect())
    }

    pub async fn settle(&self, app: AppId, settled: &[(Outgoing, Settled)]) -> Result<(), DbError> {
        let over = settled.iter().filter(|(_, settled)| !matches!(settled, Settled::Again(_)));
        let calls: BTreeSet<&CallId> = over.map(|(event, _)| &event.call).collect();
        let mut statements = turns_of(&*self.database, calls.iter().copied());
        statements.extend(settled.iter().map(|(event, settled)| become_of(app, &event.id, settled)));
        statements.extend(calls.into_iter().map(|call| pass_turn(app, call)));
        self.database.write(statements).await.map(drop)
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

    /// Sends what was given up once more, from `now` on: one, or all, those of one call one after the other. Answers with how
    /// many they are.
    pub async fn replay(&self, app: AppId, id: Option<&str>, now: Millis) -> Result<usize, DbError> {
        let (of, before) = match id {
            Some(_) => ("AND id = ?3", "other.state = 0"),
            None => ("", "(other.state = 0 OR other.state = 2 AND other.position < webhook_events.position)"),
        };
        let sql = format!(
            "UPDATE webhook_events SET attempts = 0, next_at = ?1, created_at = ?1, state = CASE WHEN EXISTS ( \
               SELECT 1 FROM webhook_events other WHERE other.app = webhook_events.app \
               AND other.call_id = webhook_events.call_id AND {before}) THEN 3 ELSE 0 END \
             WHERE app = ?2 AND state = 2 {of} RETURNING id"
        );
        let parameters = [now.into(), app.into()].into_iter().chain(id.map(Value::from));
        let mut statements = all_turns(&*self.database);
        statements.push(Statement::new(sql, parameters.collect::<Vec<_>>()));
        self.database.write(statements).await.map(|rows| rows.len())
    }
}

/// Those that are there already stay as they are.
pub(super) fn insert_all(database: &dyn Database, events: &[Event]) -> Vec<Statement> {
    let calls: BTreeSet<(AppId, &CallId)> = events.iter().map(|event| (event.app, &event.call)).collect();
    let mut statements = turns_of(database, calls.iter().map(|(_, call)| *call));
    statements.extend(events.iter().map(insert));
    statements.extend(calls.into_iter().map(|(app, call)| pass_turn(app, call)));
    statements
}

fn insert(event: &Event) -> Statement {
    let values: [Value; 6] = [
        event.app.into(),
        event.id.as_str().into(),
        event.call.as_str().into(),
        event.position.into(),
        event.body.as_str().into(),
        event.created_at.into(),
    ];
    let sql = "INSERT INTO webhook_events (app, id, call_id, position, body, created_at, state, attempts, next_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, 3, 0, ?6) ON CONFLICT DO NOTHING";
    Statement::new(sql, values)
}

fn become_of(app: AppId, id: &str, settled: &Settled) -> Statement {
    let (state, next_at, problem) = match settled {
        Settled::Delivered => (DELIVERED, None, None),
        Settled::Again(Retry { at, problem }) => (HAS_TURN, Some(*at), Some(&**problem)),
        Settled::GivenUp { problem } => (GIVEN_UP, None, Some(&**problem)),
    };
    let sql = "UPDATE webhook_events SET state = ?1, next_at = COALESCE(?2, next_at), problem = ?3 \
               WHERE app = ?4 AND id = ?5";
    Statement::new(sql, [state.into(), next_at.into(), problem.into(), app.into(), id.into()])
}

/// To the first event of the call that waits, if none has the turn.
fn pass_turn(app: AppId, call: &CallId) -> Statement {
    let sql = "UPDATE webhook_events SET state = 0 WHERE app = ?1 AND call_id = ?2 AND state = 3 \
               AND position = (SELECT MIN(position) FROM webhook_events WHERE app = ?1 AND call_id = ?2 AND state = 3) \
               AND NOT EXISTS (SELECT 1 FROM webhook_events WHERE app = ?1 AND call_id = ?2 AND state = 0)";
    Statement::new(sql, [app.into(), call.as_str().into()])
}

/// In the same order for everybody, so that none waits for who waits for it.
fn turns_of<'a>(database: &dyn Database, calls: impl Iterator<Item = &'a CallId>) -> Vec<Statement> {
    let number = |call: &CallId| {
        call.as_str().bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % TURNS
    };
    let numbers: BTreeSet<u32> = calls.map(number).collect();
    numbers.into_iter().filter_map(|number| database.turn(number)).collect()
}

fn all_turns(database: &dyn Database) -> Vec<Statement> {
    (0..2 * TURNS).filter_map(|number| database.turn(number)).collect()
}

/// Of a call that is over for a while nothing is needed any more to know its events again. What was given up stays for as
/// long as records do.
pub(super) fn prune(database: &dyn Database, delivered_before: Millis, before: Millis) -> Vec<Statement> {
    let forget = "DELETE FROM webhook_events WHERE created_at < ?2 OR (state = 1 AND EXISTS (SELECT 1 FROM calls \
                  WHERE calls.app = webhook_events.app AND calls.id = webhook_events.call_id AND calls.ended_at < ?1))";
    // One that was forgotten may have had the turn.
    let pass_turns = "UPDATE webhook_events SET state = 0 WHERE state = 3 AND NOT EXISTS ( \
                        SELECT 1 FROM webhook_events other WHERE other.app = webhook_events.app \
                        AND other.call_id = webhook_events.call_id AND (other.state = 0 \
                          OR other.state = 3 AND other.position < webhook_events.position))";
    let mut statements = all_turns(database);
    statements.push(Statement::new(forget, [delivered_before.into(), before.into()]));
    statements.push(Statement::new(pass_turns, []));
    statements
}

fn outgoing(row: &[Value]) -> Option<Outgoing> {
    let [id, call, body, created_at, attempts] = row else { return None };
    Some(Outgoing {
        id: id.text()?.to_owned(),
        call: call.text()?.try_into().ok()?,
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
