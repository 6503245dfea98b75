use crate::config::ConfigError;
use base64::{Engine, prelude::BASE64_STANDARD};
use call_protocol::{IceServer, Millis, UserId};
use ring::hmac;
use std::fmt;

/// The STUN and TURN servers that clients are told at login.
#[derive(Clone, Default)]
pub struct Ice {
    stun: Vec<String>,
    turn: Option<Turn>,
}

#[derive(Clone)]
struct Turn {
    urls: Vec<String>,
    secret: String,
    /// How long credentials are good for, in seconds.
    life: u64,
}

impl Ice {
    /// `life`: how long TURN credentials are good for, in seconds.
    pub fn new(stun: Vec<String>, turn: Vec<String>, secret: Option<String>, life: u64) -> Result<Self, ConfigError> {
        check_urls(&stun, "stun")?;
        check_urls(&turn, "turn")?;
        let turn = match (turn.is_empty(), secret.filter(|secret| !secret.is_empty())) {
            (true, None) => None,
            (false, Some(secret)) => Some(Turn { urls: turn, secret, life }),
            _ => return Err(ConfigError::HalfTurn),
        };
        Ok(Self { stun, turn })
    }

    /// With credentials that are this user's alone and expire some time after `now`.
    pub fn servers(&self, app: u32, user: &UserId, now: Millis) -> Vec<IceServer> {
        let stun = (!self.stun.is_empty()).then(|| IceServer {
            urls: self.stun.clone(),
            username: String::new(),
            credential: String::new(),
        });
        let turn = self.turn.as_ref().map(|turn| {
            let username = format!("{}:{app}:{user}", now / 1000 + turn.life);
            let credential = turn_credential(&turn.secret, &username);
            IceServer { urls: turn.urls.clone(), username, credential }
        });
        stun.into_iter().chain(turn).collect()
    }
}

/// What coturn's `static-auth-secret` expects as the password of `username`.
fn turn_credential(secret: &str, username: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()))
}

fn check_urls(urls: &[String], scheme: &'static str) -> Result<(), ConfigError> {
    let good = |url: &str| {
        let rest = url.strip_prefix(scheme)?;
        let host = rest.strip_prefix("s:").or_else(|| rest.strip_prefix(':'))?;
        (!host.is_empty() && !host.starts_with(['/', '?', ':']) && !host.contains(char::is_whitespace)).then_some(())
    };
    match urls.iter().find(|url| good(url).is_none()) {
        Some(bad) => Err(ConfigError::BadIceUrl(bad.clone(), scheme)),
        None => Ok(()),
    }
}

// By hand, so that no log line can ever show the secret.
impl fmt::Debug for Ice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ice")
            .field("stun", &self.stun)
            .field("turn", &self.turn.as_ref().map(|turn| &turn.urls))
            .finish()
    }
}
