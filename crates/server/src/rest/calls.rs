use super::{
    Rest,
    access::Admin,
    error::{Asked, Named, NotFound, Refused, RestError},
};
use crate::records::{CallFilter, CallRecord, Outcome, Page};
use axum::{Json, extract::State};
use call_protocol::{CallId, MediaType, Millis, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Was a member of the call, whether it joined or not.
    #[param(value_type = Option<String>)]
    user: Option<UserId>,
    /// The chat group that the call belonged to.
    chat_group: Option<String>,
    /// Placed at this time or later.
    from: Option<Millis>,
    /// Placed before this time.
    to: Option<Millis>,
    outcome: Option<Outcome>,
    #[param(value_type = Option<String>, pattern = "^(audio|video)$")]
    media: Option<MediaType>,
    /// Placed as a group call, or not.
    group: Option<bool>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many at most; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl Wanted {
    fn filter(self) -> Result<CallFilter, RestError> {
        if self.limit.is_some_and(|limit| !(1..=200).contains(&limit)) {
            return Err(RestError::bad("limit: from 1 to 200"));
        }
        Ok(CallFilter {
            user: self.user,
            chat_group: self.chat_group,
            from: self.from,
            to: self.to,
            outcome: self.outcome,
            media: self.media,
            group: self.group,
            cursor: self.cursor.map(|cursor| cursor.parse()).transpose().map_err(RestError::bad)?,
            offset: 0,
            limit: self.limit,
        })
    }
}

/// Calls that ended, the newest first.
#[utoipa::path(get, path = "/v1/calls", tag = "calls", params(Wanted), responses(
    (status = 200, description = "A page of them", body = Page),
    Refused,
))]
pub async fn list(State(rest): State<Rest>, Admin(app): Admin, wanted: Asked<Wanted>) -> Result<Json<Page>, RestError> {
    let filter = wanted?.0.filter()?;
    Ok(Json(rest.records()?.calls(app, &filter).await?))
}

/// A call that ended.
#[utoipa::path(get, path = "/v1/calls/{id}", tag = "calls",
    params(("id" = String, Path, description = "The call's id")), responses(
    (status = 200, description = "Its record", body = CallRecord),
    NotFound,
    Refused,
))]
pub async fn one(
    State(rest): State<Rest>,
    Admin(app): Admin,
    id: Named<String>,
) -> Result<Json<CallRecord>, RestError> {
    let id = call_id(id)?;
    rest.records()?.call(app, &id).await?.map(Json).ok_or(RestError::NO_SUCH_CALL)
}

/// What can't be an id is the id of no call.
pub fn call_id(named: Named<String>) -> Result<CallId, RestError> {
    CallId::try_from(named?.0).map_err(|_| RestError::NO_SUCH_CALL)
}
