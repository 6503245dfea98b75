use crate::{
    sessions::Session,
    support::{
        names::{GRACE, NODE},
        scheduler::run,
        time::VirtualClock,
    },
};
use call_core::{
    AppId, Authority, AuthorityError, Call, Clock, Committed, DropReason, Entry, Fate, MemoryStore, Place, Policy,
    Route, Seat, SessionId, Step, fate,
};
use call_protocol::*;
use std::{cell::RefCell, collections::HashMap, sync::Arc};

const BEAT: Millis = 4_000;

type Answer = Result<(), WireError>;

/// A server over the real authority: it keeps sessions, and does with sockets what the authority decides.
pub struct Server {
    clock: VirtualClock,
    pub store: Arc<MemoryStore>,
    authority: Authority<Arc<MemoryStore>, VirtualClock>,
    pub sessions: Vec<Session>,
    offers: HashMap<CallId, Signal>,
    /// What the request that is being served has committed.
    commits: RefCell<Vec<Committed>>,
    pub multi_device: bool,
    last_session: u64,
    next_beat: Millis,
    /// To sockets, in order. None closes one, with this code.
    pub out: Vec<(usize, Result<ServerFrame<Signal>, u16>)>,
}

impl Server {
    pub fn new(clock: &VirtualClock) -> Self {
        let store = Arc::new(MemoryStore::new());
        Self {
            clock: clock.clone(),
            authority: Authority::new(store.clone(), clock.clone(), Policy { grace: GRACE, ..Policy::default() }),
            store,
            sessions: Vec::new(),
            offers: HashMap::new(),
            commits: RefCell::default(),
            multi_device: false,
            last_session: 0,
            next_beat: clock.now() + BEAT,
            out: Vec::new(),
        }
    }

    pub fn hear(&mut self, socket: usize, frame: ClientFrame<Signal>) {
        if let ClientMessage::Login(login) = frame.body {
            return self.login(socket, frame.id, login);
        }
        let Some(session) = self.sessions.iter().position(|session| session.socket == Some(socket)) else { return };
        let answer = self.command(session, frame.body);
        self.deliver_commits();
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
        self.act_in_current(index, Step::Away { user, session, node: NODE, grace: GRACE });
        self.deliver_commits();
    }

    pub fn next_deadline(&self) -> Millis {
        self.store.calls().iter().filter_map(|call| call.next_deadline()).fold(self.next_beat, Millis::min)
    }

    /// Does what is due.
    pub fn expire(&mut self) {
        let now = self.clock.now();
        if self.next_beat <= now {
            self.next_beat = now + BEAT;
            for socket in self.sessions.iter().filter_map(|session| session.socket).collect::<Vec<_>>() {
                self.send(socket, 0, ServerMessage::Beat);
            }
        }
        for call in self.store.calls() {
            if call.next_deadline().is_some_and(|at| at <= now) {
                run(&self.clock, self.authority.expire(call.app, &call.id, &self.tell())).unwrap();
                self.deliver_commits();
            }
        }
        self.sessions.retain(|session| session.lost_at.is_none_or(|at| now < at + GRACE));
    }

