use crate::{
    outbox::Outbox,
    random,
    store::{SavedSession, SessionKey},
};
use axum::extract::ws::Utf8Bytes;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use call_core::{AppId, Call, Seat, SessionId, Told};
use call_protocol::{CallId, Login, Millis, UserId};
use ring::digest::{SHA256, digest};
use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// One login of one user on one device. It outlives its socket by the grace time.
pub struct Session {
    pub id: SessionId,
    pub app: AppId,
    pub user: UserId,
    pub device: Arc<str>,
    /// Empty: the client does not say.
    pub page: String,
    /// Neither does a login elsewhere end this session, nor does this one end others.
    multi_device: AtomicBool,
    state: Mutex<State>,
}

struct State {
    /// None: the socket is lost.
    link: Option<Outbox>,
    /// Numbers the sockets that this session has had.
    link_no: u64,
    tokens: Tokens,
    sig_expires: Millis,
    told: Told,
}

/// Hashes only: what is in memory or in a store lets nobody in. The previous one stays good until the new one is used,
/// for the client may never have received that.
struct Tokens {
    current: TokenHash,
    previous: Option<TokenHash>,
}

/// Hexadecimal.
pub type TokenHash = String;

impl Session {
    /// The number of a socket, for a session that has had none since the server's start.
    pub const NO_LINK: u64 = 0;

    /// Together with its resume token.
    pub fn new(login: &Login, sig_expires: Millis, link: Outbox) -> (Self, String) {
        let token = new_token();
        let session = Self {
            id: SessionId(random::number()),
            app: login.app,
            user: login.user.clone(),
            device: login.device.as_str().into(),
            page: login.page.clone(),
            multi_device: AtomicBool::new(login.multi_device),
            state: Mutex::new(State {
                link: Some(link),
                link_no: 1,
                tokens: Tokens { current: hash(&token), previous: None },
                sig_expires,
                told: Told::default(),
            }),
        };
        (session, token)
    }

    /// A session from before a restart. It has no socket yet.
    pub fn restored(key: SessionKey, saved: SavedSession) -> Self {
        Self {
            id: key.id,
            app: key.app,
            user: key.user,
            device: saved.device.into(),
            page: saved.page,
            // Said again when the client comes back.
            multi_device: AtomicBool::new(false),
            state: Mutex::new(State {
                link: None,
                link_no: Self::NO_LINK,
                tokens: Tokens { current: saved.token, previous: saved.previous_token },
                sig_expires: saved.sig_expires,
                told: Told::default(),
            }),
        }
    }

    pub fn key(&self) -> SessionKey {
        SessionKey { app: self.app, user: self.user.clone(), id: self.id }
    }

    /// What has to be stored for it to be resumed after a restart.
    pub fn to_save(&self) -> SavedSession {
        let state = self.state();
        SavedSession {
            device: self.device.to_string(),
            page: self.page.clone(),
            sig_expires: state.sig_expires,
            token: state.tokens.current.clone(),
            previous_token: state.tokens.previous.clone(),
        }
    }

    /// Whether a login comes from where this session is.
    pub fn is_from(&self, login: &Login) -> bool {
        let same_page = self.page.is_empty() || login.page.is_empty() || self.page == login.page;
        *self.device == *login.device && same_page
    }

    /// Moves this session to another socket, if `token` is good. Answers with the link's number, the next token and
    /// the socket it had until now.
    pub fn resume(&self, token: &str, sig_expires: Millis, link: Outbox) -> Option<(u64, String, Option<Outbox>)> {
        let mut state = self.state();
        let used = hash(token);
        if used != state.tokens.current && Some(&used) != state.tokens.previous.as_ref() {
            return None;
        }
        let next = new_token();
        state.tokens = Tokens { current: hash(&next), previous: Some(used) };
        state.sig_expires = sig_expires;
        let (link_no, replaced) = state.move_to(link);
        Some((link_no, next, replaced))
    }

