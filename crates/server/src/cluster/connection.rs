use super::bucket::{Bucket, BucketConfig};
use async_nats::{
    Client, ConnectOptions, Event, ServerAddr,
    jetstream::{self, Context},
};
use percent_encoding::percent_decode_str;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{info, warn};

/// So long a server waits at its start for NATS, which may be starting, too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Three of these unanswered, and another server of NATS is looked for.
const PING: Duration = Duration::from_secs(1);

/// Longer than any store operation may take: those have deadlines of their own.
const ADMINISTRATION: Duration = Duration::from_secs(5);

/// From here on a value can be removed by itself after a time.
const OLDEST: (i64, i64, i64) = (2, 11, 0);

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error("can't use NATS at {servers}: {cause}")]
    Unusable { servers: String, cause: String },
    #[error("NATS at {servers} is {version}; 2.11 is the oldest that will do, 2.12.3 the oldest to be trusted")]
    TooOld { servers: String, version: String },
}

/// A connection to NATS, which finds another of its servers when the one in use is lost.
#[derive(Clone)]
pub struct Nats {
    pub(super) client: Client,
    pub(super) jetstream: Context,
    /// How many of NATS' servers keep each value.
    replicas: usize,
    servers: String,
    connections: Arc<AtomicU64>,
}

impl Nats {
    /// `servers`: as in `nats://host:4222`, with user and password if need be. Of three or more, three keep each
    /// value, and any one of them may be lost.
    pub async fn connect(servers: &[String]) -> Result<Self, ClusterError> {
        let names = servers.iter().map(|server| without_password(server)).collect::<Vec<_>>().join(", ");
        let deadline = Instant::now() + PATIENCE;
        let connections = Arc::<AtomicU64>::default();
        let client = loop {
            let connections = connections.clone();
            let options = with_credentials(ConnectOptions::new(), servers)
                .name("call-server")
                // What is for users here is not sent away to come back.
                .no_echo()
                .ping_interval(PING)
                .connection_timeout(Duration::from_secs(2))
                .subscription_capacity(4096)
                .event_callback(move |event| {
                    info!(%event, "NATS");
                    if event == Event::Connected {
                        connections.fetch_add(1, Ordering::Relaxed);
                    }
                    std::future::ready(())
                });
            match options.connect(servers).await {
                Ok(client) => break client,
                Err(error) if Instant::now() < deadline => {
                    warn!(%error, servers = %names, "NATS");
                    sleep(Duration::from_secs(1)).await;
                }
                Err(error) => return Err(ClusterError::Unusable { servers: names, cause: error.to_string() }),
            }
        };
        let (major, minor, patch) = OLDEST;
        if !client.is_server_compatible(major, minor, patch) {
            return Err(ClusterError::TooOld { servers: names, version: client.server_info().version });
        }
        let mut jetstream = jetstream::new(client.clone());
        jetstream.set_timeout(ADMINISTRATION);
        let replicas = if servers.len() >= 3 { 3 } else { 1 };
        Ok(Self { client, jetstream, replicas, servers: names, connections })
    }

    /// How often a connection was made.
    pub(super) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Opens a bucket, which is made if need be. NATS may still be choosing its leaders, so this is patient.
    pub(super) async fn bucket(&self, config: BucketConfig<'_>) -> Result<Bucket, ClusterError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let opened = timeout_at(deadline, Bucket::open(&self.jetstream, self.replicas, &config)).await;
            let error = match opened {
                Ok(Ok(bucket)) => return Ok(bucket),
                Ok(Err(error)) => error,
                Err(_) => "no answer".into(),
            };
            if Instant::now() >= deadline {
                return Err(ClusterError::Unusable { servers: self.servers.clone(), cause: error });
            }
            warn!(bucket = config.name, error, "NATS");
            sleep(Duration::from_millis(300)).await;
        }
    }
}

/// Those of the first server that has some: the client takes none out of a URL by itself.
fn with_credentials(options: ConnectOptions, servers: &[String]) -> ConnectOptions {
    let parsed = servers.iter().filter_map(|server| server.parse::<ServerAddr>().ok());
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut named = parsed.filter_map(|server| Some((plain(server.username()?), server.password().map(plain))));
    match named.next() {
        None => options,
        Some((user, Some(password))) => options.user_and_password(user, password),
        Some((token, None)) => options.token(token),
    }
}

/// For logs.
fn without_password(server: &str) -> String {
    match server.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or(rest)),
        None => server.rsplit('@').next().unwrap_or(server).into(),
    }
}
