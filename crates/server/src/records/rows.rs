//! Records as rows of the tables, and back.

use super::{
    app_of,
    database::{Statement, Value},
    record::{CallRecord, MemberRecord},
};
use call_core::AppId;
use call_protocol::{Reason, Room};
use serde::{Serialize, de::DeserializeOwned};

/// In the order of [`record_of`].
pub const COLUMNS: &str = "app, id, caller, media, is_group, chat_group, room_int, room_str, created_at, begun_at, \
                           ended_at, outcome, reason, ended_by";

const INSERT_CALL: &str = "INSERT INTO calls (app, id, caller, media, is_group, chat_group, room_int, room_str, created_at, \
                           begun_at, ended_at, outcome, reason, ended_by) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING";

const INSERT_MEMBER: &str = "INSERT INTO call_members (app, call_id, user_id, place, role, outcome, reason, caused_by, \
                             joined_at, left_at, duration, call_created_at) \
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING";

pub fn statements_of(record: &CallRecord) -> Vec<Statement> {
    let call: [Value; 14] = [
        record.app.into(),
        record.id.as_str().into(),
        record.caller.as_str().into(),
        word(&record.media),
        record.group.into(),
        record.chat_group.as_deref().into(),
        record.room.int.into(),
        record.room.str.as_str().into(),
        record.created_at.into(),
        record.begun_at.into(),
        record.ended_at.into(),
        word(&record.outcome),
        word(&record.reason),
        record.ended_by.as_ref().map(|user| user.as_str()).into(),
    ];
    let mut statements = vec![Statement::new(INSERT_CALL, call)];
    let places = 0u32..;
    statements.extend(places.zip(&record.members).map(|(place, member)| insert_member(record, place, member)));
    statements
}

fn insert_member(record: &CallRecord, place: u32, member: &MemberRecord) -> Statement {
    let values: [Value; 12] = [
        record.app.into(),
        record.id.as_str().into(),
        member.user.as_str().into(),
        place.into(),
        word(&member.role),
        word(&member.outcome),
        word(&member.reason),
        member.by.as_ref().map(|user| user.as_str()).into(),
        member.joined_at.into(),
        member.left_at.into(),
        member.duration.into(),
        record.created_at.into(),
    ];
    Statement::new(INSERT_MEMBER, values)
}

/// Without members. None: nothing that this server could have written.
pub fn record_of(row: &[Value]) -> Option<CallRecord> {
    let [app, id, caller, media, group, chat_group, room_int, room_str, created, begun, ended, outcome, reason, by] =
        row
    else {
        return None;
    };
    let (begun_at, ended_at) = (begun.number(), ended.number()?);
    Some(CallRecord {
        app: app_of(app)?,
        id: id.text()?.try_into().ok()?,
        caller: caller.text()?.try_into().ok()?,
        media: from_word(media)?,
        group: group.number()? != 0,
        chat_group: chat_group.text().map(str::to_owned),
        room: Room { int: u32::try_from(room_int.number()?).ok()?, str: room_str.text()?.to_owned() },
        created_at: created.number()?,
        begun_at,
        ended_at,
        duration: begun_at.map_or(0, |begun| ended_at.saturating_sub(begun)),
        outcome: from_word(outcome)?,
        reason: from_word::<Reason>(reason)?,
        ended_by: by.text().and_then(|user| user.try_into().ok()),
        members: Vec::new(),
    })
}

pub fn select_members(app: AppId, of: &[CallRecord]) -> Statement {
    let places: Vec<String> = (0..of.len()).map(|place| format!("?{}", place + 2)).collect();
    let sql = format!(
        "SELECT call_id, user_id, role, outcome, reason, caused_by, joined_at, left_at, duration FROM call_members \
         WHERE app = ?1 AND call_id IN ({}) ORDER BY call_id, place",
        places.join(", ")
    );
    let ids = of.iter().map(|record| record.id.as_str().into());
    Statement::new(sql, [app.into()].into_iter().chain(ids).collect::<Vec<_>>())
}

/// The id of the call, and one of its members.
pub fn member_of(row: &[Value]) -> Option<(&str, MemberRecord)> {
    let [call, user, role, outcome, reason, by, joined, left, duration] = row else { return None };
    let member = MemberRecord {
        user: user.text()?.try_into().ok()?,
        role: from_word(role)?,
        outcome: from_word(outcome)?,
        reason: from_word(reason)?,
        by: by.text().and_then(|user| user.try_into().ok()),
        joined_at: joined.number(),
        left_at: left.number()?,
        duration: duration.number()?,
    };
    Some((call.text()?, member))
}

/// One of a few words, as JSON has it.
pub fn word(of: &impl Serialize) -> Value {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => Value::Text(word),
        _ => Value::Null,
    }
}

fn from_word<T: DeserializeOwned>(word: &Value) -> Option<T> {
    serde_json::from_value(word.text()?.into()).ok()
}
