//! How much one client may ask for.

use dashmap::DashMap;
use std::{hash::Hash, str::FromStr, time::Duration};
use tokio::time::Instant;

/// None, in each: as much as it likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Frames of one connection. More are read later.
    pub messages: Option<Rate>,
    /// Invitations by one user. More are refused.
    pub invites: Option<Rate>,
    /// Invitations by one user to another one who does not accept. More are refused.
    pub unanswered: Option<Rate>,
    /// Devices on which one user is logged in at a time. Another login is refused.
    pub devices: Option<u32>,
    /// Logins of one user at a time: devices, and pages on each of them.
    pub sessions: Option<u32>,
    /// Connections from one address, or one /64 of IPv6, that have not logged in. More are closed at once.
    pub sockets: Option<u32>,
    /// Requests of one app's back ends. More are refused.
    pub rest: Option<Rate>,
}

/// So many in a length of time, once `burst` are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub count: u32,
    pub per: Duration,
    pub burst: u32,
}

impl Limits {
    pub const OFF: Self = Self {
        messages: None,
        invites: None,
        unanswered: None,
        devices: None,
        sessions: None,
        sockets: None,
        rest: None,
    };

    /// What a developer would only stumble over is lifted.
    pub fn for_development() -> Self {
        Self { messages: None, invites: None, unanswered: None, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |count, seconds, burst| Some(Rate { count, per: Duration::from_secs(seconds), burst });
        Self {
            messages: rate(50, 1, 200),
            invites: rate(5, 10, 10),
            unanswered: rate(6, 60, 6),
            devices: Some(5),
            sessions: Some(20),
            sockets: Some(64),
            rest: rate(200, 1, 400),
        }
    }
}

/// `off`, or what differs from the defaults: `invites=20/10:40,devices=off`.
impl FromStr for Limits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let mut limits = Self::default();
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("`{part}`: expected off or NAME=VALUE"))?;
            match name.trim() {
                "messages" => limits.messages = unless_off(value)?,
                "invites" => limits.invites = unless_off(value)?,
                "unanswered" => limits.unanswered = unless_off(value)?,
                "devices" => limits.devices = unless_off::<Count>(value)?.map(|Count(count)| count),
                "sessions" => limits.sessions = unless_off::<Count>(value)?.map(|Count(count)| count),
                "sockets" => limits.sockets = unless_off::<Count>(value)?.map(|Count(count)| count),
                "rest" => limits.rest = unless_off(value)?,
                other => return Err(format!("there is no limit `{other}`")),
            }
        }
        Ok(limits)
    }
}

fn unless_off<T: FromStr<Err = String>>(text: &str) -> Result<Option<T>, String> {
    let text = text.trim();
    if text == "off" { Ok(None) } else { text.parse().map(Some) }
}

struct Count(u32);

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let count = text.parse().ok().filter(|count| *count > 0);
        count.map(Self).ok_or_else(|| format!("`{text}`: expected off or a number from 1"))
    }
}

/// `COUNT/SECONDS:BURST`.
impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(count, rest)| Some((count, rest.split_once(':')?)));
        let number = |text: &str| text.parse::<Count>().ok().map(|Count(count)| count);
        let rate = parts.and_then(|(count, (seconds, burst))| {
            let per = Duration::from_secs(number(seconds)?.into());
            Some(Self { count: number(count)?, per, burst: number(burst)? })
        });
        rate.ok_or_else(|| format!("`{text}`: expected off or COUNT/SECONDS:BURST, like 5/10:10"))
    }
}

/// What has been taken at a rate. (The generic cell rate algorithm: how full a leaking bucket is, in one instant.)
#[derive(Debug, Default)]
pub struct Bucket {
    empty_at: Option<Instant>,
}

impl Bucket {
    /// Takes one. Err: not before so long.
    pub fn take(&mut self, rate: &Rate, now: Instant) -> Result<(), Duration> {
        let each = rate.per / rate.count;
        let filled = self.filled(now);
        let room = each.saturating_mul(rate.burst - 1);
        if filled > room {
            return Err(filled - room);
        }
        self.empty_at = Some(now + filled + each);
        Ok(())
    }

    /// How long it takes to leak empty.
    fn filled(&self, now: Instant) -> Duration {
        self.empty_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

/// A bucket for each key.
pub struct Buckets<K: Eq + Hash>(DashMap<K, Bucket>);

impl<K: Eq + Hash> Buckets<K> {
    pub fn new() -> Self {
        Self(DashMap::new())
    }

    pub fn take(&self, key: K, rate: &Rate) -> Result<(), Duration> {
        self.0.entry(key).or_default().take(rate, Instant::now())
    }

    pub fn forget(&self, key: &K) {
        self.0.remove(key);
    }

    /// Forgets those that are empty.
    pub fn prune(&self) {
        let now = Instant::now();
        self.0.retain(|_, bucket| !bucket.filled(now).is_zero());
    }
}

#[cfg(test)]
#[path = "limits_test.rs"]
mod limits_test;
