use super::{
    cluster::{Cluster, Due, Effect, Passed},
    probe::Spot,
    step_kind::Request,
    task_store::TaskStore,
};
use crate::support::{names::APP, time::VirtualClock, truth::at_once};
use call_core::{
    Authority, AuthorityError, Call, Committed, DropReason, Key, Place, RING_AGAIN, SessionId, Step, Store, StoreError,
    Value, transition,
};
use call_protocol::*;
use std::{
    rc::Rc,
    sync::{Arc, Mutex},
};

pub type Answer = Result<(), WireError>;

/// A node works off one request, or one thing that is due. It does with sockets what the authority decides.
#[derive(Clone)]
pub struct Work {
    pub cluster: Rc<Cluster>,
    pub node: usize,
    pub spot: Arc<Mutex<Option<Spot>>>,
}

impl Work {
    pub fn new(cluster: &Rc<Cluster>, node: usize) -> Self {
        Self { cluster: cluster.clone(), node, spot: Arc::default() }
    }

    pub fn now(&self) -> Millis {
        self.cluster.now(self.node)
    }

    pub fn clock(&self) -> VirtualClock {
        self.cluster.clock.skewed(self.cluster.conditions.skews[self.node])
    }

    pub fn store(&self, request: Request) -> TaskStore {
        *self.spot.lock().unwrap() = None;
        TaskStore {
            store: self.cluster.store.clone(),
            clock: self.cluster.clock.clone(),
            probe: self.cluster.probe.clone(),
            node: self.node,
            request,
            spot: self.spot.clone(),
        }
    }

    pub fn authority(&self, request: Request) -> Authority<TaskStore, VirtualClock> {
        Authority::new(self.store(request), self.clock(), self.cluster.conditions.policy())
    }

    /// One frame of a page that is logged in.
    pub async fn hear(&self, socket: usize, frame: ClientFrame<Signal>) {
        if let ClientMessage::Login(login) = frame.body {
            return self.login(socket, frame.id, login).await;
        }
        let Some(session) = self.cluster.state.borrow().at(socket) else { return };
        let answer = self.command(session, frame.body).await;
        let body = answer.map_or_else(ServerMessage::Error, |()| ServerMessage::Done);
        if frame.id != 0 {
            self.answer(socket, frame.id, body);
        }
    }

    async fn command(&self, id: SessionId, body: ClientMessage<Signal>) -> Answer {
        let Some((user, seat)) = self.seat(id) else { return Err(ErrorCode::NotLoggedIn.into()) };
        match body {
            ClientMessage::Invite(invite) => self.invite(id, invite).await,
            ClientMessage::Accept(CallRef { call, generation }) => {
                self.step(&call, Step::Accept { user: user.clone(), generation, session: seat }).await?;
                self.leave_if_ended(id, user).await;
                Ok(())
            }
            ClientMessage::Reject(CallRef { call, generation }) => {
                self.step(&call, Step::Reject { user, generation, session: seat }).await
            }
            ClientMessage::Leave(Leave { call, generation, because, at }) => {
                let farewell = (call.clone(), user.clone());
                let answer = self.step(&call, Step::Leave { user, generation, session: id, because, at }).await;
                if answer.is_err() {
                    self.cluster.state.borrow_mut().silent.push(farewell);
                }
                answer
            }
            ClientMessage::SwitchMedia(SwitchMedia { call, generation, media }) => {
                self.step(&call, Step::SwitchMedia { user, generation, session: id, media }).await
            }
            ClientMessage::InviteMore(more) => self.invite_more(id, user, more).await,
            ClientMessage::Join(to) => self.join(id, user, to).await,
            ClientMessage::Signal(signal) => self.relay(id, user, signal).await,
            ClientMessage::Logout => self.logout(id, user).await,
            ClientMessage::Beat(beat) => {
                self.beat(id, user, beat).await;
                Ok(())
            }
            ClientMessage::Login(_) => Ok(()),
        }
    }

