use super::{
    Due, Hub, Session,
    calls::Offer,
    passing::close_link,
    session::{hash, new_token},
    sessions::{Taken, Terms},
};
use crate::{
    auth::{SigError, verify},
    frames,
    outbox::{Closing, Outbox},
};
use call_core::{AppId, AuthorityError, Call, Committed, DropReason, Step, StoreError};
use call_protocol::{CloseCode, ErrorCode, Login, Millis, Snapshot, UserId, Welcome, WireError};
use std::sync::Arc;
use tracing::{debug, info, warn};

const MAX_DEVICE: usize = 64;

/// The caller's offer, of a call that rings for the user, goes along.
pub type Greeting = Welcome<Offer>;

/// A connection that has become a session's link.
pub struct LoggedIn {
    pub session: Arc<Session>,
    pub link_no: u64,
    pub welcome: Greeting,
}

/// With the number of the link, and the next resume token.
type Linked = (Arc<Session>, u64, String);

/// And the socket it had until now.
type Resumed = (Arc<Session>, u64, String, Option<Outbox>);

pub struct LoginError {
    pub error: WireError,
    /// Worth another try on the same connection.
    pub may_retry: bool,
}

impl Hub {
    /// Makes a session, or goes on with the one that the resume token belongs to.
    pub async fn login(&self, login: &Login, link: &Outbox) -> Result<LoggedIn, LoginError> {
        let sig_expires = self.check(login)?;
        let (session, link_no, token) = match &login.resume {
            Some(token) => self.resume(login, token, sig_expires, link).await?,
            None => self.start(login, sig_expires, link).await?,
        };
        let welcome = match self.welcome(&session, token).await {
            Ok(welcome) => welcome,
            Err(error) => {
                self.disconnected(&session, link_no).await;
                return Err(LoginError { error: error.into(), may_retry: true });
            }
        };
        info!(?session, resumed = login.resume.is_some(), "login");
        debug!(?session, user = %session.user, "login");
        Ok(LoggedIn { session, link_no, welcome })
    }

    /// A login on a connection that is logged in: brings a new userSig.
    pub async fn renew(&self, session: &Session, login: &Login) -> Result<Greeting, WireError> {
        if (login.app, &login.user) != (session.app, &session.user) {
            return Err(frames::error(ErrorCode::WrongState, "this connection belongs to another user"));
        }
        let sig_expires = self.verify(login).map_err(wire_error)?;
        session.set_multi_device(login.multi_device);
        let token = session.renew(sig_expires);
        self.save(session).await?;
        // What the session is shown of calls goes on as it is.
        Ok(self.greeting(session, token, None, None))
    }

    /// The socket is gone. The session stays for the grace time; its peers are told.
    pub async fn disconnected(&self, session: &Arc<Session>, link_no: u64) {
        if !session.unlink(link_no) {
            return;
        }
        info!(?session, "disconnected");
        self.deadlines.push_in(self.config.timings.grace, Due::Session(session.clone(), link_no));
        self.show_away(session.clone(), link_no).await;
    }

    pub(super) async fn show_away(&self, session: Arc<Session>, link_no: u64) {
        if session.lost_link() != Some(link_no) {
            return;
        }
        let (away, noted) = tokio::join!(self.away(&session), self.sessions.note_loss(&session));
        if let (Err(AuthorityError::Unavailable(error)), _) | (_, Err(error)) = (away, noted) {
            warn!(?session, %error, "could not tell that it is away");
            self.deadlines.push(self.now() + 1000, Due::Away(session, link_no));
        }
    }

    pub(super) fn end_of_grace(&self, session: &Session, link_no: u64) {
        if session.end_if_lost(link_no) {
            info!(?session, "session over");
            self.sessions.remove(session);
        }
    }

    async fn away(&self, session: &Session) -> Result<(), AuthorityError> {
        let Some(call) = self.call_through(session).await? else { return Ok(()) };
        let grace = crate::clock::millis(self.config.timings.grace);
        let step = Step::Away { user: session.user.clone(), session: session.id, node: self.node, grace };
        self.act(session.app, &call.id, step).await?;
        if session.lost_link().is_none() {
            // It came back while this was being stored.
            self.act(session.app, &call.id, self.back(session)).await?;
        }
        Ok(())
    }

