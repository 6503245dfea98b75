use super::{
    Client, CommandId, Completed, NewCall, Output, Placing,
    peers::{FIRST_EPOCH, Opening},
    requests::{Purpose, Request},
};
use crate::{
    diff::{View, events, is_live, rings_too_late},
    error::CallError,
    event::CallEvent,
};
use call_protocol::{
    BeatAnswer, CallId, CallRef, CallUpdate, ClientMessage, ConnectWhileRinging, Description, Generation, Invite,
    MediaType, MemberState, MemberView, Millis, Reason, Signal, Snapshot, UserId, WireError,
};

impl Client {
    pub(super) fn place(&mut self, id: CommandId, call: NewCall, now: Millis) {
        if self.requests.has_command(|body| matches!(body, ClientMessage::Invite(_))) {
            return self.complete(id, Err(CallError::repeated("calls")));
        }
        let crossing = !call.group && self.is_rung_by(call.callees.first());
        if self.placing.is_some() || self.is_joining() || (self.view.is_some() && !crossing) {
            return self.complete(id, Err(CallError::wrong_state("a call is already running")));
        }
        if crossing {
            return self.accept(id, now);
        }
        let to = if call.group { None } else { call.callees.first().cloned() };
        let offer_to = to.clone().filter(|_| self.early.mode() > ConnectWhileRinging::Off);
        let call_id = call.id.clone();
        self.placing = Some(Placing { call: call_id.clone(), command: id, to, invite: Some(call) });
        match offer_to {
            Some(callee) => {
                let relayed = self.early.is_relayed();
                let peer = self.open_peer(Opening {
                    call: call_id,
                    user: callee,
                    generation: None,
                    offers: true,
                    epoch: FIRST_EPOCH,
                    relayed,
                });
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
            offer: offer.map(Signal::Description),
        });
        // Until the server has those it takes this session for busy.
        self.say_again(Millis::MAX);
        self.request(body, purpose, now);
    }

    pub(super) fn accept(&mut self, id: CommandId, now: Millis) {
        let Some(call) = self.own_ref_if(|own| own.state == MemberState::Ringing) else {
            return self.complete(id, Err(CallError::wrong_state("no incoming call")));
        };
        if self.requests.has_command(|body| matches!(body, ClientMessage::Accept(_))) {
            return self.complete(id, Err(CallError::repeated("accept")));
        }
        // Whatever was given up before, now it is wanted.
        self.unwanted = None;
        self.request(ClientMessage::Accept(call), Purpose::Step(id), now);
        for peer in &mut self.peers {
            peer.negotiation.answer_now();
            // Answered while it rang, but another device may have been quicker: then the caller learns so by this.
            peer.negotiation.resend();
        }
        self.drain_orders();
    }

    pub(super) fn reject(&mut self, id: CommandId, now: Millis) {
        let Some(call) = self.own_ref_if(|own| own.state == MemberState::Ringing) else {
            return self.complete(id, Err(CallError::wrong_state("no incoming call")));
        };
        self.request(ClientMessage::Reject(call), Purpose::Step(id), now);
    }

    pub(super) fn answered(&mut self, re: u32, result: Result<(), WireError>, now: Millis) {
        let Some(request) = self.requests.take(re, result.is_ok().then_some(false)) else { return };
        if let Err(WireError { retry_after: Some(pause), .. }) = result {
            let again = now + Millis::from(pause);
            if matches!(request.frame.body, ClientMessage::Leave(_)) {
                return self.leave_unheard(request, Some(again));
            }
            if request.may_wait(again) {
                return self.requests.postpone(request, again);
            }
        }
        match (request.purpose, result) {
            (Purpose::Invite(command, call), Ok(())) => self.placed(command, call),
            (Purpose::Step(command) | Purpose::Leave(command, _) | Purpose::Join(command, _), Ok(())) => {
                self.complete(command, Ok(Completed::Done))
            }
            (Purpose::Login, Err(error)) => self.login_refused(error, now),
            (purpose, Err(error)) => self.fail(purpose, error.into()),
            // Logins are answered with a welcome.
            (Purpose::Login | Purpose::Renew(_) | Purpose::Quiet, Ok(())) => {}
        }
    }