    async fn invite(&self, id: SessionId, invite: Invite<Signal>) -> Answer {
        let Some((caller, session)) = self.seat(id) else { return Ok(()) };
        let place = Place {
            app: APP,
            call: invite.call.clone(),
            caller: caller.clone(),
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
        let tell = |committed: Committed| {
            let is_own = committed.new.id == invite.call && committed.new.phase == Phase::Ringing;
            if let Some(offer) = invite.offer.as_ref().filter(|_| is_own) {
                self.cluster.state.borrow_mut().offers.insert(invite.call.clone(), offer.clone());
            }
            self.deliver(&committed);
        };
        let authority = self.authority(Request::Place(invite.call.clone()));
        authority.place(place, &tell).await.map_err(refusal)?;
        self.leave_if_ended(id, caller).await;
        Ok(())
    }

    pub async fn step(&self, call: &CallId, step: Step) -> Answer {
        self.act(call, step.clone()).await.map_err(refusal)?;
        self.note_if_undone(call, &step);
        Ok(())
    }

    /// Whoever is answered that a step is done may rely on it.
    fn note_if_undone(&self, call: &CallId, step: &Step) {
        // Those that nobody else could have undone since.
        if !matches!(step, Step::Accept { .. } | Step::Reject { .. } | Step::Leave { .. }) {
            return;
        }
        let stored = at_once(self.cluster.store.memory.get(&Key::Call(APP, call.clone())));
        let Ok(Some((Value::Call(stored), _))) = stored else { return };
        if let Ok(Some(_)) = transition(&stored, step, self.now()) {
            let mut state = self.cluster.state.borrow_mut();
            state.undone.get_or_insert_with(|| format!("answered as done, and is not: {step:?} in {call}"));
        }
    }

    /// Takes a step and tells those whom it concerns.
    pub async fn act(&self, call: &CallId, step: Step) -> Result<Option<Arc<Call>>, AuthorityError> {
        let authority = self.authority(Request::act(&step));
        let result = authority.act(APP, call, step, &self.tell()).await;
        *self.spot.lock().unwrap() = None;
        result
    }

    pub async fn expire(&self, call: &CallId) {
        let again = match self.authority(Request::Expire).expire(APP, call, &self.tell()).await {
            Ok(Some(_)) => return,
            Ok(None) => match self.stored_call(call).await {
                Ok(stored) => stored.and_then(|stored| self.next_timer(&stored)),
                Err(_) => Some(self.now() + 1000),
            },
            Err(AuthorityError::Unavailable(_)) => Some(self.now() + 1000),
            Err(_) => None,
        };
        if let Some(at) = again {
            self.timer(at.max(self.now() + 10), Due::Call(call.clone()));
        }
    }

    /// Nothing was due yet: by a hair, or because another node was faster and this one has not heard of it.
    fn next_timer(&self, stored: &Arc<Call>) -> Option<Millis> {
        let is_known = self.known(&stored.id).is_some_and(|known| known.rev >= stored.rev);
        self.watch(stored);
        stored.next_deadline().filter(|_| is_known)
    }

    /// The call that this very session takes part in.
    pub async fn call_through(&self, id: SessionId, user: &UserId) -> Result<Option<Arc<Call>>, AuthorityError> {
        let current = self.authority(Request::Look).current(APP, user).await?;
        Ok(current.filter(|call| call.is_in(user, id)))
    }

    /// The call as it is in the store, running or ended.
    pub async fn stored_call(&self, call: &CallId) -> Result<Option<Arc<Call>>, StoreError> {
        match self.store(Request::Look).get(&Key::Call(APP, call.clone())).await? {
            Some((Value::Call(call), _)) => Ok(Some(call)),
            _ => Ok(None),
        }
    }

    /// Ends the session's part in a call, if it has one; answers with the call as it is then.
    pub async fn drop_from_call(
        &self,
        id: SessionId,
        user: &UserId,
        reason: DropReason,
    ) -> Result<Option<Arc<Call>>, AuthorityError> {
        let Some(call) = self.call_through(id, user).await? else { return Ok(None) };
        self.cluster.state.borrow_mut().silent.push((call.id.clone(), user.clone()));
        let step = Step::Drop { user: user.clone(), session: id, reason };
        Ok(self.act(&call.id, step).await?.or(Some(call)))
    }

    /// A login elsewhere may have ended the session while it was entering a call.
    pub async fn leave_if_ended(&self, id: SessionId, user: UserId) {
        if self.cluster.state.borrow().session(id).is_none() {
            let _ = self.drop_from_call(id, &user, DropReason::Kicked).await;
        }
    }

    /// What an authority is given to tell its commits to.
    pub fn tell(&self) -> impl Fn(Committed) {
        |committed| self.deliver(&committed)
    }

    /// Tells a change to those whom it concerns: here, and by way of the other nodes.
    pub fn deliver(&self, committed: &Committed) {
        self.deliver_here(committed);
        self.cluster.state.borrow_mut().told.push(committed.clone());
        self.publish(committed);
        if committed.begins_to_ring() {
            self.ring_again(&committed.new.id, 0);
        }
    }

    /// Tells it again later, for what goes between nodes may be lost.
    pub fn ring_again(&self, call: &CallId, attempt: usize) {
        let before = attempt.checked_sub(1).map_or(0, |before| RING_AGAIN[before]);
        if let Some(after) = RING_AGAIN.get(attempt) {
            self.timer(self.now() + after - before, Due::RingAgain(call.clone(), attempt));
        }
    }

    /// Passes it to the other nodes.
    pub fn publish(&self, committed: &Committed) {
        let mut state = self.cluster.state.borrow_mut();
        for node in (0..state.nodes.len()).filter(|node| *node != self.node) {
            state.effects.push(Effect::Pass(node, Passed::News(committed.clone())));
        }
    }

    pub fn deliver_here(&self, committed: &Committed) {
        let call = &committed.new;
        self.watch(call);
        let offer = self.cluster.state.borrow().offers.get(&call.id).cloned();
        for delivery in committed.deliveries() {
            let sessions = self.cluster.state.borrow().of_user(delivery.user);
            for id in sessions.into_iter().filter(|id| delivery.to.includes(*id)) {
                self.tell_session(id, call, offer.clone().filter(|_| delivery.with_offer));
            }
        }
    }

    /// Sends a session of this node its view of `call`, unless it knows it.
    pub fn tell_session(&self, id: SessionId, call: &Arc<Call>, offer: Option<Signal>) {
        let now = self.now();
        let mut state = self.cluster.state.borrow_mut();
        let Some(session) = state.session_mut(id).filter(|session| session.node == self.node) else { return };
        if session.socket.is_none() && call.is_in(&session.user, id) && !call.is_away(&session.user) {
            // It got into the call after it had lost its socket: two invites crossed.
            state.effects.push(Effect::Timer(self.node, now, Due::Away(id)));
            return;
        }
        if session.told.doubts(call, &session.user, id) {
            state.effects.push(Effect::Timer(self.node, now, Due::Look(id)));
            return;
        }
        let Some(view) = call.view_for(&session.user, id, now) else { return };
        let is_news = session.takes_note(call);
        let offer = offer.filter(|_| session.takes_offer(call));
        if is_news || offer.is_some() {
            state.send(self.node, id, ServerMessage::Call(CallUpdate { call: view, offer, alone: false }));
        }
    }

    /// Keeps the newest revision, and sets the timer for what is due next.
    pub fn watch(&self, call: &Arc<Call>) {
        let mut state = self.cluster.state.borrow_mut();
        let known = &mut state.nodes[self.node].known;
        let before = known.get(&call.id).map(|known| (known.rev, known.next_deadline()));
        if before.is_some_and(|(rev, _)| rev >= call.rev) {
            return;
        }
        known.insert(call.id.clone(), call.clone());
        let deadline = call.next_deadline();
        if let Some(at) = deadline.filter(|_| before.is_none_or(|(_, before)| before != deadline)) {
            state.effects.push(Effect::Timer(self.node, at, Due::Call(call.id.clone())));
        }
    }

    pub fn known(&self, call: &CallId) -> Option<Arc<Call>> {
        self.cluster.state.borrow().nodes[self.node].known.get(call).cloned()
    }

    pub fn timer(&self, at: Millis, due: Due) {
        self.cluster.state.borrow_mut().effects.push(Effect::Timer(self.node, at, due));
    }

    /// Who a session is, and as what it takes part in calls.
    pub fn seat(&self, id: SessionId) -> Option<(UserId, call_core::Session)> {
        let state = self.cluster.state.borrow();
        let session = state.session(id)?;
        let node = state.nodes[self.node].epoch;
        Some((session.user.clone(), call_core::Session { id, device: session.device.as_str().into(), node }))
    }

    pub fn epoch(&self) -> call_core::NodeEpoch {
        self.cluster.state.borrow().nodes[self.node].epoch
    }

    pub fn answer(&self, socket: usize, re: u32, body: ServerMessage<Signal>) {
        self.cluster.state.borrow_mut().effects.push(Effect::Send(socket, Box::new(ServerFrame { re, body })));
    }

    pub fn is_over(&self, id: SessionId) -> bool {
        self.cluster.state.borrow().session(id).is_none()
    }
}

pub fn refusal(error: AuthorityError) -> WireError {
    error.code().into()
}
