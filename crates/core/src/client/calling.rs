use super::{
    Client, CommandId, Completed, NewCall, Output, Placing, carried,
    requests::{Purpose, Request},
};
use crate::{
    diff::{View, events},
    error::CallError,
};
use call_protocol::{
    BeatAnswer, CallId, CallRef, CallUpdate, ClientMessage, Description, End, Generation, Invite, Leave, MemberState,
    MemberView, Millis, Phase, Reason, Signal, Snapshot, UserId, WireError,
};

const REMEMBERED_CALLS: usize = 8;

impl Client {
    pub(super) fn place(&mut self, id: CommandId, call: NewCall, now: Millis) {
        if self.requests.has_command(|body| matches!(body, ClientMessage::Invite(_))) {
            return self.complete(id, Err(CallError::repeated("calls")));
        }
        let crossing = !call.group && self.is_rung_by(call.callees.first());
        if self.placing.is_some() || (self.view.is_some() && !crossing) {
            return self.complete(id, Err(CallError::wrong_state("a call is already running")));
        }
        if crossing {
            return self.accept(id, now);
        }
        let offer_to = if call.group { None } else { call.callees.first().cloned() };
        let call_id = call.id.clone();
        self.placing = Some(Placing { call: call_id.clone(), command: id, invite: Some(call) });
        match offer_to {
            Some(callee) => {
                let peer = self.open_peer(call_id, callee, None, false);
                self.peers[peer].negotiation.offer(false);
                self.drain_orders();
            }
            None => self.send_invite(None, now),
        }
    }

    /// Sends the invitation that is being prepared, its offer riding on it.
    pub(super) fn send_invite(&mut self, offer: Option<Description>, now: Millis) {
        let Some(placing) = &mut self.placing else { return };
        let Some(call) = placing.invite.take() else { return };
        let purpose = Purpose::Invite(placing.command, call.id.clone());
        let body = ClientMessage::Invite(Invite {
            call: call.id,
            callees: call.callees,
            media: call.media,
            group: call.group,
            room: call.room,
            chat_group: call.chat_group,
            user_data: call.user_data,
            timeout: call.timeout,
            offer: offer.map(carried),
        });
        self.request(body, purpose, now);
    }

    pub(super) fn accept(&mut self, id: CommandId, now: Millis) {
        let Some(call) = self.own_ref_if(|own| own.state == MemberState::Ringing) else {
            return self.complete(id, Err(CallError::wrong_state("no incoming call")));
        };
        if self.requests.has_command(|body| matches!(body, ClientMessage::Accept(_))) {
            return self.complete(id, Err(CallError::repeated("accept")));
        }
        self.request(ClientMessage::Accept(call), Purpose::Step(id), now);
        for peer in &mut self.peers {
            peer.negotiation.answer_now();
        }
        self.drain_orders();
    }

    pub(super) fn reject(&mut self, id: CommandId, now: Millis) {
        let Some(call) = self.own_ref_if(|own| own.state == MemberState::Ringing) else {
            return self.complete(id, Err(CallError::wrong_state("no incoming call")));
        };
        self.request(ClientMessage::Reject(call), Purpose::Step(id), now);
    }

    /// Ends this session's part of the call, whatever its state. Capture and connections end here and now; the
    /// server's word on it follows.
    pub(super) fn hang_up(&mut self, id: CommandId, now: Millis) {
        if self.is_rung() {
            return self.reject(id, now);
        }
        let Some((call, generation)) = self.own_place() else {
            return self.complete(id, Err(CallError::wrong_state("no call")));
        };
        if let Some(placing) = self.placing.take_if(|placing| placing.invite.is_some()) {
            // The invitation has not left yet, so nobody needs to be told.
            self.complete(placing.command, Err(CallError::wrong_state("cancelled")));
            self.close_peers();
            self.outputs.push_back(Output::ReleaseMedia);
            return self.complete(id, Ok(Completed::Done));
        }
        self.request(ClientMessage::Leave(Leave { call, generation, because: None }), Purpose::Step(id), now);
        self.leaving = true;
        self.close_peers();
        self.outputs.push_back(Output::ReleaseMedia);
        if !self.link.is_online() {
            self.end_locally(Reason::HangUp, self.link.user().cloned());
        }
    }

