use crate::{
    audience::is_told,
    sessions::Session,
    support::{names::GRACE, scheduler::run, time::VirtualClock},
};
use call_core::{
    AppId, Authority, AuthorityError, Call, Clock, Committed, DropReason, MemoryStore, Place, Policy, SessionId, Step,
};
use call_protocol::*;
use std::{collections::HashMap, sync::Arc};

type Answer = Result<(), WireError>;

/// A server over the real authority: it keeps sessions, delivers snapshots and relays signals as a real one does.
pub struct Server {
    clock: VirtualClock,
    pub store: Arc<MemoryStore>,
    authority: Authority<Arc<MemoryStore>, VirtualClock>,
    pub sessions: Vec<Session>,
    offers: HashMap<CallId, Signal>,
    pub multi_device: bool,
    last_session: u64,
    /// To sockets, in order. None closes one, with this code.
    pub out: Vec<(usize, Result<ServerFrame<Signal>, u16>)>,
}

impl Server {
    pub fn new(clock: &VirtualClock) -> Self {
        let store = Arc::new(MemoryStore::new());
        Self {
            clock: clock.clone(),
            authority: Authority::new(store.clone(), clock.clone(), Policy::default()),
            store,
            sessions: Vec::new(),
            offers: HashMap::new(),
            multi_device: false,
            last_session: 0,
            out: Vec::new(),
        }
    }

    pub fn hear(&mut self, socket: usize, frame: ClientFrame<Signal>) {
        if let ClientMessage::Login(login) = frame.body {
            return self.login(socket, frame.id, login);
        }
        let Some(session) = self.sessions.iter().position(|session| session.socket == Some(socket)) else { return };
        let answer = self.command(session, frame.body);
        let body = answer.map_or_else(ServerMessage::Error, |()| ServerMessage::Done);
        if frame.id != 0 {
            self.send(socket, frame.id, body);
        }
    }

    /// A socket is gone: its session stays for the grace time, and its peers are shown that it is away.
    pub fn disconnected(&mut self, socket: usize) {
        let Some(index) = self.sessions.iter().position(|session| session.socket == Some(socket)) else { return };
        self.sessions[index].lose(&self.clock);
        let (user, session) = self.who(index);
        self.act_in_current(index, Step::Away { user, session, grace: GRACE });
    }

    pub fn next_deadline(&self) -> Option<Millis> {
        self.store.calls().iter().filter_map(|call| call.next_deadline()).min()
    }

    /// Does what is due.
    pub fn expire(&mut self) {
        let now = self.clock.now();
        for call in self.store.calls() {
            if call.next_deadline().is_some_and(|at| at <= now) {
                self.act(call.app, &call.id, Step::Expire).unwrap();
            }
        }
        self.sessions.retain(|session| session.lost_at.is_none_or(|at| now < at + GRACE));
    }

    pub fn end_by_server(&mut self, call: &Call) {
        self.act(call.app, &call.id, Step::EndByServer).unwrap();
    }

    fn command(&mut self, index: usize, body: ClientMessage<Signal>) -> Answer {
        let app = self.sessions[index].app;
        let (user, id) = self.who(index);
        let session = self.seat(index);
        match body {
            ClientMessage::Invite(invite) => self.invite(index, invite),
            ClientMessage::Accept(CallRef { call, generation }) => {
                self.act(app, &call, Step::Accept { user, generation, session })
            }
            ClientMessage::Reject(CallRef { call, generation }) => {
                self.act(app, &call, Step::Reject { user, generation, session })
            }
            ClientMessage::Leave(Leave { call, generation }) => {
                self.act(app, &call, Step::Leave { user, generation, session: id })
            }
            ClientMessage::Signal(signal) => self.relay(index, signal),
            ClientMessage::Logout => {
                self.end_part(index, DropReason::Left);
                self.sessions.remove(index);
                Ok(())
            }
            ClientMessage::Beat(_) | ClientMessage::Login(_) => Ok(()),
        }
    }

