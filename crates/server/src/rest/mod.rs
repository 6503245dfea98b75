//! HTTP for back ends: the admin port, and the vendor's interface for call records on the public one.

mod access;
mod calls;
mod error;
mod live;
mod users;
mod vendor;
mod webhooks;

pub use vendor::router as vendor;

use crate::{hub::Hub, limits::Buckets, metrics, records::Records, webhooks::Webhooks};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use call_core::AppId;
use error::RestError;
use std::sync::Arc;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "call-server",
        description = "Calls that were and calls that are, for back ends. Each request brings an admin key, which says for \
                       which app (SDKAppID) it is; nothing of another app is ever seen. Times are milliseconds since the \
                       Unix epoch."
    ),
    components(schemas(error::ErrorBody)),
    modifiers(&KeyScheme),
    security(("key" = []))
)]
struct Api;

struct KeyScheme;

impl Modify for KeyScheme {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An admin key")).build();
        document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// What the handlers work with.
#[derive(Clone)]
struct Rest {
    hub: Arc<Hub>,
    records: Option<Records>,
    webhooks: Arc<Webhooks>,
    requests: Arc<Buckets<AppId>>,
}

impl Rest {
    fn records(&self) -> Result<&Records, RestError> {
        self.records.as_ref().ok_or(RestError::NO_RECORDS)
    }
}

async fn metrics_text(State(rest): State<Rest>) -> Response {
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    let store_answers = rest.hub.reaches_its_store().await;
    match metrics::render(rest.hub.count_live_calls(), store_answers) {
        Some(text) => (kind, text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Of the admin port.
pub fn admin(hub: Arc<Hub>, records: Option<Records>, webhooks: Arc<Webhooks>) -> Router {
    let rest = Rest { hub, records, webhooks, requests: Arc::new(Buckets::new()) };
    let (router, document) = OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(calls::list))
        .routes(routes!(calls::one))
        .routes(routes!(live::list))
        .routes(routes!(live::one, live::end))
        .routes(routes!(users::one))
        .routes(routes!(users::kick))
        .routes(routes!(users::several))
        .routes(routes!(webhooks::dead_letters))
        .routes(routes!(webhooks::replay_all))
        .routes(routes!(webhooks::replay_one))
        .split_for_parts();
    router
        .route("/openapi.json", get(async || Json(document)))
        .route("/healthz", get(async || "ok\n"))
        .route("/metrics", get(metrics_text))
        .fallback(async || RestError::not_found("there is nothing at this path: see /openapi.json"))
        .method_not_allowed_fallback(async || RestError::METHOD)
        .with_state(rest)
}
