use super::{
    database::{Statement, Value},
    record::{CallRecord, Outcome},
    rows::{COLUMNS, word},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use call_core::AppId;
use call_protocol::{CallId, MediaType, Millis, UserId};
use serde::Serialize;
use std::{fmt, str::FromStr};
use utoipa::ToSchema;

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// Which calls are asked for. Nothing set: all.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Was a member.
    pub user: Option<UserId>,
    pub chat_group: Option<String>,
    /// Placed at this time or later.
    pub from: Option<Millis>,
    /// Placed before this time.
    pub to: Option<Millis>,
    pub outcome: Option<Outcome>,
    pub media: Option<MediaType>,
    /// Placed as a group call, or not.
    pub group: Option<bool>,
    /// Those that come after it.
    pub cursor: Option<Cursor>,
    /// Leaves out so many at first.
    pub offset: u32,
    pub limit: Option<u32>,
}

/// Some calls, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page {
    pub calls: Vec<CallRecord>,
    /// Brings the next page as `cursor`; none: this is the last one.
    pub next: Option<String>,
}

/// A place in the list of calls, which stays what it is when calls are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    created_at: Millis,
    id: CallId,
}

impl CallFilter {
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize
    }

    /// One more than asked for tells whether there are more.
    pub(super) fn select(&self, app: AppId) -> Statement {
        let mut conditions = self.conditions(app);
        if let Some(Cursor { created_at, id }) = &self.cursor {
            let (time, id) = (conditions.parameter(*created_at), conditions.parameter(id.as_str()));
            conditions.and(format!("(created_at, id) < ({time}, {id})"));
        }
        let limit = conditions.parameter(self.limit() as u64 + 1);
        let offset = conditions.parameter(self.offset);
        let order = format!("ORDER BY created_at DESC, id DESC LIMIT {limit} OFFSET {offset}");
        conditions.into_statement(&format!("SELECT {COLUMNS} FROM calls"), &order)
    }

    pub(super) fn count(&self, app: AppId) -> Statement {
        self.conditions(app).into_statement("SELECT COUNT(*) FROM calls", "")
    }

    fn conditions(&self, app: AppId) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.equal("app", Some(app));
        conditions.equal("chat_group", self.chat_group.as_deref());
        conditions.equal("outcome", self.outcome.map(|outcome| word(&outcome)));
        conditions.equal("media", self.media.map(|media| word(&media)));
        conditions.equal("is_group", self.group);
        if let Some(user) = &self.user {
            let user = conditions.parameter(user.as_str());
            conditions.and(format!(
                "id IN (SELECT call_id FROM call_members WHERE call_members.app = ?1 AND user_id = {user})"
            ));
        }
        if let Some(from) = self.from {
            let from = conditions.parameter(from);
            conditions.and(format!("created_at >= {from}"));
        }
        if let Some(to) = self.to {
            let to = conditions.parameter(to);
            conditions.and(format!("created_at < {to}"));
        }
        conditions
    }
}

#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    parameters: Vec<Value>,
}

impl Conditions {
    fn parameter(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len())
    }

    fn and(&mut self, text: String) {
        self.texts.push(text);
    }

    fn equal(&mut self, column: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            let parameter = self.parameter(value);
            self.and(format!("{column} = {parameter}"));
        }
    }

    fn into_statement(self, select: &str, rest: &str) -> Statement {
        Statement::new(format!("{select} WHERE {} {rest}", self.texts.join(" AND ")), self.parameters)
    }
}

impl Cursor {
    pub(super) fn after(call: &CallRecord) -> Self {
        Self { created_at: call.created_at, id: call.id.clone() }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(format!("{}:{}", self.created_at, self.id)))
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (created_at, id) = text.split_once(':')?;
            Some(Self { created_at: created_at.parse().ok()?, id: id.try_into().ok()? })
        };
        parse().ok_or("not a cursor of this list")
    }
}
