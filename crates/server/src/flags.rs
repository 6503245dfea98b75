mod back_end;
mod secrets;

use crate::{
    cluster::ClusterConfig,
    config::{Config, ConfigError, Timings},
    limits::Limits,
    origin,
    records::RecordsKind,
    store::StoreKind,
};
use back_end::BackEndFlags;
use call_core::Joining;
use call_protocol::ConnectWhileRinging;
use clap::{Parser, builder::FalseyValueParser};
use ipnet::IpNet;
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

const DEFAULT_DATA: &str = "call-server-data";

/// Signaling server for audio and video calls.
///
/// Serves WebSocket clients at /v1/ws, a health check at /healthz, the demo at / and the npm package's files at
/// /pkg/. When it is ready, it prints one line `listening on http://HOST:PORT` on standard output; logs go to standard
/// error.
///
/// To try it: `call-server --dev`, then open the printed address in two browser windows. In production, give it your
/// apps (--app or --apps-file), let your back end sign the userSigs with the same secrets, and either give it a
/// certificate or put it behind a proxy that speaks TLS.
#[derive(Clone, Parser)]
#[command(name = "call-server", version, max_term_width = 110)]
pub struct Flags {
    /// Address to listen on, HOST:PORT. Port 0 lets the system choose one.
    #[arg(long, env = "CALL_SERVER_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8480")]
    pub listen: String,

    /// Folder for what the server keeps: running calls and sessions, which thereby survive a restart; with --dev its
    /// app, with --dev-tls its certificate. Without it, app and certificate are kept in call-server-data, and calls
    /// nowhere.
    #[arg(long, env = "CALL_SERVER_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Where calls and sessions are kept. Without it: sqlite if --data is given, else memory.
    #[arg(long, env = "CALL_SERVER_STORE", value_enum, value_name = "KIND")]
    pub store: Option<KeptIn>,

