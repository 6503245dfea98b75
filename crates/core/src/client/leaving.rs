use super::{
    Client, CommandId, Completed, Output, Placing,
    requests::{Purpose, Request},
};
use crate::{diff::events, error::CallError};
use call_protocol::{
    CallId, ClientMessage, End, Generation, Leave, MemberState, MemberView, Millis, Phase, Reason, Signal, Snapshot,
    UserId,
};

const REMEMBERED_CALLS: usize = 8;

impl Client {
    /// Ends this session's part of the call, whatever its state. Capture and connections end here and now; the
    /// server's word on it follows.
    pub(super) fn hang_up(&mut self, id: CommandId, now: Millis) {
        if self.is_rung() {
            return self.reject(id, now);
        }
        if self.view.is_none() && self.give_up_joining() {
            return self.complete(id, Ok(Completed::Done));
        }
        let Some((call, generation)) = self.own_place() else {
            return self.complete(id, Err(CallError::wrong_state("no call")));
        };
        if let Some(placing) = self.placing.take_if(|placing| placing.invite.is_some()) {
            // The invitation has not left yet, so nobody needs to be told.
            self.complete(placing.command, Err(CallError::wrong_state("cancelled")));
            self.close_peers(Some(&placing.call));
            self.output(Output::ReleaseMedia);
            self.complete(id, Ok(Completed::Done));
            return self.take_held();
        }
        self.say_bye(&call, generation);
        self.close_peers(Some(&call));
        self.output(Output::ReleaseMedia);
        let place = (call.clone(), generation);
        if self.leaving.as_ref() != Some(&place) {
            self.leaving = Some(place);
            self.left_at = now;
        }
        let body = self.leave(&call, generation, None);
        if self.link.is_online() {
            return self.request(body, Purpose::Leave(id, call), now);
        }
        // The server hears of it when it is back.
        self.request(body, Purpose::Quiet, now);
        self.leave_locally();
        self.complete(id, Ok(Completed::Done));
    }

    /// The server has not answered a farewell, or cannot: nobody waits for it any longer, but it is kept until the server
    /// has it. `again`: said again then, although the link is the same.
    pub(super) fn leave_unheard(&mut self, request: Request, again: Option<Millis>) {
        let purpose = request.purpose.clone();
        self.requests.keep(request, again);
        let Purpose::Leave(command, call) = purpose else { return };
        if self.is_leaving(&call) {
            self.leave_locally();
        }
        self.complete(command, Ok(Completed::Done));
    }

    /// What the server could not take and is to hear by then.
    pub(super) fn say_again(&mut self, by: Millis) {
        for frame in self.requests.take_postponed(by) {
            // While the server is away it waits for the next login, as all the rest does.
            if self.link.is_online() {
                self.output(Output::Send(frame));
            }
        }
    }

    /// Whether the part that is shown is the one that the person has hung up.
    pub(super) fn is_leaving(&self, call: &CallId) -> bool {
        self.is_view_of(call) && self.leaving.as_ref().is_some_and(|(leaving, _)| leaving == call)
    }

    /// On the way out: the call ends here, and the server is told if it can be.
    pub(super) fn leave_quietly(&mut self, now: Millis) {
        let Some((call, generation)) = self.own_place() else { return };
        if !self.is_rung() {
            self.say_bye(&call, generation);
            self.request(self.leave(&call, generation, None), Purpose::Quiet, now);
        }
        self.leave_locally();
    }

    /// The page goes away: the members are told, and the server, as long as that is possible.
    pub fn handle_page_hide(&mut self, now: Millis) {
        self.now = now;
        self.leave_quietly(now);
    }

    /// The person's own word, where the server's is not to be had.
    pub(super) fn leave_locally(&mut self) {
        let reason = if self.in_call() { Reason::HangUp } else { Reason::Cancelled };
        self.end_locally(reason, self.link.user().cloned());
    }