    /// On the way out: the call ends here, and the server is told if it can be.
    pub(super) fn leave_quietly(&mut self, now: Millis) {
        let Some((call, generation)) = self.own_place() else { return };
        if !self.is_rung() && self.link.is_online() {
            self.request(ClientMessage::Leave(Leave { call, generation, because: None }), Purpose::Quiet, now);
        }
        self.end_locally(Reason::HangUp, self.link.user().cloned());
    }

    pub(super) fn answered(&mut self, re: u32, result: Result<(), WireError>) {
        let Some(request) = self.requests.take(re) else { return };
        match (request.purpose, result) {
            (Purpose::Invite(command, call), Ok(())) => {
                self.placing.take_if(|placing| placing.call == call);
                let room = self.view.as_ref().filter(|view| view.call.id == call).map(|view| view.call.room.clone());
                self.complete(command, Ok(Completed::Placed { call, room: room.unwrap_or_default() }));
                self.drop_strange_peers();
            }
            (Purpose::Step(command), Ok(())) => self.complete(command, Ok(Completed::Done)),
            (Purpose::Login(_), Err(error)) => self.login_refused(error, 0),
            (purpose, Err(error)) => self.fail(purpose, error.into()),
            (Purpose::Login(_) | Purpose::Renew(_) | Purpose::Quiet, Ok(())) => {}
        }
    }

    pub(super) fn overdue(&mut self, request: Request) {
        self.fail(request.purpose, CallError::new(CallError::NO_ANSWER, "the server did not answer"));
    }

    pub(super) fn fail(&mut self, purpose: Purpose, error: CallError) {
        match purpose {
            Purpose::Invite(command, call) => {
                self.placing.take_if(|placing| placing.call == call);
                self.complete(command, Err(error));
                self.drop_strange_peers();
                if self.view.is_none() {
                    self.outputs.push_back(Output::ReleaseMedia);
                }
            }
            // The server does not know better, or cannot be asked: the person's word stands.
            Purpose::Step(command) if self.leaving => {
                self.end_locally(Reason::HangUp, self.link.user().cloned());
                self.complete(command, Ok(Completed::Done));
            }
            Purpose::Step(command) | Purpose::Renew(command) => self.complete(command, Err(error)),
            Purpose::Login(Some(command)) => self.complete(command, Err(error)),
            Purpose::Login(None) | Purpose::Quiet => {}
        }
    }

    pub(super) fn take_update(&mut self, update: CallUpdate<Signal>) {
        self.take_snapshot(update.call, update.offer);
    }

    /// The one way in for what the authority says about a call.
    pub(super) fn take_snapshot(&mut self, snapshot: Snapshot, offer: Option<Signal>) {
        let Some(me) = self.link.user().cloned() else { return };
        let Some(own) = snapshot.member(&me) else { return };
        let place = (snapshot.id.clone(), own.generation);
        if self.closed.contains(&place) {
            return;
        }
        let known = self.view.take_if(|view| view.call.id == snapshot.id);
        if known.as_ref().is_some_and(|view| view.call.rev >= snapshot.rev) {
            self.view = known;
            // Told again, after a break: this time with the offer.
            if offer.is_some() {
                self.join_peers(offer);
            }
            return;
        }
        if known.is_none() && self.view.is_some() {
            if !own.state.is_live() {
                return;
            }
            // The authority lets a user be in one call only, so the other one is over.
            self.end_locally(Reason::EndedByServer, None);
        }
        let media = known.as_ref().map(|view| view.media.clone()).unwrap_or_default();
        let view = View { call: snapshot, media };
        let news = events(known.as_ref(), &view, &me);
        let live = view.is_live(&me);
        self.view = Some(view);
        self.news(news);
        if live {
            self.join_peers(offer);
        } else {
            self.close(place);
        }
    }