    /// Makes this server one of several that work as one: users of a call may be connected to different ones, no proxy
    /// needs sticky sessions, and any of them may die. They share what they keep by NATS with JetStream (2.12.3 or
    /// newer, with `sync_interval: always` where power may fail). Name its servers, like
    /// nats://user:password@host:4222; of three or more, three keep each value. All servers need the same apps.
    #[arg(
        long,
        env = "CALL_SERVER_CLUSTER",
        value_name = "URL",
        value_delimiter = ',',
        hide_env_values = true,
        conflicts_with = "store"
    )]
    pub cluster: Vec<String>,

    /// Names what is kept in NATS: servers with different names do not know of each other.
    #[arg(long, env = "CALL_SERVER_CLUSTER_NAME", value_name = "NAME", default_value = "call-server", value_parser = cluster_name)]
    pub cluster_name: String,

    /// How many milliseconds NATS may take for one operation, before a client hears that it should try again.
    #[arg(long, env = "CALL_SERVER_CLUSTER_DEADLINE", value_name = "MS", default_value = "250", value_parser = clap::value_parser!(u64).range(10..=60_000))]
    pub cluster_deadline: u64,

    /// For development only: makes an app of its own (kept in the data folder), gives a userSig for any user to
    /// anybody who asks at /dev/usersig?userID=X, and lets pages of every Origin connect.
    #[arg(long, env = "CALL_SERVER_DEV", value_parser = FalseyValueParser::new())]
    pub dev: bool,

    /// An app (SDKAppID) and the secret that signs its userSigs. A second secret is accepted as well, for rotation.
    /// May be given several times, or as a comma-separated list. On a command line other users of the machine can
    /// read it: prefer the variable or --apps-file.
    #[arg(
        long = "app",
        env = "CALL_SERVER_APPS",
        value_name = "ID:SECRET[:SECRET2]",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub apps: Vec<String>,

    /// Apps from a TOML file: tables `[[app]]` with `id = 1400000000` and `secrets = ["..."]`, one or two. They may have
    /// `admin_key` and `webhook_secret` (a text, or a list of two), `administrators` and `webhook` as well. This file,
    /// --turn-secret-file and the certificate are read again on SIGHUP; calls and sessions go on.
    #[arg(long, env = "CALL_SERVER_APPS_FILE", value_name = "FILE")]
    pub apps_file: Option<PathBuf>,

    /// An Origin whose pages may connect, like https://example.com. May be given several times, or as a
    /// comma-separated list. Without it only pages from this server may. Programs that send no Origin always may.
    #[arg(long, env = "CALL_SERVER_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<String>,

    /// An address or network, like 10.0.0.0/8, of proxies in front: what they say in X-Forwarded-For is believed, so that
    /// limits by address are those of clients. May be given several times, or as a comma-separated list.
    #[arg(long = "trusted-proxy", env = "CALL_SERVER_TRUSTED_PROXIES", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Lets a user be logged in on several devices at once: all ring, the first answer counts. Without it a login
    /// on another device logs the first one out.
    #[arg(long, env = "CALL_SERVER_MULTI_DEVICE", value_parser = FalseyValueParser::new())]
    pub multi_device: bool,

    /// What becomes of two users who call each other at the same time.
    #[arg(long, env = "CALL_SERVER_CROSSING_INVITES", value_enum, default_value = "connect")]
    pub crossing_invites: CrossingInvites,

    /// Who may join a group call that runs, by its id or by its chat group and room.
    #[arg(long, env = "CALL_SERVER_JOINING", value_enum, default_value = "open")]
    pub joining: WhoJoins,

    /// How far a callee's connection is made before the callee accepts: the most that an application may ask for, and
    /// what is done where it asks for nothing. Whoever can ring a user learns that user's network address by `always`,
    /// and by nothing less. Default: relay; with --dev always.
    #[arg(long, env = "CALL_SERVER_CONNECT_WHILE_RINGING", value_enum)]
    pub connect_while_ringing: Option<Connect>,

    /// How many users may be in one call.
    #[arg(long, env = "CALL_SERVER_MAX_MEMBERS", value_name = "N", default_value = "32", value_parser = clap::value_parser!(u8).range(2..=32))]
    pub max_members: u8,

    /// How many users one invitation may name.
    #[arg(long, env = "CALL_SERVER_MAX_CALLEES", value_name = "N", default_value = "8", value_parser = clap::value_parser!(u8).range(1..=31))]
    pub max_callees: u8,

    /// A TURN server for clients that can't reach each other, like turn:turn.example.com:3478?transport=udp. May be
    /// given several times, or as a comma-separated list. Needs --turn-secret.
    #[arg(long, env = "CALL_SERVER_TURN_URL", value_name = "URL", value_delimiter = ',')]
    pub turn_url: Vec<String>,

    /// The secret shared with the TURN servers (coturn: static-auth-secret). Clients get credentials made with it,
    /// never the secret.
    #[arg(long, env = "CALL_SERVER_TURN_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub turn_secret: Option<String>,

    /// A file with that secret on its first line. Further lines are left to the TURN servers, which accept older ones.
    #[arg(long, env = "CALL_SERVER_TURN_SECRET_FILE", value_name = "FILE", conflicts_with = "turn_secret")]
    pub turn_secret_file: Option<PathBuf>,

    /// How long TURN credentials are good for, in seconds. Clients renew theirs in long calls.
    #[arg(long, env = "CALL_SERVER_TURN_LIFE", value_name = "SECONDS", default_value = "3600", value_parser = clap::value_parser!(u64).range(10..))]
    pub turn_life: u64,

    /// A STUN server, like stun:stun.example.com:3478. May be given several times, or as a comma-separated list.
    #[arg(long, env = "CALL_SERVER_STUN_URL", value_name = "URL", value_delimiter = ',')]
    pub stun_url: Vec<String>,

    /// Serves HTTPS with a certificate that the server makes for itself, for this machine's names and addresses, and
    /// keeps in the data folder: so that a phone in the same network can use its camera. Browsers will warn.
    #[arg(long, env = "CALL_SERVER_DEV_TLS", value_parser = FalseyValueParser::new(), conflicts_with_all = ["tls_cert", "tls_key"])]
    pub dev_tls: bool,

    /// Serves HTTPS with this certificate chain (PEM).
    #[arg(long, env = "CALL_SERVER_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The private key of --tls-cert (PEM).
    #[arg(long, env = "CALL_SERVER_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    #[command(flatten)]
    pub back_end: BackEndFlags,

    /// How much one client may ask for: off, or what differs from the defaults, like invites=20/10:40,devices=off.
    /// messages=50/1:200 are frames of one connection (COUNT/SECONDS:BURST), invites=5/10:10 invitations by one user,
    /// unanswered=6/60:6 those to one callee who does not accept, devices=5 and sessions=20 how often one user is
    /// logged in, sockets=64 connections from one address (of IPv6: one /64) that have not logged in; behind a proxy, give
    /// --trusted-proxy, or all clients are one address. rest=200/1:400 are requests of one app's back ends. With --dev the first three are off.
    #[arg(long, env = "CALL_SERVER_LIMITS", value_name = "LIMITS")]
    pub limits: Option<Limits>,

    /// What to log: error, warn, info, debug or trace, or a filter like warn,call_server=debug.
    #[arg(long, env = "CALL_SERVER_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,

    /// How to log: lines for people, or one JSON object a line.
    #[arg(long, env = "CALL_SERVER_LOG_FORMAT", value_enum, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum KeptIn {
    /// A database in the data folder, which one server at a time can use.
    Sqlite,
    /// The server's memory: a restart ends every call.
    Memory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum CrossingInvites {
    /// They are connected with each other.
    Connect,
    /// Both hear that the other one is busy.
    Busy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WhoJoins {
    /// Every user of the same app.
    Open,
    /// Users who were invited into it.
    Invited,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Connect {
    /// Not at all.
    Off,
    /// The callee keeps its answer and its candidates to itself.
    Prepare,
    /// By the TURN server alone; without one as prepare.
    Relay,
    /// By any way.
    Always,
}

impl From<Connect> for ConnectWhileRinging {
    fn from(connect: Connect) -> Self {
        match connect {
            Connect::Off => Self::Off,
            Connect::Prepare => Self::Prepare,
            Connect::Relay => Self::Relay,
            Connect::Always => Self::Always,
        }
    }
}

fn cluster_name(text: &str) -> Result<String, String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_good = (1..=64).contains(&text.len()) && text.bytes().all(is_name);
    is_good.then(|| text.to_owned()).ok_or_else(|| "1 to 64 bytes of A-Z a-z 0-9 _ -".into())
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().ok().map(|address: IpAddr| address.into());
    text.parse().ok().or_else(address).ok_or_else(|| "expected an address, or a network like 10.0.0.0/8".into())
}

impl Flags {
    /// Reads the files that the flags name, and makes those that `--dev` and `--dev-tls` need.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        let secrets = self.read_secrets()?;
        let dev = self.read_dev_app()?.map(|dev| dev.keys);
        let records = self.records()?;
        let store = match (self.cluster.is_empty(), self.kept_in()) {
            (true, KeptIn::Sqlite) => StoreKind::Sqlite(self.data_folder().to_owned()),
            (true, KeptIn::Memory) => StoreKind::Memory,
            (false, _) => StoreKind::Nats(ClusterConfig {
                servers: self.cluster,
                name: self.cluster_name,
                deadline: Duration::from_millis(self.cluster_deadline),
            }),
        };
        let default_limits = if self.dev { Limits::for_development } else { Limits::default };
        Ok(Config {
            secrets: secrets.into(),
            dev,
            origins: origin::normal_origins(&self.allow_origin)?,
            proxies: self.trusted_proxies,
            multi_device: self.multi_device,
            crossing_invites_connect: self.crossing_invites == CrossingInvites::Connect,
            joining: match self.joining {
                WhoJoins::Open => Joining::Open,
                WhoJoins::Invited => Joining::Invited,
            },
            connect_while_ringing: self
                .connect_while_ringing
                .unwrap_or(if self.dev { Connect::Always } else { Connect::Relay })
                .into(),
            max_callees: self.max_callees.into(),
            max_members: self.max_members.into(),
            store,
            records,
            keep_records: Duration::from_secs(24 * 3600) * self.back_end.records_days,
            limits: self.limits.unwrap_or_else(default_limits),
            timings: Timings::default(),
            ..Config::default()
        })
    }

    fn data_folder(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new(DEFAULT_DATA))
    }

    fn kept_in(&self) -> KeptIn {
        self.store.unwrap_or(if self.data.is_some() { KeptIn::Sqlite } else { KeptIn::Memory })
    }

    fn records(&self) -> Result<RecordsKind, ConfigError> {
        let kept_in_data = (self.kept_in() == KeptIn::Sqlite).then(|| self.data_folder());
        self.back_end.records(kept_in_data)
    }
}