    /// The same where the store has found the token good, and knows the next one.
    pub fn adopt(&self, saved: &SavedSession, link: Outbox) -> (u64, Option<Outbox>) {
        let mut state = self.state();
        state.tokens = Tokens { current: saved.token.clone(), previous: saved.previous_token.clone() };
        state.sig_expires = saved.sig_expires;
        state.move_to(link)
    }

    /// A new userSig on the same socket. Answers with the next token.
    pub fn renew(&self, sig_expires: Millis) -> String {
        let mut state = self.state();
        let next = new_token();
        let used = std::mem::replace(&mut state.tokens.current, hash(&next));
        state.tokens.previous = Some(used);
        state.told.logs_in();
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

    /// What counts when its user logs in again.
    pub fn is_multi_device(&self) -> bool {
        self.multi_device.load(Ordering::Relaxed)
    }

    pub fn set_multi_device(&self, multi_device: bool) {
        self.multi_device.store(multi_device, Ordering::Relaxed);
    }

    pub fn seat(&self) -> Seat<'_> {
        Seat { device: &self.device, page: &self.page, connected: self.state().link.is_some(), returns: false }
    }

    /// Whether it is the one through which its user takes part in `call`.
    pub fn is_in(&self, call: &Call) -> bool {
        call.is_in(&self.user, self.id)
    }

    /// The number of the socket that it lost, while it has no other one.
    pub fn lost_link(&self) -> Option<u64> {
        let state = self.state();
        state.link.is_none().then_some(state.link_no)
    }

    pub fn sig_expires(&self) -> Millis {
        self.state().sig_expires
    }

    pub fn send(&self, frame: Utf8Bytes) {
        if let Some(link) = &self.state().link {
            link.send(frame);
        }
    }

    /// The call that it took part in or that rang there when its client last logged in, as far as it was told.
    pub fn call_before(&self) -> Option<CallId> {
        self.state().told.call_before().cloned()
    }

    pub fn was_shown_a_call(&self) -> bool {
        self.state().told.was_shown_a_call()
    }

    /// What it was shown before a restart.
    pub fn restore_call(&self, call: &Call) {
        self.state().told.recall(call, &self.user, self.id);
    }

    /// Whether this session is to be told of that revision: it is connected and knows nothing newer. If so, it counts
    /// as told.
    pub fn to_be_told(&self, call: &Call) -> bool {
        let mut state = self.state();
        state.link.is_some() && state.told.takes_note(call, &self.user, self.id)
    }

    /// The same for the caller's offer.
    pub fn to_be_offered(&self, call: &Call) -> bool {
        let mut state = self.state();
        state.link.is_some() && state.told.takes_offer(call)
    }

    /// See [`Told::doubts`].
    pub fn doubts(&self, call: &Call) -> bool {
        self.state().told.doubts(call, &self.user, self.id)
    }

    /// The call that it takes part in or that rings there, as far as it was told.
    pub fn shown(&self) -> Option<CallId> {
        self.state().told.shown().cloned()
    }

    /// See [`Told::is_out_of`].
    pub fn is_out_of(&self, call: &CallId) {
        self.state().told.is_out_of(call);
    }

    pub fn beat_sent(&self) {
        self.state().told.beat_sent();
    }

    /// A call that it should be in and, by its answers to beats, is not.
    pub fn beat_answered(&self, names: Option<&CallId>) -> Option<CallId> {
        self.state().told.beat_answered(names).cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Answers with the link's number, and the one before.
    fn move_to(&mut self, link: Outbox) -> (u64, Option<Outbox>) {
        self.told.moves();
        self.link_no += 1;
        (self.link_no, self.link.replace(link))
    }

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

pub fn new_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<16>())
}

pub fn hash(token: &str) -> TokenHash {
    random::hex(digest(&SHA256, token.as_bytes()).as_ref())
}
