//! What the server answers over HTTP.

mod assets;
mod profiles;

use crate::{
    auth::sign,
    connection::{Connection, MAX_FRAME, Stage},
    dev::SIG_LIFE,
    hub::Hub,
    metrics::OpenConnection,
    newcomers::Newcomer,
    origin,
    records::Records,
    rest,
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Query, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use call_protocol::{ErrorCode, SUBPROTOCOL, UserId};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::watch;

/// What is written with one call to the operating system, more or less. Taken when needed.
const WRITE_BUFFER: usize = 4 * 1024;

/// Idle connections are many: a small buffer each is what keeps them cheap.
const READ_BUFFER: usize = 1024;

#[derive(Clone)]
pub struct Served {
    pub hub: Arc<Hub>,
    pub stage: watch::Receiver<Stage>,
    /// How many WebSockets are open.
    pub open: Arc<watch::Sender<usize>>,
    pub records: Option<Records>,
}

pub fn router(served: Served) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(is_ready))
        .route("/v1/ws", get(open_socket))
        .route("/v1/profiles", post(profiles::serve).layer(DefaultBodyLimit::max(profiles::MAX_BODY)));
    if served.hub.config.dev.is_some() {
        router = router.route("/dev/usersig", get(dev_user_sig));
    }
    let vendor = rest::vendor(served.hub.clone(), served.records.clone());
    router.merge(vendor).fallback_service(get(assets::serve)).with_state(served)
}

/// Whether to send people here.
async fn is_ready(State(served): State<Served>) -> (StatusCode, &'static str) {
    if *served.stage.borrow() != Stage::Running {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    if !served.hub.reaches_its_store().await {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer, or takes no writes\n");
    }
    (StatusCode::OK, "ready\n")
}

async fn open_socket(
    State(served): State<Served>,
    Extension(newcomer): Extension<Option<Arc<Newcomer>>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(refused) => return refused.into_response(),
    };
    let Some(newcomer) = newcomer else {
        let later = [(RETRY_AFTER, "5")];
        return (StatusCode::TOO_MANY_REQUESTS, later, "too many connections that have not logged in\n")
            .into_response();
    };
    if !is_welcome(&served, &headers) {
        tracing::info!("a page of another Origin was refused");
        return (StatusCode::FORBIDDEN, "this Origin may not connect: see --allow-origin\n").into_response();
    }
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(4 * MAX_FRAME)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME)
        .protocols([SUBPROTOCOL])
        .on_upgrade(async move |socket| {
            let Served { hub, stage, open, .. } = served;
            let open = Counted::new(open);
            let Some(connection) = Connection::log_in(socket, &hub, stage.clone()).await else { return };
            drop(newcomer);
            // In a task of its own: this one is as large as the opening of a connection needs it.
            tokio::spawn(connection.serve(hub, stage, open));
        })
}

fn is_welcome(served: &Served, headers: &HeaderMap) -> bool {
    // Only browsers send it, and they always do.
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let config = &served.hub.config;
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let host = headers.get(HOST).map(text).unwrap_or_default();
    config.dev.is_some() || origin::is_allowed(&text(origin), &host, &config.origins)
}

async fn dev_user_sig(State(served): State<Served>, Query(query): Query<HashMap<String, String>>) -> Response {
    let Some(app) = &served.hub.config.dev else { return StatusCode::NOT_FOUND.into_response() };
    let user = query.get("userID").map(String::as_str).unwrap_or_default();
    let (status, body) = match UserId::try_from(user) {
        Ok(user) => {
            let user_sig = sign(app, user.as_str(), served.hub.now(), SIG_LIFE);
            let body = serde_json::json!({ "SDKAppID": app.id, "userID": user, "userSig": user_sig });
            (StatusCode::OK, body)
        }
        Err(_) => {
            let message = "userID must have 1 to 32 characters out of A-Z a-z 0-9 _ -";
            (StatusCode::BAD_REQUEST, serde_json::json!({ "code": ErrorCode::BadUser.number(), "message": message }))
        }
    };
    let headers = [(CONTENT_TYPE, "application/json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (CACHE_CONTROL, "no-store")];
    (status, headers, format!("{body}\n")).into_response()
}

/// Counts for as long as it lives.
struct Counted(Arc<watch::Sender<usize>>, OpenConnection);

impl Counted {
    fn new(count: Arc<watch::Sender<usize>>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count, OpenConnection::new())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
