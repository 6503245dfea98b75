use crate::program::until;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A request that was received.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub at: Instant,
    pub id: String,
    pub timestamp: u64,
    pub signature: String,
    pub body: String,
    pub event: Value,
    /// What it was answered with.
    pub status: u16,
}

/// What a receiver does with an event, the so-many-th delivery of it (from 1).
type Conduct = Arc<dyn Fn(&Value, usize) -> Answer + Send + Sync>;

#[derive(Clone, Copy)]
pub struct Answer {
    pub status: u16,
    pub after: Duration,
}

/// An app's back end that takes webhooks, over HTTP as it comes.
pub struct Receiver {
    pub address: SocketAddr,
    deliveries: Deliveries,
    conduct: Conduct,
    task: Option<JoinHandle<()>>,
}

type Deliveries = Arc<Mutex<Received>>;

#[derive(Default)]
struct Received {
    all: Vec<Delivery>,
    /// How often, by id.
    times: HashMap<String, usize>,
}

pub const OK: Answer = Answer { status: 204, after: Duration::ZERO };

impl Receiver {
    pub async fn start() -> Self {
        Self::that(|_, _| OK).await
    }

    pub async fn that(conduct: impl Fn(&Value, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut receiver = Self { address, deliveries: Deliveries::default(), conduct: Arc::new(conduct), task: None };
        receiver.serve(listener);
        receiver
    }

    fn serve(&mut self, listener: TcpListener) {
        let app = Router::new().fallback(post(take)).with_state((self.deliveries.clone(), self.conduct.clone()));
        self.task = Some(tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }));
    }

    pub async fn go_down(&mut self) {
        let task = self.task.take().unwrap();
        task.abort();
        let _ = task.await;
    }

    pub async fn come_back(&mut self) {
        let listener = until("its port", async || TcpListener::bind(self.address).await.ok()).await;
        self.serve(listener);
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook?from=calls", self.address)
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().unwrap().all.clone()
    }

    /// Those that were accepted.
    pub fn accepted(&self) -> Vec<Delivery> {
        self.deliveries().into_iter().filter(|delivery| delivery.status < 300).collect()
    }

    /// The types of what was accepted of a call, in order.
    pub fn accepted_of(&self, call: &str) -> Vec<String> {
        self.accepted_by_call().remove(call).unwrap_or_default()
    }

    /// The same of all calls.
    pub fn accepted_by_call(&self) -> HashMap<String, Vec<String>> {
        let deliveries = self.deliveries.lock().unwrap();
        let mut kinds: HashMap<String, Vec<String>> = HashMap::new();
        for Delivery { event, .. } in deliveries.all.iter().filter(|delivery| delivery.status < 300) {
            let [call, kind] = [&event["call"]["id"], &event["type"]].map(|text| text.as_str().unwrap().to_owned());
            kinds.entry(call).or_default().push(kind);
        }
        kinds
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn take(
    State((deliveries, conduct)): State<(Deliveries, Conduct)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let event: Value = serde_json::from_str(&body).unwrap();
    let id = header("webhook-id");
    let answer = {
        let mut deliveries = deliveries.lock().unwrap();
        let times = deliveries.times.entry(id.clone()).or_default();
        *times += 1;
        let answer = conduct(&event, *times);
        deliveries.all.push(Delivery {
            at: Instant::now(),
            id,
            timestamp: header("webhook-timestamp").parse().unwrap(),
            signature: header("webhook-signature"),
            body,
            event,
            status: answer.status,
        });
        answer
    };
    tokio::time::sleep(answer.after).await;
    StatusCode::from_u16(answer.status).unwrap()
}