    fn placed(&mut self, command: CommandId, call: CallId) {
        let to = self.placing.take_if(|placing| placing.call == call).and_then(|placing| placing.to);
        // The call itself, or the crossing one that it was merged into.
        let shown = self.view.as_ref().map(|view| &view.call);
        let shown = shown.filter(|shown| shown.id == call || Some(&shown.caller) == to.as_ref());
        let (call, room) =
            shown.map_or_else(|| (call, Default::default()), |shown| (shown.id.clone(), shown.room.clone()));
        self.complete(command, Ok(Completed::Placed { call, room }));
        self.drop_strange_peers();
        self.take_held();
    }

    pub(super) fn overdue(&mut self, request: Request, now: Millis) {
        let error = CallError::new(CallError::NO_ANSWER, "the server did not answer");
        match request.purpose {
            Purpose::Login => self.login_overdue(error, now),
            Purpose::Invite(command, call) if self.is_view_of(&call) => self.placed(command, call),
            Purpose::Invite(command, call) => {
                // The application takes it as failed; should it ring nevertheless, it is hung up.
                self.remember_closed((call.clone(), Generation::MAX), now);
                self.fail(Purpose::Invite(command, call), error);
            }
            Purpose::Leave(..) => self.leave_unheard(request, None),
            purpose => {
                match &purpose {
                    Purpose::Join(_, to) if self.view.is_none() => self.unwanted = Some(to.clone()),
                    // It rings here, too: as for an answer, the server's word counts.
                    _ => {}
                }
                self.fail(purpose, error);
            }
        }
    }

    pub(super) fn fail(&mut self, purpose: Purpose, error: CallError) {
        match purpose {
            Purpose::Invite(command, call) => {
                self.placing.take_if(|placing| placing.call == call);
                self.complete(command, Err(error));
                self.drop_strange_peers();
                if self.view.is_none() {
                    self.output(Output::ReleaseMedia);
                }
                self.take_held();
            }
            // The server does not know better, or cannot be asked: the person's word stands.
            Purpose::Leave(command, call) => {
                if self.is_leaving(&call) {
                    self.leave_locally();
                }
                self.complete(command, Ok(Completed::Done));
            }
            Purpose::Join(command, _) => {
                self.complete(command, Err(error));
                if !self.is_busy() {
                    self.output(Output::ReleaseMedia);
                }
            }
            Purpose::Step(command) | Purpose::Renew(command) => self.complete(command, Err(error)),
            Purpose::Login | Purpose::Quiet => {}
        }
    }

    pub(super) fn take_update(&mut self, update: CallUpdate<Signal>) {
        self.take_snapshot(update.call, update.offer, update.alone);
    }

    /// The one way in for what the authority says about a call.
    pub(super) fn take_snapshot(&mut self, mut snapshot: Snapshot, offer: Option<Signal>, alone: bool) {
        let Some(me) = self.link.user().cloned() else { return };
        self.departed.apply(&mut snapshot);
        let Some(own) = snapshot.member(&me) else { return };
        let place = (snapshot.id.clone(), own.generation);
        if self.is_unwanted(&snapshot, own) {
            if self.is_view_of(&snapshot.id) {
                // It rang here, too.
                self.leave_locally();
            }
            self.remember_closed(place.clone(), self.now);
        }
        if let Some(at) = self.closed_at(&place) {
            return self.leave_again(&snapshot, own, at);
        }
        let known = self.view.take_if(|view| view.call.id == snapshot.id);
        if known.as_ref().is_some_and(|view| view.call.rev >= snapshot.rev) {
            self.view = known;
            // Told again, after a break: this time with the offer.
            if offer.is_some() {
                self.join_peers(offer, alone);
            }
            return;
        }
        if known.is_none() && (rings_too_late(own, &snapshot) || self.holds(own, &snapshot, &offer, alone)) {
            return;
        }
        if known.is_none() && self.view.is_some() {
            // What another session of the user takes part in, or did when this was said, does not end what is shown here.
            if !is_live(own) {
                return;
            }
            // The authority lets a user be in one call only, so the other one is over.
            self.end_locally(Reason::EndedByServer, None);
        }
        let part_before = known.as_ref().and_then(|view| view.own(&me)).map(|own| own.generation);
        if part_before.is_some_and(|generation| generation < place.1) {
            // What was hung up is the part before.
            self.leaving.take_if(|(call, _)| *call == place.0);
        }
        let media = known.as_ref().map(|view| view.media.clone()).unwrap_or_default();
        self.clocks = (snapshot.now, self.now);
        let view = View { call: snapshot, media };
        let news = events(known.as_ref(), &view, &me);
        let live = view.is_live(&me);
        self.view = Some(view);
        self.news(news);
        if live {
            self.leave_this_part_too(&place);
            self.join_peers(offer, alone);
            self.show_away();
        } else {
            self.close(place);
        }
    }

