//! Sessions come and go.

use super::{
    cluster::{Due, Effect},
    node::{Answer, Work, refusal},
    session::Session,
    step_kind::Request,
};
use crate::support::names::{APP, GRACE};
use call_core::{AuthorityError, Call, Clock, Committed, DropReason, Fate, Seat, SessionId, Step, fate};
use call_protocol::*;
use std::sync::Arc;

impl Work {
    /// Makes a session, or goes on with the one that the resume token belongs to.
    pub async fn login(&self, socket: usize, re: u32, login: Login) {
        let session = match &login.resume {
            Some(token) => self.resume(socket, &login, token).ok_or(ErrorCode::BadResumeToken),
            None => self.start(socket, &login).await,
        };
        let session = match session {
            Ok(session) => session,
            Err(code) => return self.answer(socket, re, ServerMessage::Error(code.into())),
        };
        match self.welcome(session, &login.user).await {
            Ok(welcome) => self.answer(socket, re, ServerMessage::Welcome(welcome)),
            Err(error) => {
                self.disconnected(session, socket).await;
                self.answer(socket, re, ServerMessage::Error(refusal(error)));
            }
        }
    }

    fn resume(&self, socket: usize, login: &Login, token: &str) -> Option<SessionId> {
        let mut state = self.cluster.state.borrow_mut();
        let known = |session: &&mut Session| session.is_from(login) && session.knows(token);
        let session = state.sessions.iter_mut().find(known)?;
        let id = session.id;
        if let Some(replaced) = session.resume(self.node, socket) {
            state.effects.push(Effect::Close(replaced, CloseCode::Replaced.number()));
        }
        Some(id)
    }

    /// A new session, and the end of those that it ends.
    async fn start(&self, socket: usize, login: &Login) -> Result<SessionId, ErrorCode> {
        let (id, replaced, kicked) = self.admit(socket, login)?;
        for old in replaced {
            let _ = self.drop_from_call(old.id, &old.user, DropReason::Offline).await;
            if let Some(socket) = old.socket {
                self.close(socket, CloseCode::Replaced);
            }
        }
        for old in kicked {
            let call = self.drop_from_call(old.id, &old.user, DropReason::Kicked).await.ok().flatten();
            if let Some(socket) = old.socket {
                let call = call.and_then(|call| call.view_for(&old.user, old.id, self.now()));
                self.answer(socket, 0, ServerMessage::Kicked(Kicked { call }));
                self.close(socket, CloseCode::Kicked);
            }
        }
        Ok(id)
    }

    fn admit(&self, socket: usize, login: &Login) -> Result<(SessionId, Vec<Session>, Vec<Session>), ErrorCode> {
        let multi_device = self.cluster.multi_device.get();
        let new = Seat { device: &login.device, page: &login.page, connected: true, returns: login.returns };
        let mut state = self.cluster.state.borrow_mut();
        let fate_of = |session: &Session| match session.user == login.user {
            true => fate(session.seat(), new, multi_device),
            false => Fate::Stays,
        };
        if state.sessions.iter().any(|session| fate_of(session) == Fate::Prevails) {
            return Err(ErrorCode::LoggedInElsewhere);
        }
        let (mut replaced, mut kicked) = (Vec::new(), Vec::new());
        for session in std::mem::take(&mut state.sessions) {
            match fate_of(&session) {
                Fate::Stays | Fate::Prevails => state.sessions.push(session),
                Fate::Replaced => replaced.push(session),
                Fate::Kicked => kicked.push(session),
            }
        }
        let session = Session::new(state.next_session(), login, self.node, socket);
        let id = session.id;
        state.sessions.push(session);
        Ok((id, replaced, kicked))
    }

    async fn welcome(&self, id: SessionId, user: &UserId) -> Result<Welcome<Signal>, AuthorityError> {
        let shown = self.call_to_show(id, user).await?;
        let mut state = self.cluster.state.borrow_mut();
        let now = self.now();
        let mut offer = shown.as_ref().and_then(|call| state.offers.get(&call.id).cloned());
        let call = shown.as_ref().and_then(|call| call.view_for(user, id, now));
        let mut resume = String::new();
        if let Some(session) = state.session_mut(id) {
            session.saved = true;
            resume = session.next_token();
            if let Some(shown) = shown.filter(|_| call.is_some()) {
                session.takes_note(&shown);
                offer = offer.filter(|_| shown.rings_with_offer(user) && session.takes_offer(&shown));
            }
        }
        let offer = offer.filter(|_| call.is_some());
        Ok(Welcome {
            resume,
            now,
            sig_expires: now + 86_400_000,
            connect: ConnectWhileRinging::Prepare,
            ice_servers: Vec::new(),
            call,
            offer,
        })
    }

