//! Call records as the vendor's REST interface gives them, so that a back end made for it needs only another host. As there,
//! every answer has status 200 and says in `ErrorCode` what it is.

use crate::{
    hub::Hub,
    limits::Buckets,
    random,
    records::{CallFilter, CallRecord, DbError, MemberRecord, Outcome, Records},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State},
    routing::post,
};
use call_core::AppId;
use call_protocol::{CallId, ErrorCode, MediaType, Millis, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use tracing::warn;

const MAX_BODY: usize = 4096;

/// By default, and at most with one request.
const PER_PAGE: u32 = 10;
const MOST_PER_PAGE: u32 = 100;

/// Without a time, so far back.
const WEEK: Millis = 7 * 24 * 3600 * 1000;

/// The vendor's numbers.
const NOT_JSON: i32 = 60003;
const TOO_OFTEN: i32 = 60012;
const NOT_ADMINISTRATOR: i32 = 60010;
const INTERNAL: i32 = 101_001;
const NO_SUCH_RECORD: i32 = 101_050;

#[derive(Clone)]
struct Vendor {
    hub: Arc<Hub>,
    records: Option<Records>,
    requests: Arc<Buckets<(AppId, Route)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Route {
    ByCallId,
    ByFilter,
}

struct Failure(i32, &'static str);

#[derive(Deserialize)]
struct ByCallId {
    #[serde(rename = "CallId", alias = "callId")]
    call_id: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ByFilter {
    /// In seconds, as the next one.
    start_time: Option<u64>,
    end_time: Option<u64>,
    call_result: Option<String>,
    call_type: Option<String>,
    media_type: Option<String>,
    number_per_page: Option<u32>,
    /// From 1.
    page: Option<u32>,
}

type Credentials = Query<HashMap<String, String>>;

/// For the public port.
pub fn router<S>(hub: Arc<Hub>, records: Option<Records>) -> Router<S> {
    Router::new()
        .route("/v4/call_record_http_srv/get_record_by_callid", post(by_call_id))
        .route("/v4/call_record_http_srv/get_record_by_filter", post(by_filter))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Vendor { hub, records, requests: Arc::new(Buckets::new()) })
}

async fn by_call_id(State(vendor): State<Vendor>, Query(query): Credentials, body: Bytes) -> Json<Value> {
    let found = async {
        let app = vendor.admit(&query, Route::ByCallId)?;
        let wanted: ByCallId = parse(&body)?;
        let id = CallId::try_from(wanted.call_id).map_err(|_| Failure::none())?;
        let record = vendor.records()?.call(app, &id).await?.ok_or(Failure::none())?;
        Ok(json!({ "CallRecord": shown(&record) }))
    };
    answer(found.await)
}

async fn by_filter(State(vendor): State<Vendor>, Query(query): Credentials, body: Bytes) -> Json<Value> {
    let found = async {
        let app = vendor.admit(&query, Route::ByFilter)?;
        let wanted: ByFilter = if body.is_empty() { ByFilter::default() } else { parse(&body)? };
        let page = wanted.page.unwrap_or(1).max(1);
        let filter =
            wanted.filter(vendor.hub.now(), page).ok_or(Failure(NOT_JSON, "a value that is not known here"))?;
        let records = vendor.records()?;
        let (total, found) = (records.count(app, &filter).await?, records.calls(app, &filter).await?);
        let list: Vec<Value> = found.calls.iter().map(shown).collect();
        Ok(json!({ "TotalNum": total, "Page": page, "CallRecordList": list }))
    };
    answer(found.await)
}

impl Vendor {
    /// The app, if the userSig is that of one of its administrators.
    fn admit(&self, query: &HashMap<String, String>, route: Route) -> Result<AppId, Failure> {
        let text = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let app = text("sdkappid").parse().map_err(|_| Failure::of(ErrorCode::SigOtherApp))?;
        let user = UserId::try_from(text("identifier")).map_err(|_| Failure::of(ErrorCode::SigOtherUser))?;
        self.hub.verify_user(app, &user, text("usersig")).map_err(|error| Failure::of(error.code()))?;
        let config = &self.hub.config;
        if !config.secrets.current().admins.is_administrator(app, &user) {
            return Err(Failure(NOT_ADMINISTRATOR, "identifier is not an administrator of the app"));
        }
        if let Some(rate) = &config.limits.rest {
            self.requests.take((app, route), rate).map_err(|_| Failure(TOO_OFTEN, "too many requests"))?;
        }
        Ok(app)
    }

    fn records(&self) -> Result<&Records, Failure> {
        self.records.as_ref().ok_or(Failure(INTERNAL, "no records are kept"))
    }
}

impl ByFilter {
    /// None: it asks for something that there is not.
    fn filter(self, now: Millis, page: u32) -> Option<CallFilter> {
        let limit = self.number_per_page.unwrap_or(PER_PAGE).clamp(1, MOST_PER_PAGE);
        let outcome = match self.call_result.as_deref() {
            None | Some("") => None,
            Some(name) => Some(OUTCOMES.iter().find(|(_, known)| *known == name)?.0),
        };
        let group = match self.call_type.as_deref() {
            None | Some("") => None,
            Some("SingleCall") => Some(false),
            Some("MultiCall") => Some(true),
            Some(_) => return None,
        };
        let media = match self.media_type.as_deref() {
            None | Some("") => None,
            Some("Audio") => Some(MediaType::Audio),
            Some("Video") => Some(MediaType::Video),
            Some(_) => return None,
        };
        let millis = |seconds: u64| seconds.saturating_mul(1000);
        Some(CallFilter {
            from: Some(self.start_time.map_or(now.saturating_sub(WEEK), millis)),
            // To the end of that second.
            to: self.end_time.map(|end| millis(end.saturating_add(1))),
            outcome,
            group,
            media,
            offset: (page - 1).saturating_mul(limit),
            limit: Some(limit),
            ..CallFilter::default()
        })
    }
}

const OUTCOMES: [(Outcome, &str); 7] = [
    (Outcome::NormalEnd, "NormalEnd"),
    (Outcome::NotAnswer, "NotAnswer"),
    (Outcome::Reject, "Reject"),
    (Outcome::CallBusy, "CallBusy"),
    (Outcome::Cancel, "Cancel"),
    (Outcome::Interrupt, "Interrupt"),
    (Outcome::Offline, "Offline"),
];

fn shown(record: &CallRecord) -> Value {
    let result = OUTCOMES.iter().find(|(outcome, _)| *outcome == record.outcome).map(|(_, name)| *name);
    let room = match &record.room {
        room if room.int > 0 => (room.int.to_string(), 1),
        room => (room.str.clone(), 2),
    };
    json!({
        "CallId": record.id,
        "Caller_Account": record.caller,
        "MediaType": if record.media == MediaType::Video { "Video" } else { "Audio" },
        "CallType": if record.group { "MultiCall" } else { "SingleCall" },
        "StartTime": record.created_at / 1000,
        "EndTime": record.ended_at / 1000,
        "AcceptTime": record.begun_at.unwrap_or(0) / 1000,
        "CallResult": result,
        // The vendor's has the caller in it, too.
        "CalleeList_Account": record.members.iter().map(|MemberRecord { user, .. }| user).collect::<Vec<_>>(),
        "RoomId": room.0,
        "RoomIdType": room.1,
    })
}

fn parse<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| Failure(NOT_JSON, "the body is not the JSON that this takes"))
}

fn answer(result: Result<Value, Failure>) -> Json<Value> {
    let id = random::hex(&random::bytes::<16>());
    Json(match result {
        Ok(response) => {
            json!({ "ErrorCode": 0, "ErrorInfo": "", "ActionStatus": "OK", "RequestId": id, "Response": response })
        }
        Err(Failure(code, info)) => {
            json!({ "ErrorCode": code, "ErrorInfo": info, "ActionStatus": "FAIL", "RequestId": id })
        }
    })
}

impl Failure {
    fn of(code: ErrorCode) -> Self {
        Self(code.number(), code.text())
    }

    fn none() -> Self {
        Self(NO_SUCH_RECORD, "no such call record")
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        warn!(%error, "records can't be read");
        Self(INTERNAL, "the records can't be read for the moment")
    }
}