    /// Keeps the invitation of somebody who is being called back, until the server has answered the own one.
    fn holds(&mut self, own: &MemberView, call: &Snapshot, offer: &Option<Signal>, alone: bool) -> bool {
        let held = self.held.take_if(|held| held.call.id == call.id);
        if held.as_ref().is_some_and(|held| held.call.rev >= call.rev) {
            self.held = held;
            return true;
        }
        let to = self.placing.as_ref().and_then(|placing| placing.to.as_ref());
        let crosses = own.state == MemberState::Ringing && !call.group && to == Some(&call.caller);
        if crosses {
            let offer = offer.clone().or_else(|| held?.offer);
            self.held = Some(CallUpdate { call: call.clone(), offer, alone });
        }
        crosses
    }

    /// The own call did not become one with it.
    pub(super) fn take_held(&mut self) {
        if let Some(held) = self.held.take() {
            self.take_update(held);
        }
    }

    pub(super) fn gone(&mut self, call: &CallId) {
        self.held.take_if(|held| held.call.id == *call);
        if self.is_view_of(call) {
            self.end_locally(Reason::EndedByServer, None);
        }
    }

    /// After a login: `call` is what the server has for this session, `offer` came with its invitation.
    pub(super) fn resynchronise(&mut self, call: Option<Snapshot>, offer: Option<Signal>) {
        self.held = None;
        match call {
            Some(snapshot) => {
                if self.view.as_ref().is_some_and(|view| view.call.id != snapshot.id) {
                    self.end_locally(Reason::EndedByServer, None);
                }
                self.take_snapshot(snapshot, offer, false);
            }
            None => self.end_locally(Reason::EndedByServer, None),
        }
        self.resend_all();
    }

    pub(super) fn news(&mut self, events: Vec<CallEvent>) {
        for event in events {
            match event {
                CallEvent::Begin(_) => self.output(Output::StartMicrophone),
                CallEvent::MediaTypeChanged { new: MediaType::Audio, .. } => self.output(Output::StopCamera),
                _ => {}
            }
            self.emit(event);
        }
    }

    pub(super) fn beat(&self) -> BeatAnswer {
        match &self.view {
            Some(view) => BeatAnswer { call: Some(view.call.id.clone()), rev: view.call.rev, heard: self.heard() },
            // It has left that one, and says so itself: else the server would think that it knows nothing of it.
            None => match self.requests.left_call() {
                Some(call) => BeatAnswer { call: Some(call.clone()), rev: u32::MAX, ..BeatAnswer::default() },
                None => BeatAnswer::default(),
            },
        }
    }

    pub(super) fn request(&mut self, body: ClientMessage<Signal>, purpose: Purpose, now: Millis) {
        let frame = self.requests.add(body, purpose, now);
        if self.link.is_online() {
            self.output(Output::Send(frame));
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

    pub(super) fn own_ref_if(&self, wanted: fn(&MemberView) -> bool) -> Option<CallRef> {
        let generation = self.own_generation_if(wanted)?;
        Some(CallRef { call: self.view.as_ref()?.call.id.clone(), generation })
    }

    pub(super) fn is_view_of(&self, call: &CallId) -> bool {
        self.view.as_ref().is_some_and(|view| view.call.id == *call)
    }

    /// The call this session is in or placing, and its generation there.
    pub(super) fn own_place(&self) -> Option<(CallId, Generation)> {
        match (&self.placing, self.own_ref_if(|_| true)) {
            (_, Some(own)) => Some((own.call, own.generation)),
            (Some(placing), None) => Some((placing.call.clone(), 1)),
            (None, None) => None,
        }
    }
}
