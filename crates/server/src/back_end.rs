//! What is there for an app's back end: records, webhooks, the REST interface.

use crate::{
    config::{Config, ConfigError},
    hub::{CallObserver, Hub},
    metrics::CallCounts,
    records::{Recorder, Records},
    rest,
    store::CallStore,
    webhooks::{self, Webhooks},
};
use axum::Router;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::timeout};
use tracing::warn;

/// For the last records to be written. What is not is written at the next start.
const CLOSING_TIME: Duration = Duration::from_secs(3);

pub struct BackEnd {
    records: Option<Records>,
    recorder: Option<Arc<Recorder>>,
    webhooks: Arc<Webhooks>,
    /// They end with this.
    tasks: JoinSet<()>,
}

impl BackEnd {
    /// With who is to be told of what becomes of calls.
    pub async fn open(config: &Config, store: &CallStore) -> Result<(Self, Vec<Arc<dyn CallObserver>>), ConfigError> {
        let webhooks = Arc::new(Webhooks::new(config.secrets.clone(), config.webhook_timings.clone()));
        let counts: Arc<dyn CallObserver> = Arc::new(CallCounts);
        let mut tasks = JoinSet::new();
        let Some(records) = Records::open(&config.records).await? else {
            return Ok((Self { records: None, recorder: None, webhooks, tasks }, vec![counts]));
        };
        let (recorder, task) = Recorder::new(records.clone(), store.clone(), webhooks.clone(), config.keep_records);
        tasks.spawn(task.run());
        tasks.spawn(webhooks::dispatch(webhooks.clone(), records.clone()));
        let recorder = Arc::new(recorder);
        let observers = vec![counts, recorder.clone()];
        Ok((Self { records: Some(records), recorder: Some(recorder), webhooks, tasks }, observers))
    }

    pub fn records(&self) -> Option<Records> {
        self.records.clone()
    }

    /// Of the admin port.
    pub fn router(&self, hub: Arc<Hub>) -> Router {
        rest::admin(hub, self.records.clone(), self.webhooks.clone())
    }

    /// After the last commit.
    pub async fn close(mut self) {
        if let Some(recorder) = &self.recorder
            && timeout(CLOSING_TIME, recorder.flush()).await.is_err()
        {
            warn!("some records are written at the next start");
        }
        self.tasks.shutdown().await;
    }
}