    fn check(&self, login: &Login) -> Result<Millis, LoginError> {
        let fatal = |error| LoginError { error, may_retry: false };
        if !(1..=MAX_DEVICE).contains(&login.device.len()) {
            return Err(fatal(frames::error(ErrorCode::BadRequest, "device must have 1 to 64 bytes")));
        }
        if login.page.len() > MAX_DEVICE {
            return Err(fatal(frames::error(ErrorCode::BadRequest, "page must have at most 64 bytes")));
        }
        match self.verify(login) {
            // A running call goes on when the userSig expires, so its session may be resumed; only nothing new starts.
            Err(SigError::Expired { at }) if login.resume.is_some() => Ok(at),
            result => result.map_err(|error| fatal(wire_error(error))),
        }
    }

    fn verify(&self, login: &Login) -> Result<Millis, SigError> {
        self.verify_user(login.app, &login.user, &login.sig)
    }

    /// Whether this userSig lets this user in, and until when.
    pub fn verify_user(&self, app: AppId, user: &UserId, sig: &str) -> Result<Millis, SigError> {
        let secrets = self.config.secrets.current();
        let keys = secrets.apps.get(app).ok_or(SigError::OtherApp)?;
        verify(keys, user.as_str(), sig, self.now())
    }

    async fn resume(
        &self,
        login: &Login,
        token: &str,
        sig_expires: Millis,
        link: &Outbox,
    ) -> Result<Linked, LoginError> {
        let resumed = match self.sessions.are_shared() {
            true => self.take_over(login, token, sig_expires, link).await.map_err(unavailable)?,
            false => self.resume_here(login, token, sig_expires, link),
        };
        let resumed = resumed.map(|(session, link_no, token, replaced)| {
            session.set_multi_device(login.multi_device);
            if let Some(replaced) = replaced {
                replaced.close(closing(CloseCode::Replaced));
            }
            (session, link_no, token)
        });
        let expired = sig_expires <= self.now();
        // Without a session to resume, an expired userSig is just that.
        let code = if expired { ErrorCode::SigExpired } else { ErrorCode::BadResumeToken };
        resumed.ok_or_else(|| LoginError { error: code.into(), may_retry: !expired })
    }

    fn resume_here(&self, login: &Login, token: &str, sig_expires: Millis, link: &Outbox) -> Option<Resumed> {
        let sessions = self.sessions.of_user(login.app, &login.user);
        sessions.into_iter().filter(|session| session.is_from(login)).find_map(|session| {
            let (link_no, token, replaced) = session.resume(token, sig_expires, link.clone())?;
            Some((session, link_no, token, replaced))
        })
    }

    /// From whichever node has, or had, the session.
    async fn take_over(
        &self,
        login: &Login,
        token: &str,
        sig_expires: Millis,
        link: &Outbox,
    ) -> Result<Option<Resumed>, StoreError> {
        let next = new_token();
        let taken = self.sessions.take_over(login, (&hash(token), &hash(&next)), sig_expires).await?;
        let Some(Taken { key, saved, from }) = taken else { return Ok(None) };
        let known = self.sessions.find(key.app, &key.user, key.id);
        let session = match known {
            Some(here) if from == self.node => here,
            outdated => {
                if let Some(outdated) = outdated {
                    self.sessions.take_out(&outdated);
                    self.close_over(&outdated, false, None);
                }
                let session = Arc::new(Session::restored(key, saved.clone()));
                self.recall(&session).await;
                self.sessions.restore(session.clone());
                self.sessions.listen(&session).await;
                self.pass_move(&session);
                session
            }
        };
        let (link_no, replaced) = session.adopt(&saved, link.clone());
        Ok(Some((session, link_no, next, replaced)))
    }

    async fn start(&self, login: &Login, sig_expires: Millis, link: &Outbox) -> Result<Linked, LoginError> {
        let (session, token) = Session::new(login, sig_expires, link.clone());
        let session = Arc::new(session);
        let terms = Terms {
            multi_device: self.config.multi_device || login.multi_device,
            returns: login.returns,
            limits: &self.config.limits,
        };
        let admitted = self.sessions.admit(session.clone(), terms).await.map_err(unavailable)?;
        let ended = admitted.map_err(|code| {
            let error = match code {
                ErrorCode::TooManyRequests => frames::error(code, "logged in too often"),
                code => code.into(),
            };
            LoginError { error, may_retry: false }
        })?;
        for old in ended.replaced {
            self.close_over(&old, false, None);
            info!(session = ?old, "replaced by a new page");
            self.end_part(&old, DropReason::Offline).await;
            self.pass_end(&old, false, None);
        }
        for old in ended.kicked {
            info!(session = ?old, "kicked by a login on another device");
            self.kick_out(&old).await;
        }
        Ok((session, 1, token))
    }

