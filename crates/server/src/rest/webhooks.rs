use super::{
    Rest,
    access::Admin,
    error::{Asked, Named, NotFound, Refused, RestError},
};
use crate::records::DeadLetter;
use axum::{Json, extract::State};
use call_core::AppId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const PAGE: u32 = 100;

#[derive(Serialize, ToSchema)]
pub struct DeadLetters {
    events: Vec<DeadLetter>,
}

#[derive(Serialize, ToSchema)]
pub struct Replayed {
    /// How many events are sent again.
    events: usize,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The id of the last event of the page before.
    after: Option<String>,
}

/// Events that were given up because the receiver did not take them within 24 hours: the oldest 100.
#[utoipa::path(get, path = "/v1/webhooks/dead", tag = "webhooks", params(After), responses(
    (status = 200, description = "The oldest", body = DeadLetters),
    Refused,
))]
pub async fn dead_letters(
    State(rest): State<Rest>,
    Admin(app): Admin,
    after: Asked<After>,
) -> Result<Json<DeadLetters>, RestError> {
    let after = after?.0.after;
    let events = rest.records()?.dead_letters(app, after.as_deref(), PAGE).await?;
    Ok(Json(DeadLetters { events }))
}

/// Sends all events that were given up once more.
#[utoipa::path(post, path = "/v1/webhooks/dead/replay", tag = "webhooks", responses(
    (status = 200, description = "They are on their way again", body = Replayed),
    Refused,
))]
pub async fn replay_all(State(rest): State<Rest>, Admin(app): Admin) -> Result<Json<Replayed>, RestError> {
    replay(&rest, app, None).await
}

/// Sends one event that was given up once more.
#[utoipa::path(post, path = "/v1/webhooks/dead/{id}/replay", tag = "webhooks",
    params(("id" = String, Path, description = "The event's id")), responses(
    (status = 200, description = "They are on their way again", body = Replayed),
    NotFound,
    Refused,
))]
pub async fn replay_one(
    State(rest): State<Rest>,
    Admin(app): Admin,
    id: Named<String>,
) -> Result<Json<Replayed>, RestError> {
    let replayed = replay(&rest, app, Some(&id?.0)).await?;
    if replayed.events == 0 { Err(RestError::not_found("no such event was given up")) } else { Ok(replayed) }
}

async fn replay(rest: &Rest, app: AppId, id: Option<&str>) -> Result<Json<Replayed>, RestError> {
    let events = rest.records()?.replay(app, id, rest.hub.now()).await?;
    rest.webhooks.wake([app].into_iter());
    Ok(Json(Replayed { events }))
}
