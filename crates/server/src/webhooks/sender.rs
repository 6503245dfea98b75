use super::WebhookTarget;
use crate::{records::Outgoing, trust};
use axum::body::Body;
use hyper::{
    Request, StatusCode,
    header::{CONTENT_TYPE, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::time::Duration;
use tokio::time::timeout;

/// An HTTP client that keeps connections.
#[derive(Clone)]
pub struct Sender(Client<HttpsConnector<HttpConnector>, Body>);

impl Sender {
    pub fn new() -> Result<Self, String> {
        let tls = trust::client_tls().map_err(|error| error.to_string())?;
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(4).build(connector)))
    }

    /// Delivered is what the receiver answers with 2xx; else, why it was not.
    pub async fn post(
        &self,
        target: &WebhookTarget,
        event: &Outgoing,
        timestamp: u64,
        patience: Duration,
    ) -> Result<(), String> {
        let request = Request::post(target.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("call-server/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &event.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures(target, event, timestamp))
            .body(Body::from(event.body.clone()))
            .map_err(|error| error.to_string())?;
        match timeout(patience, self.0.request(request)).await {
            Err(_) => Err(format!("no answer within {} s", patience.as_secs_f32())),
            Ok(Err(error)) => {
                Err(std::error::Error::source(&error).map_or_else(|| error.to_string(), |cause| cause.to_string()))
            }
            Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
            Ok(Ok(answer)) => Err(refusal(answer.status())),
        }
    }
}

/// As the standard has it: a receiver takes the message if it knows one of them.
fn signatures(target: &WebhookTarget, event: &Outgoing, timestamp: u64) -> String {
    let each = target.secrets.iter().map(|secret| secret.sign(&event.id, timestamp, &event.body));
    each.collect::<Vec<_>>().join(" ")
}

fn refusal(status: StatusCode) -> String {
    format!("answered {status}")
}
