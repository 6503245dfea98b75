use crate::{clock::millis, records::DbError};
use axum::{
    Json,
    extract::{
        Path, Query,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use call_core::AuthorityError;
use call_protocol::ErrorCode;
use serde::Serialize;
use std::{borrow::Cow, time::Duration};
use tracing::warn;
use utoipa::{IntoResponses, ToSchema};

/// An answer that refuses.
#[derive(Debug, Clone)]
pub struct RestError {
    status: StatusCode,
    message: Cow<'static, str>,
    retry_after: Option<Duration>,
}

/// Why not.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    /// As in the signaling protocol.
    code: i32,
    message: String,
}

/// How every operation may be refused.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum Refused {
    /// The request is malformed; `message` says what is wrong
    #[response(status = 400)]
    Bad(ErrorBody),
    /// No admin key, or not a known one
    #[response(status = 401)]
    NoKey(ErrorBody),
    /// Too many requests; `Retry-After` says for how many seconds
    #[response(status = 429)]
    TooMany(ErrorBody),
    /// The store or the records do not answer: worth another try
    #[response(status = 503)]
    Unavailable(ErrorBody),
}

/// Of those that name something.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum NotFound {
    /// There is none of this name in this app
    #[response(status = 404)]
    NotFound(ErrorBody),
}

impl RestError {
    pub const NO_RECORDS: Self = Self::new(StatusCode::SERVICE_UNAVAILABLE, "no records are kept: see --records");
    pub const NO_SUCH_CALL: Self = Self::new(StatusCode::NOT_FOUND, "no such call");
    pub const NO_KEY: Self = Self::new(StatusCode::UNAUTHORIZED, "an admin key is needed: Authorization: Bearer KEY");
    pub const METHOD: Self = Self::new(StatusCode::METHOD_NOT_ALLOWED, "not by this method: see /openapi.json");

    const fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message: Cow::Borrowed(message), retry_after: None }
    }

    pub fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub fn bad(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into(), retry_after: None }
    }

    pub fn too_many(wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too many requests") }
    }

    fn code(&self) -> i32 {
        let code = match self.status {
            StatusCode::UNAUTHORIZED => ErrorCode::NotLoggedIn,
            StatusCode::NOT_FOUND => ErrorCode::NoSuchCall,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
            _ => ErrorCode::BadRequest,
        };
        code.number()
    }
}

impl IntoResponse for RestError {
    fn into_response(self) -> Response {
        let body = ErrorBody { code: self.code(), message: self.message.into_owned() };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = millis(wait).div_ceil(1000).max(1);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<DbError> for RestError {
    fn from(error: DbError) -> Self {
        warn!(%error, "records can't be read");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the records can't be read or written for the moment")
    }
}

impl From<AuthorityError> for RestError {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Unavailable(cause) => {
                warn!(%cause, "a back end's request failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer: try again")
            }
            _ => Self::NO_SUCH_CALL,
        }
    }
}

impl From<QueryRejection> for RestError {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad(rejection.body_text())
    }
}

impl From<PathRejection> for RestError {
    fn from(rejection: PathRejection) -> Self {
        Self::bad(rejection.body_text())
    }
}

/// A query, or why it is none, in the form of all other errors.
pub type Asked<T> = Result<Query<T>, QueryRejection>;

pub type Named<T> = Result<Path<T>, PathRejection>;
