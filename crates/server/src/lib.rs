//! The signaling server: a thin shell around [`call_core`]'s authority. Sockets, logins, relaying and time are here;
//! what becomes of a call is decided there.
//!
//! A connection (`connection`) logs in and becomes the link of a session. The hub (`hub`) takes a session's requests
//! to the authority, sends the new snapshot to those whom a change concerns, passes on what members say to each other,
//! and acts when a deadline is due.

mod auth;
mod back_end;
mod clock;
mod cluster;
mod config;
mod connection;
mod dev;
mod files;
mod flags;
mod frames;
mod http;
mod hub;
mod limits;
mod linger;
mod metrics;
mod newcomers;
mod origin;
mod outbox;
mod profiles;
mod random;
mod records;
mod rest;
mod secrets;
mod serve;
mod store;
mod tls;
mod trust;
mod turn;
mod webhooks;

pub use auth::{Admins, AppKeys, Apps, SigError, sign, verify};
pub use cluster::{
    Bus, ClusterConfig, ClusterError, LocalBus, LocalNet, Nats, NatsBus, NatsStore, NatsStoreConfig, Presence,
};
pub use config::{Config, ConfigError, Timings};
pub use flags::{CrossingInvites, Flags, KeptIn, LogFormat};
pub use limits::{Limits, Rate};
pub use profiles::{Profile, ProfileKey};
pub use records::{
    CallFilter, CallRecord, Cursor, Database, DbError, DeadLetter, Event, MemberOutcome, MemberRecord, Outcome,
    Outgoing, PostgresDatabase, Records, RecordsKind, Retry, Role, Settled, SqliteDatabase, Statement,
    Value as DbValue,
};
pub use secrets::{LiveSecrets, Secrets};
pub use serve::{Server, run};
pub use store::{OpenError, SavedSession, SessionKey, SqliteStore, StoreKind};
pub use tls::{Tls, own_addresses};
pub use turn::Ice;
pub use webhooks::{WebhookSecret, WebhookTarget, WebhookTimings};