    /// Ends a session that is not in the list any more, and its part in a call.
    pub(super) async fn kick_out(&self, old: &Session) {
        let link = old.end();
        let call = self.end_part(old, DropReason::Kicked).await;
        let call = call.and_then(|call| call.view_for(&old.user, old.id, self.now()));
        self.pass_end(old, true, call.as_ref());
        if let Some(link) = link {
            close_link(&link, true, call);
        }
    }

    /// Without an answer from the store the session's part in the call ends by its grace.
    pub(super) async fn end_part(&self, session: &Session, reason: DropReason) -> Option<Arc<Call>> {
        match self.drop_from_call(session, reason).await {
            Ok(call) => call,
            Err(error) => {
                warn!(?session, %error, "could not end its part in a call");
                None
            }
        }
    }

    /// The client must not get a token that is not good after a restart.
    async fn save(&self, session: &Session) -> Result<(), ErrorCode> {
        match self.sessions.save(session).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ErrorCode::BadResumeToken),
            Err(_) => Err(ErrorCode::Unavailable),
        }
    }

    async fn welcome(&self, session: &Session, resume: String) -> Result<Greeting, ErrorCode> {
        let (saved, call) = tokio::join!(self.save(session), self.call_to_show(session));
        saved?;
        let call = call.map_err(|error| error.code())?;
        let view = call.as_ref().and_then(|call| call.view_for(&session.user, session.id, self.now()));
        let mut offer = None;
        if let Some(call) = call.as_ref().filter(|_| view.is_some()) {
            session.to_be_told(call);
            offer = self.calls.offer(call.app, &call.id).filter(|_| call.rings_with_offer(&session.user));
            offer = offer.filter(|_| session.to_be_offered(call));
        }
        Ok(self.greeting(session, resume, view, offer))
    }

    fn greeting(&self, session: &Session, resume: String, call: Option<Snapshot>, offer: Option<Offer>) -> Greeting {
        Welcome {
            resume,
            now: self.now(),
            sig_expires: session.sig_expires(),
            connect: self.config.connect_while_ringing,
            ice_servers: self.config.secrets.current().ice.servers(session.app, &session.user, self.now()),
            call,
            offer,
        }
    }

    /// The call that this session is in or that rings for its user; or the one that ended while it was away.
    async fn call_to_show(&self, session: &Session) -> Result<Option<Arc<Call>>, AuthorityError> {
        if let Some(call) = self.authority.current(session.app, &session.user).await? {
            self.watch(&call);
            if session.is_in(&call) {
                return self.show_back(session, call).await.map(Some);
            }
            if call.is_ringing(&session.user) {
                return Ok(Some(call));
            }
        }
        match session.call_before() {
            Some(missed) => Ok(self.stored_call(session.app, &missed).await?),
            None => Ok(None),
        }
    }

    async fn show_back(&self, session: &Session, call: Arc<Call>) -> Result<Arc<Call>, AuthorityError> {
        let tell = |committed: Committed| {
            // The welcome tells it.
            session.to_be_told(&committed.new);
            self.committed(&committed);
        };
        let changed = self.authority.act(session.app, &call.id, self.back(session), &tell).await?;
        Ok(changed.unwrap_or(call))
    }

    pub(super) fn back(&self, session: &Session) -> Step {
        Step::Back { user: session.user.clone(), session: session.id, node: self.node }
    }

    /// Makes this node set the timers of a call that it did not change itself.
    pub(super) fn watch(&self, call: &Arc<Call>) {
        if let Some(at) = self.calls.note(call) {
            self.deadlines.push(at, Due::Call(call.app, call.id.clone()));
        }
    }
}

pub fn closing(code: CloseCode) -> Closing {
    let reason = match code {
        CloseCode::GoingAway => "server stops",
        CloseCode::SlowConsumer => "reads too slowly",
        CloseCode::Silent => "beats not answered",
        CloseCode::Replaced => "resumed on another connection",
        CloseCode::Kicked => "logged in elsewhere",
        CloseCode::NotLoggedIn => "not logged in",
        CloseCode::Protocol => "too many malformed frames",
    };
    Closing { code: code.number(), reason }
}

fn unavailable(error: StoreError) -> LoginError {
    warn!(%error, "a login failed");
    LoginError { error: ErrorCode::Unavailable.into(), may_retry: true }
}

fn wire_error(error: SigError) -> WireError {
    WireError { code: error.code().number(), message: error.to_string(), retry_after: None }
}