    /// The call that this session is in or that rings for its user; or the one that ended while it was away.
    async fn call_to_show(&self, id: SessionId, user: &UserId) -> Result<Option<Arc<Call>>, AuthorityError> {
        let current = self.authority(Request::Look).current(APP, user).await?;
        if let Some(call) = current.filter(|call| call.concerns(user, id)) {
            self.watch(&call);
            return if call.is_in(user, id) { self.show_back(id, user, call).await.map(Some) } else { Ok(Some(call)) };
        }
        self.recall(id, user);
        let missed = self.cluster.state.borrow().session(id).and_then(|session| session.told.call_before().cloned());
        match missed {
            Some(missed) => Ok(self.stored_call(&missed).await?),
            None => Ok(None),
        }
    }

    async fn show_back(&self, id: SessionId, user: &UserId, call: Arc<Call>) -> Result<Arc<Call>, AuthorityError> {
        let step = Step::Back { user: user.clone(), session: id, node: self.epoch() };
        let authority = self.authority(Request::act(&step));
        let tell = |committed: Committed| {
            // The welcome tells it.
            if let Some(session) = self.cluster.state.borrow_mut().session_mut(id) {
                session.takes_note(&committed.new);
            }
            self.deliver(&committed);
        };
        let changed = authority.act(APP, &call.id, step, &tell).await?;
        Ok(changed.unwrap_or(call))
    }

    /// What a session was shown by a node that is dead: the last call that it can have been.
    fn recall(&self, id: SessionId, user: &UserId) {
        let mut calls = self.cluster.calls();
        calls.sort_by_key(|call| std::cmp::Reverse(call.updated_at));
        let now = self.now();
        let mut state = self.cluster.state.borrow_mut();
        let Some(session) = state.session_mut(id).filter(|session| session.forgotten) else { return };
        session.forgotten = false;
        let may_be = |call: &&Arc<Call>| {
            let elsewhere = call.member(user).and_then(|own| own.session.as_ref()).is_some_and(|own| own.id != id);
            !elsewhere && call.view_for(user, id, now).is_some()
        };
        if let Some(call) = calls.iter().find(may_be) {
            session.told.recall(call, user, id);
            session.told.logs_in();
        }
    }

    pub async fn logout(&self, id: SessionId, user: UserId) -> Answer {
        let taken = {
            let mut state = self.cluster.state.borrow_mut();
            let index = state.sessions.iter().position(|session| session.id == id);
            index.map(|index| state.sessions.remove(index))
        };
        let Some(session) = taken else { return Ok(()) };
        match self.drop_from_call(id, &user, DropReason::Left).await {
            Ok(_) => {
                if let Some(socket) = session.socket {
                    self.close(socket, CloseCode::Replaced);
                }
                Ok(())
            }
            Err(error) => {
                self.cluster.state.borrow_mut().sessions.push(session);
                Err(refusal(error))
            }
        }
    }

    /// A socket is gone: its session stays for the grace time, and its peers are told.
    pub async fn disconnected(&self, id: SessionId, socket: usize) {
        {
            let mut state = self.cluster.state.borrow_mut();
            let lost_at = Some(self.cluster.clock.now());
            let mine = |session: &&mut Session| session.socket == Some(socket);
            let Some(session) = state.session_mut(id).filter(mine) else { return };
            (session.socket, session.lost_at) = (None, lost_at);
        }
        self.timer(self.now() + GRACE, Due::Session(id));
        self.show_away(id).await;
    }

    pub async fn show_away(&self, id: SessionId) {
        if let Err(AuthorityError::Unavailable(_)) = self.away(id).await {
            self.timer(self.now() + 1000, Due::Away(id));
        }
    }

    async fn away(&self, id: SessionId) -> Result<(), AuthorityError> {
        let is_lost = |work: &Self| {
            let state = work.cluster.state.borrow();
            state.session(id).filter(|session| session.socket.is_none()).map(|session| session.user.clone())
        };
        let Some(user) = is_lost(self) else { return Ok(()) };
        let Some(call) = self.call_through(id, &user).await? else { return Ok(()) };
        if is_lost(self).is_none() {
            return Ok(());
        }
        let node = self.epoch();
        self.act(&call.id, Step::Away { user: user.clone(), session: id, node, grace: GRACE }).await?;
        let came_back = self.cluster.state.borrow().session(id).is_some_and(|session| session.socket.is_some());
        if came_back {
            // While this was being stored.
            self.act(&call.id, Step::Back { user, session: id, node }).await?;
        }
        Ok(())
    }

    fn close(&self, socket: usize, code: CloseCode) {
        self.cluster.state.borrow_mut().effects.push(Effect::Close(socket, code.number()));
    }
}
