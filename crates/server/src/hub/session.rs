use crate::{outbox::Outbox, random};
use axum::extract::ws::Utf8Bytes;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use call_core::{AppId, SessionId};
use call_protocol::{CallId, Millis, UserId};
use ring::digest::{SHA256, digest};
use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One login of one user on one device. It outlives its socket by the grace time.
pub struct Session {
    pub id: SessionId,
    pub app: AppId,
    pub user: UserId,
    pub device: String,
    state: Mutex<State>,
}

struct State {
    /// None: the socket is lost.
    link: Option<Outbox>,
    /// Numbers the sockets that this session has had.
    link_no: u64,
    tokens: Tokens,
    sig_expires: Millis,
    /// The call that it takes part in, as far as it was told.
    in_call: Option<CallId>,
    /// What it was told last.
    told: Option<(CallId, u32)>,
}

/// Hashes only: what is in memory or in a store lets nobody in. The previous one stays good until the new one is used,
/// for the client may never have received that.
struct Tokens {
    current: TokenHash,
    previous: Option<TokenHash>,
}

type TokenHash = [u8; 32];

impl Session {
    pub fn new(app: AppId, user: UserId, device: String, sig_expires: Millis, link: Outbox) -> (Self, String) {
        let token = new_token();
        let state = State {
            link: Some(link),
            link_no: 1,
            tokens: Tokens { current: hash(&token), previous: None },
            sig_expires,
            in_call: None,
            told: None,
        };
        (Self { id: SessionId(random::number()), app, user, device, state: Mutex::new(state) }, token)
    }

    /// Moves this session to another socket, if `token` is good. Answers with the link's number, the next token and
    /// the socket it had until now.
    pub fn resume(&self, token: &str, sig_expires: Millis, link: Outbox) -> Option<(u64, String, Option<Outbox>)> {
        let mut state = self.state();
        let used = hash(token);
        if used != state.tokens.current && Some(used) != state.tokens.previous {
            return None;
        }
        let next = new_token();
        state.tokens = Tokens { current: hash(&next), previous: Some(used) };
        state.sig_expires = sig_expires;
        state.told = None;
        state.link_no += 1;
        let replaced = state.link.replace(link);
        Some((state.link_no, next, replaced))
    }

    /// A new userSig on the same socket. Answers with the next token.
    pub fn renew(&self, sig_expires: Millis) -> String {
        let mut state = self.state();
        let next = new_token();
        state.tokens = Tokens { previous: Some(state.tokens.current), current: hash(&next) };
        state.sig_expires = sig_expires;
        next
    }

    /// Forgets the socket, if it is still the one of this number.
    pub fn unlink(&self, link_no: u64) -> bool {
        let mut state = self.state();
        let current = state.link_no == link_no && state.link.is_some();
        if current {
            state.link = None;
        }
        current
    }

    /// Ends this session for good: it can't be resumed. Answers with the socket it had.
    pub fn end(&self) -> Option<Outbox> {
        self.state().end()
    }

    /// Ends it if it has been without a socket ever since the one of this number.
    pub fn end_if_lost(&self, link_no: u64) -> bool {
        let mut state = self.state();
        let is_lost = state.link.is_none() && state.link_no == link_no;
        if is_lost {
            state.end();
        }
        is_lost
    }

    pub fn is_connected(&self) -> bool {
        self.state().link.is_some()
    }

    /// The number of the socket that it lost, while it has no other one.
    pub fn lost_link(&self) -> Option<u64> {
        let state = self.state();
        state.link.is_none().then_some(state.link_no)
    }

    pub fn sig_expires(&self) -> Millis {
        self.state().sig_expires
    }

    /// The call that it takes part in, as far as it was told.
    pub fn call(&self) -> Option<CallId> {
        self.state().in_call.clone()
    }

    pub fn send(&self, frame: Utf8Bytes) {
        if let Some(link) = &self.state().link {
            link.send(frame);
        }
    }

    /// Whether this session is to be told of that revision: it is connected and knows nothing newer. If so, it counts
    /// as told, and as in the call or not.
    pub fn to_be_told(&self, call: &CallId, rev: u32, is_in: bool) -> bool {
        let mut state = self.state();
        if state.link.is_none() || state.told.as_ref().is_some_and(|(id, told)| id == call && *told >= rev) {
            return false;
        }
        state.told = Some((call.clone(), rev));
        if is_in {
            state.in_call = Some(call.clone());
        } else if state.in_call.as_ref() == Some(call) {
            state.in_call = None;
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&mut self) -> Option<Outbox> {
        self.tokens = Tokens { current: hash(&new_token()), previous: None };
        self.link_no += 1;
        self.link.take()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:016x}", self.app, self.id.0)
    }
}

fn new_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<16>())
}

fn hash(token: &str) -> TokenHash {
    let mut hash = TokenHash::default();
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}
