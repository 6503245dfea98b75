use super::{
    Rest,
    access::Admin,
    calls::call_id,
    error::{Named, NotFound, Refused, RestError},
};
use axum::{Json, extract::State, http::StatusCode};
use call_core::{Call, Member};
use call_protocol::{CallId, MediaType, MemberState, Millis, Phase, Room, UserId};
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// A call that rings or is connected.
#[derive(Serialize, ToSchema)]
pub struct LiveCall {
    #[schema(value_type = String)]
    id: CallId,
    #[schema(value_type = String)]
    caller: UserId,
    #[schema(value_type = String, pattern = "^(ringing|connected)$")]
    phase: Phase,
    #[schema(value_type = String, pattern = "^(audio|video)$")]
    media: MediaType,
    group: bool,
    chat_group: Option<String>,
    #[schema(value_type = crate::records::RoomSchema)]
    room: Room,
    created_at: Millis,
    begun_at: Option<Millis>,
    members: Vec<LiveMember>,
}

#[derive(Serialize, ToSchema)]
pub struct LiveMember {
    #[schema(value_type = String)]
    user: UserId,
    #[schema(value_type = String)]
    state: MemberState,
    joined_at: Option<Millis>,
    /// Its signaling is lost for the moment.
    away: bool,
}

/// Some of them, the newest first.
#[derive(Serialize, ToSchema)]
pub struct LiveCalls {
    calls: Vec<LiveCall>,
}

/// Calls that ring or are connected, the newest first.
#[utoipa::path(get, path = "/v1/live-calls", tag = "live calls", responses(
    (status = 200, description = "All of them", body = LiveCalls),
    Refused,
))]
pub async fn list(State(rest): State<Rest>, Admin(app): Admin) -> Json<LiveCalls> {
    let mut calls = rest.hub.live_calls(app);
    calls.sort_by_key(|call| Reverse(call.created_at));
    Json(LiveCalls { calls: calls.iter().map(|call| LiveCall::of(call)).collect() })
}

/// A call that rings or is connected.
#[utoipa::path(get, path = "/v1/live-calls/{id}", tag = "live calls",
    params(("id" = String, Path, description = "The call's id")), responses(
    (status = 200, description = "As it is now", body = LiveCall),
    NotFound,
    Refused,
))]
pub async fn one(State(rest): State<Rest>, Admin(app): Admin, id: Named<String>) -> Result<Json<LiveCall>, RestError> {
    let id = call_id(id)?;
    let found = rest.hub.live_calls(app).into_iter().find(|call| call.id == id);
    found.map(|call| Json(LiveCall::of(&call))).ok_or(RestError::NO_SUCH_CALL)
}

/// Ends a call for all of its members; they are told reason 9. Ending it again is no error.
#[utoipa::path(delete, path = "/v1/live-calls/{id}", tag = "live calls",
    params(("id" = String, Path, description = "The call's id")), responses(
    (status = 204, description = "It has ended"),
    NotFound,
    Refused,
))]
pub async fn end(State(rest): State<Rest>, Admin(app): Admin, id: Named<String>) -> Result<StatusCode, RestError> {
    rest.hub.end_call(app, &call_id(id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl LiveCall {
    fn of(call: &Call) -> Self {
        let shown = call.members.iter().filter(|member| member.state != MemberState::Aborted);
        Self {
            id: call.id.clone(),
            caller: call.origin.user.clone(),
            phase: call.phase,
            media: call.media.kind,
            group: call.group,
            chat_group: call.chat_group.clone(),
            room: call.room.clone(),
            created_at: call.created_at,
            begun_at: call.begun_at,
            members: shown.map(LiveMember::of).collect(),
        }
    }
}

impl LiveMember {
    fn of(member: &Member) -> Self {
        Self { user: member.user.clone(), state: member.state, joined_at: member.joined_at, away: member.is_away() }
    }
}
