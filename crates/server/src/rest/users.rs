use super::{
    Rest,
    access::Admin,
    error::{Asked, Named, Refused, RestError},
};
use axum::{Json, extract::State};
use call_core::{AppId, AuthorityError};
use call_protocol::{CallId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MOST: usize = 100;

#[derive(Serialize, ToSchema)]
pub struct UserState {
    #[schema(value_type = String)]
    user: UserId,
    /// Connected on at least one device.
    online: bool,
    logins: Vec<LoginState>,
    /// The call that the user is in or that rings for it.
    #[schema(value_type = Option<String>)]
    call: Option<CallId>,
}

#[derive(Serialize, ToSchema)]
pub struct LoginState {
    device: String,
    /// It has a connection at this moment; if not, it may come back.
    connected: bool,
}

#[derive(Serialize, ToSchema)]
pub struct UserStates {
    users: Vec<UserState>,
}

#[derive(Serialize, ToSchema)]
pub struct Kicked {
    /// How many logins were ended.
    logins: usize,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// User ids, separated by commas, at most 100.
    users: String,
}

/// Whether users are online.
#[utoipa::path(get, path = "/v1/users", tag = "users", params(Who), responses(
    (status = 200, description = "In the order asked for", body = UserStates),
    Refused,
))]
pub async fn several(
    State(rest): State<Rest>,
    Admin(app): Admin,
    who: Asked<Who>,
) -> Result<Json<UserStates>, RestError> {
    let names = who?.0.users;
    let names: Vec<&str> = names.split(',').collect();
    if names.len() > MOST {
        return Err(RestError::bad("more than 100 users at once"));
    }
    let mut users = Vec::with_capacity(names.len());
    for name in names {
        users.push(state_of(&rest, app, user_id(name.to_owned())?).await?);
    }
    Ok(Json(UserStates { users }))
}

/// Whether a user is online.
#[utoipa::path(get, path = "/v1/users/{user}", tag = "users",
    params(("user" = String, Path, description = "The user's id")), responses(
    (status = 200, description = "As it is now", body = UserState),
    Refused,
))]
pub async fn one(
    State(rest): State<Rest>,
    Admin(app): Admin,
    user: Named<String>,
) -> Result<Json<UserState>, RestError> {
    Ok(Json(state_of(&rest, app, user_id(user?.0)?).await?))
}

/// Ends all logins of a user and the user's part in a call. Its clients do not come back by themselves.
#[utoipa::path(delete, path = "/v1/users/{user}/logins", tag = "users",
    params(("user" = String, Path, description = "The user's id")), responses(
    (status = 200, description = "They are closed", body = Kicked),
    Refused,
))]
pub async fn kick(State(rest): State<Rest>, Admin(app): Admin, user: Named<String>) -> Result<Json<Kicked>, RestError> {
    let logins = rest.hub.kick(app, &user_id(user?.0)?).await.map_err(AuthorityError::from)?;
    Ok(Json(Kicked { logins }))
}

async fn state_of(rest: &Rest, app: AppId, user: UserId) -> Result<UserState, RestError> {
    let call = rest.hub.current_call(app, &user).await?.map(|call| call.id.clone());
    let logins = rest.hub.logins_of(app, &user).await.map_err(AuthorityError::from)?;
    let logins = logins.into_iter().map(|login| LoginState { device: login.device, connected: login.connected });
    let logins: Vec<_> = logins.collect();
    Ok(UserState { online: logins.iter().any(|login| login.connected), user, logins, call })
}

fn user_id(text: String) -> Result<UserId, RestError> {
    UserId::try_from(text).map_err(|_| RestError::bad("a user id has 1 to 32 characters out of A-Z a-z 0-9 _ -"))
}
