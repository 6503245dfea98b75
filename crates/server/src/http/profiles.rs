//! `POST /v1/profiles`: sets one's own profile, asks for others', or both.

use super::{Served, is_welcome};
use crate::profiles::{Profile, ProfileChange, ProfileKey};
use axum::{
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ORIGIN, VARY},
    },
    response::{IntoResponse, Response},
};
use call_core::AppId;
use call_protocol::{ErrorCode, UserId};
use futures::future::join_all;
use serde::{Deserialize, Serialize};

/// In bytes: room for the longest profile in JSON's longest escapes, and for the names of all who are asked for.
pub const MAX_BODY: usize = 16 * 1024;

const MAX_USERS: usize = 100;

/// Whatever the request's content type says: `text/plain` is what a page may send to another origin without asking.
#[derive(Deserialize)]
struct Request {
    #[serde(rename = "SDKAppID")]
    app: AppId,
    #[serde(rename = "userID")]
    user: UserId,
    #[serde(rename = "userSig", default)]
    sig: String,
    set: Option<ProfileChange>,
    #[serde(default)]
    get: Vec<UserId>,
}

#[derive(Serialize)]
struct Found {
    #[serde(rename = "userID")]
    user: UserId,
    #[serde(flatten)]
    profile: Profile,
}

pub async fn serve(State(served): State<Served>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_welcome(&served, &headers) {
        return (StatusCode::FORBIDDEN, "this Origin may not ask: see --allow-origin\n").into_response();
    }
    let (status, body) = match answer(&served, &body).await {
        Ok(profiles) => (StatusCode::OK, serde_json::json!({ "profiles": profiles })),
        Err((code, message)) => (status(code), serde_json::json!({ "code": code.number(), "message": message })),
    };
    let origin = headers.get(ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, HeaderValue::from_static("Origin")),
        (ACCESS_CONTROL_ALLOW_ORIGIN, origin),
    ];
    (status, headers, format!("{body}\n")).into_response()
}

async fn answer(served: &Served, body: &[u8]) -> Result<Vec<Found>, (ErrorCode, &'static str)> {
    let bad = |message| (ErrorCode::BadRequest, message);
    let request: Request = serde_json::from_slice(body).map_err(|_| bad("not a request for profiles"))?;
    if request.get.len() > MAX_USERS {
        return Err(bad("more than 100 users at once"));
    }
    let hub = &served.hub;
    let refused = |code: ErrorCode| (code, code.text());
    hub.verify_user(request.app, &request.user, &request.sig).map_err(|error| refused(error.code()))?;
    if let Some(change) = request.set {
        if change.is_too_long() {
            return Err(bad("nick and avatar have at most 500 bytes each"));
        }
        let key = ProfileKey { app: request.app, user: request.user };
        hub.profiles.change(key, change).await.map_err(|_| refused(ErrorCode::Unavailable))?;
    }
    let found = request.get.into_iter().map(async |user| {
        let key = ProfileKey { app: request.app, user };
        let profile = hub.profiles.get(&key).await?;
        Some(Found { user: key.user, profile })
    });
    Ok(join_all(found).await.into_iter().flatten().collect())
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNAUTHORIZED,
    }
}