    pub(super) fn gone(&mut self, call: &CallId) {
        if self.view.as_ref().is_some_and(|view| view.call.id == *call) {
            self.end_locally(Reason::EndedByServer, None);
        }
    }

    /// After a login: `call` is what the server has for this session, `offer` came with its invitation.
    pub(super) fn resynchronise(&mut self, call: Option<Snapshot>, offer: Option<Signal>) {
        match call {
            Some(snapshot) => {
                if self.view.as_ref().is_some_and(|view| view.call.id != snapshot.id) {
                    self.end_locally(Reason::EndedByServer, None);
                }
                self.take_snapshot(snapshot, offer);
            }
            None => self.end_locally(Reason::EndedByServer, None),
        }
        self.resend_all();
    }

    /// This session's part in its call is over, by its own word.
    pub(super) fn end_locally(&mut self, reason: Reason, by: Option<UserId>) {
        let Some(me) = self.link.user().cloned() else { return };
        let Some(view) = self.view.take() else { return };
        let mut ended = view.clone();
        let at = ended.call.now.max(ended.call.begun_at.unwrap_or(0));
        ended.call.phase = Phase::Ended;
        ended.call.end = Some(End { reason, by: by.clone(), at });
        let Some(own) = ended.call.members.iter_mut().find(|member| member.user == me) else { return };
        (own.state, own.reason, own.by, own.at) = (MemberState::Left, Some(reason), by, at);
        let place = (ended.call.id.clone(), own.generation);
        let news = events(Some(&view), &ended, &me);
        self.news(news);
        self.close(place);
    }

    pub(super) fn news(&mut self, events: Vec<crate::event::CallEvent>) {
        for event in events {
            if matches!(event, crate::event::CallEvent::Begin(_)) {
                self.outputs.push_back(Output::StartMicrophone);
            }
            self.emit(event);
        }
    }

    fn close(&mut self, place: (CallId, Generation)) {
        self.view = None;
        self.leaving = false;
        if self.closed.len() == REMEMBERED_CALLS {
            self.closed.pop_front();
        }
        self.closed.push_back(place);
        self.close_peers();
        self.outputs.push_back(Output::ReleaseMedia);
    }

    pub(super) fn beat(&self) -> BeatAnswer {
        match &self.view {
            Some(view) => BeatAnswer { call: Some(view.call.id.clone()), rev: view.call.rev, heard: Vec::new() },
            None => BeatAnswer::default(),
        }
    }

    fn request(&mut self, body: ClientMessage<Signal>, purpose: Purpose, now: Millis) {
        let frame = self.requests.add(body, purpose, now);
        if self.link.is_online() {
            self.outputs.push_back(Output::Send(frame));
        }
    }

    fn is_rung_by(&self, user: Option<&UserId>) -> bool {
        self.is_rung() && self.view.as_ref().is_some_and(|view| Some(&view.call.caller) == user && !view.call.group)
    }

    fn own(&self) -> Option<&MemberView> {
        self.view.as_ref()?.own(self.link.user()?)
    }

    pub(super) fn own_generation_if(&self, wanted: fn(&MemberView) -> bool) -> Option<Generation> {
        self.own().filter(|own| wanted(own)).map(|own| own.generation)
    }

    fn own_ref_if(&self, wanted: fn(&MemberView) -> bool) -> Option<CallRef> {
        let generation = self.own_generation_if(wanted)?;
        Some(CallRef { call: self.view.as_ref()?.call.id.clone(), generation })
    }

    /// The call this session is in or placing, and its generation there.
    fn own_place(&self) -> Option<(CallId, Generation)> {
        match (&self.placing, self.own_ref_if(|_| true)) {
            (_, Some(own)) => Some((own.call, own.generation)),
            (Some(placing), None) => Some((placing.call.clone(), 1)),
            (None, None) => None,
        }
    }
}