    pub fn end_by_server(&mut self, call: &Call) {
        self.act(call.app, &call.id, Step::EndByServer).unwrap();
        self.deliver_commits();
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
            ClientMessage::Leave(Leave { call, generation, because }) => {
                self.act(app, &call, Step::Leave { user, generation, session: id, because })
            }
            ClientMessage::SwitchMedia(SwitchMedia { call, generation, media }) => {
                self.act(app, &call, Step::SwitchMedia { user, generation, session: id, media })
            }
            ClientMessage::InviteMore(more) => self.invite_more(index, more),
            ClientMessage::Join(to) => {
                let entry = Entry { app, user, session, to };
                run(&self.clock, self.authority.join(entry, &self.tell())).map_err(refusal)
            }
            ClientMessage::Signal(signal) => self.relay(index, signal),
            ClientMessage::Logout => {
                self.end_part(index, DropReason::Left);
                self.deliver_commits();
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
        self.act_in_current(index, Step::Back { user: user.clone(), session, node: NODE });
        let shown = self.call_to_show(index);
        let call = shown.as_ref().and_then(|call| call.view_for(&user, session, self.clock.now()));
        let mut offer = None;
        if let Some(shown) = shown.filter(|_| call.is_some()) {
            // The welcome tells it.
            self.sessions[index].takes_note(&shown);
            offer = self.offers.get(&shown.id).filter(|_| shown.rings_with_offer(&user)).cloned();
        }
        self.deliver_commits();
        let resume = self.sessions[index].next_token();
        let now = self.clock.now();
        let sig_expires = now + 86_400_000;
        let welcome = Welcome {
            resume,
            now,
            sig_expires,
            connect: ConnectWhileRinging::Prepare,
            ice_servers: Vec::new(),
            call,
            offer,
        };
        self.send(socket, re, ServerMessage::Welcome(welcome));
    }

    /// A new session, and the end of those that it ends: a page that was replaced, and other devices.
    fn admit(&mut self, socket: usize, login: &Login) -> usize {
        let new = Seat { device: &login.device, page: &login.page, connected: true };
        let fates = self.sessions.iter().filter(|session| session.user == login.user);
        let fates: Vec<_> = fates.map(|old| (old.id, fate(old.seat(), new, self.multi_device))).collect();
        for (id, fate) in fates {
            let reason = match fate {
                Fate::Stays => continue,
                Fate::Replaced => DropReason::Offline,
                Fate::Kicked => DropReason::Kicked,
            };
            let index = self.sessions.iter().position(|session| session.id == id).unwrap();
            let call = self.end_part(index, reason);
            // What it is told comes with the kick.
            let old = self.sessions.remove(index);
            self.deliver_commits();
            if let Some(socket) = old.socket.filter(|_| fate == Fate::Kicked) {
                let call = call.and_then(|call| call.view_for(&old.user, old.id, self.clock.now()));
                self.send(socket, 0, ServerMessage::Kicked(Kicked { call }));
                self.out.push((socket, Err(CloseCode::Kicked.number())));
            }
        }
        self.last_session += 1;
        self.sessions.push(Session::new(self.last_session, login, socket));
        self.sessions.len() - 1
    }

    fn call_to_show(&self, index: usize) -> Option<Arc<Call>> {
        let session = &self.sessions[index];
        let current = run(&self.clock, self.authority.current(session.app, &session.user)).unwrap();
        let missed = || self.store.calls().into_iter().find(|call| Some(&call.id) == session.shown.as_ref());
        current.filter(|call| call.concerns(&session.user, session.id)).or_else(missed)
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
        let answer = run(&self.clock, self.authority.place(place, &self.tell())).map_err(refusal);
        let rings = |commit: &Committed| commit.new.id == invite.call && commit.new.phase == Phase::Ringing;
        if let Some(offer) = invite.offer.filter(|_| self.commits.borrow().iter().any(rings)) {
            self.offers.insert(invite.call, offer);
        }
        answer
    }

    fn invite_more(&mut self, index: usize, more: InviteMore) -> Answer {
        let (by, session) = self.who(index);
        let invite = call_core::Invite {
            app: self.sessions[index].app,
            call: more.call,
            by,
            generation: more.generation,
            session,
            number: more.number,
            callees: more.callees,
            user_data: more.user_data,
            timeout: Millis::from(more.timeout) * 1000,
        };
        run(&self.clock, self.authority.invite(invite, &self.tell())).map_err(refusal)
    }

    fn relay(&mut self, index: usize, SignalTo { call: id, to, signal }: SignalTo<Signal>) -> Answer {
        let (user, session) = self.who(index);
        let call = self.store.calls().into_iter().find(|call| call.id == id);
        let route = call.and_then(|call| call.route((&user, session), &to)).ok_or(ErrorCode::NoSuchCall)?;
        let hears = |it: &&Session| it.user == to && (route == Route::Everywhere || route == Route::Session(it.id));
        let sockets: Vec<usize> = self.sessions.iter().filter(hears).filter_map(|session| session.socket).collect();
        for socket in sockets {
            let message = SignalFrom { call: id.clone(), from: user.clone(), signal: signal.clone() };
            self.send(socket, 0, ServerMessage::Signal(message));
        }
        Ok(())
    }

    /// What the authority is given to tell its commits to.
    fn tell(&self) -> impl Fn(Committed) {
        |committed| self.commits.borrow_mut().push(committed)
    }

    fn deliver_commits(&mut self) {
        for committed in self.commits.take() {
            self.deliver(&committed);
        }
    }

    fn deliver(&mut self, committed: &Committed) {
        let call = &committed.new;
        for delivery in committed.deliveries() {
            let offer = self.offers.get(&call.id).filter(|_| delivery.with_offer).cloned();
            for index in 0..self.sessions.len() {
                let session = &mut self.sessions[index];
                if session.user != *delivery.user || !delivery.to.includes(session.id) {
                    continue;
                }
                let Some(view) = call.view_for(&session.user, session.id, self.clock.now()) else { continue };
                let Some(socket) = session.socket.filter(|_| session.takes_note(call)) else { continue };
                self.send(
                    socket,
                    0,
                    ServerMessage::Call(CallUpdate { call: view, offer: offer.clone(), alone: false }),
                );
            }
        }
    }

    fn act(&mut self, app: AppId, call: &CallId, step: Step) -> Answer {
        run(&self.clock, self.authority.act(app, call, step, &self.tell())).map(drop).map_err(refusal)
    }

    /// Takes a step in the call that the session is in; answers with the call as it is then.
    fn act_in_current(&mut self, index: usize, step: Step) -> Option<Arc<Call>> {
        let Session { app, id, ref user, .. } = self.sessions[index];
        let current = run(&self.clock, self.authority.current(app, user)).unwrap();
        let call = current.filter(|call| call.is_in(user, id))?;
        let changed = run(&self.clock, self.authority.act(app, &call.id, step, &self.tell())).unwrap();
        Some(changed.unwrap_or(call))
    }

    /// Ends the session's part in its call; answers with the call as it is then.
    fn end_part(&mut self, index: usize, reason: DropReason) -> Option<Arc<Call>> {
        let (user, session) = self.who(index);
        self.act_in_current(index, Step::Drop { user, session, reason })
    }

    fn who(&self, index: usize) -> (UserId, SessionId) {
        (self.sessions[index].user.clone(), self.sessions[index].id)
    }

    fn seat(&self, index: usize) -> call_core::Session {
        call_core::Session {
            id: self.sessions[index].id,
            device: self.sessions[index].device.as_str().into(),
            node: NODE,
        }
    }

    fn send(&mut self, socket: usize, re: u32, body: ServerMessage<Signal>) {
        self.out.push((socket, Ok(ServerFrame { re, body })));
    }
}

fn refusal(error: AuthorityError) -> WireError {
    error.code().into()
}
