use super::{Rest, error::RestError};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use call_core::AppId;

/// The app whose admin key the request brought.
pub struct Admin(pub AppId);

impl FromRequestParts<Rest> for Admin {
    type Rejection = RestError;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, RestError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let key = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(RestError::NO_KEY)?;
        let config = &rest.hub.config;
        let app = config.secrets.current().admins.app_of_key(key.trim()).ok_or(RestError::NO_KEY)?;
        if let Some(rate) = &config.limits.rest {
            rest.requests.take(app, rate).map_err(RestError::too_many)?;
        }
        Ok(Self(app))
    }
}