    fn login(&mut self, socket: usize, re: u32, login: Login) {
        let same = |session: &Session| session.user == login.user && session.device == login.device;
        let index = match &login.resume {
            Some(token) => self.sessions.iter_mut().position(|it| same(it) && it.resume(token, socket)),
            None => Some(self.admit(socket, &login)),
        };
        let Some(index) = index else {
            return self.send(socket, re, ServerMessage::Error(ErrorCode::BadResumeToken.into()));
        };
        let (user, session) = self.who(index);
        self.act_in_current(index, Step::Back { user: user.clone(), session });
        let shown = self.call_to_show(index);
        let view = shown.as_ref().and_then(|call| call.view_for(&user, session, self.clock.now()));
        if let Some(call) = &shown {
            let is_in = is_in(call, &user, session);
            self.sessions[index].takes_note(&call.id, call.rev, is_in);
        }
        let resume = self.sessions[index].next_token();
        let now = self.clock.now();
        let sig_expires = now + 86_400_000;
        let welcome = Welcome { resume, now, sig_expires, ice_servers: Vec::new(), call: view.clone() };
        self.send(socket, re, ServerMessage::Welcome(welcome));
        if let Some((call, offer)) = view.and_then(|call| Some((call.clone(), self.offers.get(&call.id)?.clone()))) {
            let rings = call.member(&user).is_some_and(|own| own.state == MemberState::Ringing);
            if rings {
                self.send(socket, 0, ServerMessage::Call(CallUpdate { call, offer: Some(offer) }));
            }
        }
    }

    /// A new session, and the end of those that it ends: a page that was replaced, and other devices.
    fn admit(&mut self, socket: usize, login: &Login) -> usize {
        let ended = |session: &Session| match session.device == login.device {
            true => session.socket.is_none(),
            false => !self.multi_device,
        };
        let others = self.sessions.iter().filter(|session| session.user == login.user && ended(session));
        let others: Vec<SessionId> = others.map(|session| session.id).collect();
        for id in others {
            let index = self.sessions.iter().position(|session| session.id == id).unwrap();
            let kicked = self.sessions[index].device != login.device;
            let call = self.end_part(index, if kicked { DropReason::Kicked } else { DropReason::Offline });
            let old = self.sessions.remove(index);
            if let Some(socket) = old.socket.filter(|_| kicked) {
                let call = call.and_then(|call| call.view_for(&old.user, old.id, self.clock.now()));
                self.send(socket, 0, ServerMessage::Kicked(Kicked { call }));
                self.out.push((socket, Err(CloseCode::Kicked.number())));
            }
        }
        self.last_session += 1;
        let session = Session::new(self.last_session, login.app, login.user.clone(), login.device.clone(), socket);
        self.sessions.push(session);
        self.sessions.len() - 1
    }

    fn call_to_show(&self, index: usize) -> Option<Arc<Call>> {
        let session = &self.sessions[index];
        let current = run(&self.clock, self.authority.current(session.app, &session.user)).unwrap();
        let rings = |call: &Call| call.member(&session.user).is_some_and(|own| own.state == MemberState::Ringing);
        let missed = || self.store.calls().into_iter().find(|call| Some(&call.id) == session.in_call.as_ref());
        current.filter(|call| is_in(call, &session.user, session.id) || rings(call)).or_else(missed)
    }

    fn invite(&mut self, index: usize, invite: Invite<Signal>) -> Answer {
        let session = self.seat(index);
        let place = Place {
            app: self.sessions[index].app,
            call: invite.call.clone(),
            caller: self.sessions[index].user.clone(),
            session,
            callees: invite.callees,
            media: invite.media,
            group: invite.group,
            room: invite.room,
            room_number: 77,
            chat_group: invite.chat_group,
            user_data: invite.user_data,
            timeout: Millis::from(invite.timeout) * 1000,
        };
        let commits = run(&self.clock, self.authority.place(place)).map_err(refusal)?;
        for commit in commits {
            if let Some(offer) = invite.offer.clone().filter(|_| commit.new.id == invite.call) {
                self.offers.insert(invite.call.clone(), offer);
            }
            self.deliver(&commit);
        }
        Ok(())
    }

