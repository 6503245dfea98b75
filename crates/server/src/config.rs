use crate::{
    auth::AppKeys,
    limits::Limits,
    records::{DbError, RecordsKind},
    secrets::LiveSecrets,
    store::StoreKind,
    webhooks::WebhookTimings,
};
use call_core::{AppId, Joining};
use call_protocol::ConnectWhileRinging;
use ipnet::IpNet;
use std::{path::PathBuf, time::Duration};

/// Everything a running server is told. [`Flags`](crate::Flags) makes one; tests fill it in by hand.
#[derive(Debug, Clone)]
pub struct Config {
    pub secrets: LiveSecrets,
    /// `--dev`: this app's userSigs are given away at `/dev/usersig`, and every Origin is welcome.
    pub dev: Option<AppKeys>,
    /// Origins that may open `/v1/ws`, besides the server's own.
    pub origins: Vec<String>,
    /// Networks of proxies, which are believed about the addresses of their clients.
    pub proxies: Vec<IpNet>,
    /// A user may be logged in on several devices. Otherwise a login kicks the user's other devices.
    pub multi_device: bool,
    /// Two users who call each other at the same time are connected. Otherwise both are busy.
    pub crossing_invites_connect: bool,
    /// Who may join a running group call.
    pub joining: Joining,
    /// The most that clients may do, and what they do where their application says nothing.
    pub connect_while_ringing: ConnectWhileRinging,
    /// How many users one invitation may name.
    pub max_callees: usize,
    /// How many users may be in one call.
    pub max_members: usize,
    pub store: StoreKind,
    pub records: RecordsKind,
    /// How long a call can be looked up after its end.
    pub keep_records: Duration,
    pub webhook_timings: WebhookTimings,
    pub limits: Limits,
    pub timings: Timings,
}

#[derive(Debug, Clone)]
pub struct Timings {
    /// For TLS to be agreed on, and then for the headers of a request to arrive.
    pub opening: Duration,
    /// From the opened socket to the login.
    pub login: Duration,
    /// For one frame to be taken by the client.
    pub write: Duration,
    /// Between two beats outside of calls. A session is lost when it leaves a beat unanswered until the next one.
    pub beat_idle: Duration,
    pub beat_in_call: Duration,
    /// How long a session survives without a socket, and its part in a call with it.
    pub grace: Duration,
    /// After a restart: how long clients may take to come back before their peers are told that they are away.
    pub comeback: Duration,
    /// Between two looks for what nobody takes care of any more. Where there are other nodes: at most 2 s.
    pub sweep: Duration,
    /// How long the final state of a call can still be asked for.
    pub keep_ended: Duration,
    /// From the announcement of a shutdown to the end: for clients to go by themselves.
    pub drain: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(5),
            login: Duration::from_secs(5),
            write: Duration::from_secs(5),
            beat_idle: Duration::from_secs(15),
            beat_in_call: Duration::from_secs(4),
            grace: Duration::from_secs(30),
            comeback: Duration::from_secs(6),
            sweep: Duration::from_secs(15),
            keep_ended: Duration::from_secs(600),
            drain: Duration::from_secs(3),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secrets: LiveSecrets::default(),
            dev: None,
            origins: Vec::new(),
            proxies: Vec::new(),
            multi_device: false,
            crossing_invites_connect: true,
            joining: Joining::Open,
            connect_while_ringing: ConnectWhileRinging::Relay,
            max_callees: 8,
            max_members: 32,
            store: StoreKind::default(),
            records: RecordsKind::default(),
            keep_records: Duration::from_secs(90 * 24 * 3600),
            webhook_timings: WebhookTimings::default(),
            limits: Limits::default(),
            timings: Timings::default(),
        }
    }
}

/// What the server can't start with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("no app: give --app ID:SECRET, --apps-file FILE, or --dev to try the server out")]
    NoApp,
    #[error("app `{0}`: expected ID:SECRET or ID:SECRET:SECRET2, with an ID from 1 to 4294967295")]
    BadApp(String),
    #[error("app {0} is given twice")]
    DoubledApp(u32),
    #[error("app {0}: one or two secrets, none of them empty")]
    BadSecrets(u32),
    #[error("origin `{0}`: expected something like https://example.com or https://example.com:8443")]
    BadOrigin(String),
    #[error("--turn-url needs --turn-secret, and --turn-secret needs --turn-url")]
    HalfTurn,
    #[error("`{0}`: expected {1}:HOST or {1}:HOST:PORT, with the scheme {1} or {1}s")]
    BadIceUrl(String, &'static str),
    #[error("{path}: {problem}")]
    File { path: PathBuf, problem: String },
    #[error("TLS: {0}")]
    Tls(String),
    #[error("store: {0}")]
    Store(String),
    #[error("records: {0}")]
    Records(String),
    #[error("--records: expected off or postgres://USER:PASSWORD@HOST/NAME")]
    BadRecords,
    /// Not what follows the id: that may be secret.
    #[error("{flag}: expected ID:{what}, with the id of an app that the server knows")]
    BadAdmin { flag: &'static str, what: &'static str },
    #[error("--admin-key of app {0}: at least 16 characters, and not that of another app")]
    BadAdminKey(AppId),
    #[error("--admin needs an --admin-key, an admin_key in --apps-file, or --dev")]
    NoAdminKey,
    #[error("webhook `{0}`: expected a URL that begins with http:// or https://")]
    BadWebhook(String),
    #[error("the webhook needs a secret that is text, or whsec_ and base64; and a secret needs a webhook")]
    BadWebhookSecret,
    #[error("a webhook needs records: give --data or --records")]
    WebhookWithoutRecords,
}

impl ConfigError {
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn records(error: DbError) -> Self {
        Self::Records(error.0)
    }

    pub(crate) fn file(path: impl Into<PathBuf>, problem: impl ToString) -> Self {
        Self::File { path: path.into(), problem: problem.to_string() }
    }
}