    /// This session's part in its call is over, whatever the server may still say of it.
    pub(super) fn end_locally(&mut self, reason: Reason, by: Option<UserId>) {
        let Some(me) = self.link.user().cloned() else { return };
        let Some(view) = self.view.clone() else { return };
        let mut ended = view.clone();
        let at = self.server_time(self.left_at(&ended.call.id));
        ended.call.phase = Phase::Ended;
        ended.call.end = Some(End { reason, by: by.clone(), at });
        let Some(own) = ended.call.members.iter_mut().find(|member| member.user == me) else { return };
        (own.state, own.reason, own.by, own.at) = (MemberState::Left, Some(reason), by, at);
        let place = (ended.call.id.clone(), own.generation);
        let news = events(Some(&view), &ended, &me);
        self.news(news);
        self.close(place);
    }

    pub(super) fn close(&mut self, place: (CallId, Generation)) {
        let me = self.link.user();
        let view = self.view.take().filter(|view| !view.call.group && me.is_some_and(|me| view.has_begun(me)));
        let caller = view.map(|view| view.call.caller);
        self.departed.forget(&place.0);
        let at = self.left_at(&place.0);
        self.leaving.take_if(|(call, _)| *call == place.0);
        self.close_peers(Some(&place.0));
        // A call that is being placed meanwhile keeps what was opened for it, if it has not become one with this.
        let is_over = |placing: &Placing| placing.call == place.0 || placing.to.is_some() && placing.to == caller;
        if self.placing.as_ref().is_none_or(is_over) {
            self.output(Output::ReleaseMedia);
        }
        self.remember_closed(place, at);
    }

    pub(super) fn remember_closed(&mut self, (call, generation): (CallId, Generation), at: Millis) {
        if self.closed.len() == REMEMBERED_CALLS {
            self.closed.remove(0);
        }
        self.closed.push((call, generation, at));
    }

    /// Since when, by the own clock, this part is over here.
    pub(super) fn closed_at(&self, (call, generation): &(CallId, Generation)) -> Option<Millis> {
        let closed = self.closed.iter().find(|(closed, last, _)| closed == call && generation <= last);
        closed.map(|(.., at)| *at)
    }

    /// The server takes this session for a part of a call that is over here: it never heard of the farewell.
    pub(super) fn leave_again(&mut self, call: &Snapshot, own: &MemberView, closed_at: Millis) {
        let is_in = own.here && own.state == MemberState::Joined;
        if is_in && !self.requests.has_command(|body| matches!(body, ClientMessage::Leave(_))) {
            let at = Some(call.now.saturating_sub(self.now.saturating_sub(closed_at)));
            let leave = Leave { call: call.id.clone(), generation: own.generation, because: None, at };
            self.request(ClientMessage::Leave(leave), Purpose::Quiet, self.now);
        }
    }

    /// Hung up before the first snapshot, the call may turn out to have another generation than was guessed, or to have
    /// become one with a crossing call.
    pub(super) fn leave_this_part_too(&mut self, place: &(CallId, Generation)) {
        let in_it = self.own_generation_if(|own| own.state == MemberState::Joined).is_some();
        let placing = self.placing.as_ref().map(|placing| &placing.call);
        let meant = |leaving: &(CallId, Generation)| leaving.0 == place.0 || placing == Some(&leaving.0);
        if in_it && self.leaving.as_ref().is_some_and(|leaving| leaving != place && meant(leaving)) {
            self.leaving = Some(place.clone());
            self.request(self.leave(&place.0, place.1, None), Purpose::Quiet, self.now);
        }
    }

    /// When this session left the call, by the own clock: when its person hung up, or just now.
    fn left_at(&self, call: &CallId) -> Millis {
        match &self.leaving {
            Some((leaving, _)) if leaving == call => self.left_at,
            _ => self.now,
        }
    }

    /// With the time, for the server may hear of it much later.
    pub(super) fn leave(
        &self,
        call: &CallId,
        generation: Generation,
        because: Option<UserId>,
    ) -> ClientMessage<Signal> {
        let at = Some(self.server_time(self.left_at(call)));
        ClientMessage::Leave(Leave { call: call.clone(), generation, because, at })
    }
}