    fn relay(&mut self, index: usize, SignalTo { call: id, to, signal }: SignalTo<Signal>) -> Answer {
        let (user, session) = self.who(index);
        let call = self.store.calls().into_iter().find(|call| call.id == id).ok_or(ErrorCode::NoSuchCall)?;
        let (Some(from), Some(other)) = (call.member(&user), call.member(&to)) else {
            return Err(ErrorCode::NoSuchCall.into());
        };
        let rung = other.state == MemberState::Ringing;
        let allowed = match (from.state, other.state) {
            (MemberState::Joined, MemberState::Joined | MemberState::Ringing) => from.is_with(session),
            (MemberState::Ringing, MemberState::Joined) => to == call.origin.user,
            _ => false,
        };
        if !allowed {
            return Err(ErrorCode::NoSuchCall.into());
        }
        let hears = |it: &&Session| it.user == to && (rung || other.is_with(it.id));
        let sockets: Vec<usize> = self.sessions.iter().filter(hears).filter_map(|session| session.socket).collect();
        for socket in sockets {
            let message = SignalFrom { call: id.clone(), from: user.clone(), signal: signal.clone() };
            self.send(socket, 0, ServerMessage::Signal(message));
        }
        Ok(())
    }

    fn deliver(&mut self, Committed { old, new }: &Committed) {
        let offer = self.offers.get(&new.id).cloned().filter(|_| new.phase == Phase::Ringing);
        for index in 0..self.sessions.len() {
            let (user, id) = self.who(index);
            let Some(view) = new.view_for(&user, id, self.clock.now()) else { continue };
            let told = is_told(old.as_deref(), new, &user, id);
            let Some(socket) = self.sessions[index].socket.filter(|_| told) else { continue };
            if self.sessions[index].takes_note(&new.id, new.rev, is_in(new, &user, id)) {
                let rings = |call: &Call| call.member(&user).is_some_and(|own| own.state == MemberState::Ringing);
                let rung_now = rings(new) && !old.as_ref().is_some_and(|old| rings(old));
                let offer = offer.clone().filter(|_| rung_now);
                self.send(socket, 0, ServerMessage::Call(CallUpdate { call: view, offer }));
            }
        }
    }

    fn act(&mut self, app: AppId, call: &CallId, step: Step) -> Answer {
        if let Some(committed) = run(&self.clock, self.authority.act(app, call, step)).map_err(refusal)? {
            self.deliver(&committed);
        }
        Ok(())
    }

    fn act_in_current(&mut self, index: usize, step: Step) {
        let (user, id) = self.who(index);
        let app = self.sessions[index].app;
        let current = run(&self.clock, self.authority.current(app, &user)).unwrap();
        if let Some(call) = current.filter(|call| is_in(call, &user, id)) {
            self.act(app, &call.id, step).unwrap();
        }
    }

    /// Ends the session's part in its call; answers with the call as it is then.
    fn end_part(&mut self, index: usize, reason: DropReason) -> Option<Arc<Call>> {
        let (user, session) = self.who(index);
        let call = self.sessions[index].in_call.clone();
        // What it is told comes with the kick.
        let socket = self.sessions[index].socket.take();
        self.act_in_current(index, Step::Drop { user, session, reason });
        self.sessions[index].socket = socket;
        self.store.calls().into_iter().find(|it| Some(&it.id) == call.as_ref())
    }

    fn who(&self, index: usize) -> (UserId, SessionId) {
        (self.sessions[index].user.clone(), self.sessions[index].id)
    }

    fn seat(&self, index: usize) -> call_core::Session {
        call_core::Session { id: self.sessions[index].id, device: self.sessions[index].device.clone() }
    }

    fn send(&mut self, socket: usize, re: u32, body: ServerMessage<Signal>) {
        self.out.push((socket, Ok(ServerFrame { re, body })));
    }
}

fn is_in(call: &Call, user: &UserId, session: SessionId) -> bool {
    call.phase != Phase::Ended
        && call.member(user).is_some_and(|own| own.state == MemberState::Joined && own.is_with(session))
}

fn refusal(error: AuthorityError) -> WireError {
    error.code().into()
}
