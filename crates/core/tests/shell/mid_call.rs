use super::{
    node::{Answer, Work, refusal},
    step_kind::Request,
};
use crate::support::names::{APP, GRACE};
use call_core::{BeatNews, Call, DropReason, Entry, Route, SessionId, Step};
use call_protocol::*;
use std::sync::Arc;

impl Work {
    pub async fn invite_more(&self, session: SessionId, by: UserId, more: InviteMore) -> Answer {
        let authority = self.authority(Request::Invite(more.call.clone()));
        let invite = call_core::Invite {
            app: APP,
            call: more.call,
            by,
            generation: more.generation,
            session,
            number: more.number,
            callees: more.callees,
            user_data: more.user_data,
            timeout: Millis::from(more.timeout) * 1000,
        };
        authority.invite(invite, &self.tell()).await.map_err(refusal)
    }

    pub async fn join(&self, id: SessionId, user: UserId, to: Join) -> Answer {
        let Some((_, session)) = self.seat(id) else { return Ok(()) };
        let entry = Entry { app: APP, user: user.clone(), session, to };
        self.authority(Request::Join(user.clone())).join(entry, &self.tell()).await.map_err(refusal)?;
        self.leave_if_ended(id, user).await;
        Ok(())
    }

    /// Compares what the client believes with what is: if it missed something, it is told again.
    pub async fn beat(&self, id: SessionId, user: UserId, answer: BeatAnswer) {
        if let Some(call) = self.denied(id, answer.call.as_ref()) {
            self.cluster.state.borrow_mut().silent.push((call.clone(), user.clone()));
            let step = Step::Drop { user: user.clone(), session: id, reason: DropReason::Left };
            let _ = self.act(&call, step).await;
        }
        let Some(call_id) = answer.call else { return self.tell_of_current(id, user).await };
        self.vouch(id, &user, &call_id, answer.heard).await;
        let Ok(call) = self.stored_call(&call_id).await else { return };
        if call.as_ref().is_some_and(|call| call.is_in(&user, id) && call.is_away(&user)) {
            // Somebody who was late took it for lost.
            let _ = self.act(&call_id, Step::Back { user, session: id, node: self.epoch() }).await;
            return;
        }
        match Call::beat_news(call.as_deref(), &user, id, answer.rev, self.now()) {
            BeatNews::Nothing => {}
            BeatNews::Update(view) => {
                if let Some(call) = call {
                    self.watch(&call);
                    let mut state = self.cluster.state.borrow_mut();
                    if let Some(session) = state.session_mut(id) {
                        session.takes_note(&call);
                    }
                }
                let update = CallUpdate { call: *view, offer: None, alone: false };
                self.cluster.state.borrow_mut().send(self.node, id, ServerMessage::Call(update));
            }
            BeatNews::Gone => {
                let gone = Gone { call: call_id, reason: Reason::EndedByServer };
                self.cluster.state.borrow_mut().send(self.node, id, ServerMessage::Gone(gone));
            }
        }
    }

    /// The news of a call, or of the end of one, may have been lost between nodes.
    pub async fn tell_of_current(&self, id: SessionId, user: UserId) {
        let Ok(current) = self.authority(Request::Look).current(APP, &user).await else { return };
        let current = current.filter(|call| call.concerns(&user, id));
        let shown = self.cluster.state.borrow().session(id).and_then(|session| session.told.shown().cloned());
        let over = shown.filter(|shown| current.as_ref().is_none_or(|call| call.id != *shown));
        if let Some(over) = over {
            if let Ok(Some(call)) = self.stored_call(&over).await {
                self.tell_session(id, &call, None);
            }
            if let Some(session) = self.cluster.state.borrow_mut().session_mut(id) {
                session.told.is_out_of(&over);
            }
        }
        if let Some(call) = current {
            let offer = self.cluster.state.borrow().offers.get(&call.id).cloned();
            self.watch(&call);
            self.tell_session(id, &call, offer.filter(|_| call.rings_with_offer(&user)));
        }
    }

    fn denied(&self, id: SessionId, names: Option<&CallId>) -> Option<CallId> {
        let mut state = self.cluster.state.borrow_mut();
        state.session_mut(id)?.told.beat_answered(names).cloned()
    }

    async fn vouch(&self, id: SessionId, user: &UserId, call: &CallId, heard: Vec<UserId>) {
        if self.known(call).is_some_and(|call| heard.iter().any(|user| call.is_away(user))) {
            let step = Step::Vouch { user: user.clone(), session: id, heard, grace: GRACE };
            let _ = self.act(call, step).await;
        }
    }

    /// Passes on what one member says to another one.
    pub async fn relay(&self, id: SessionId, user: UserId, message: SignalTo<Signal>) -> Answer {
        let SignalTo { call: call_id, to, signal } = message;
        let call = self.call_of_member(&call_id, &user).await?;
        let route = call.route((&user, id), &to).ok_or(ErrorCode::NoSuchCall)?;
        let mut state = self.cluster.state.borrow_mut();
        let mut hearers = state.of_user(&to);
        hearers.retain(|id| route == Route::Everywhere || route == Route::Session(*id));
        for hearer in hearers {
            let message = SignalFrom { call: call_id.clone(), from: user.clone(), signal: signal.clone() };
            state.send(self.node, hearer, ServerMessage::Signal(message));
        }
        Ok(())
    }

    async fn call_of_member(&self, id: &CallId, user: &UserId) -> Result<Arc<Call>, ErrorCode> {
        if let Some(call) = self.known(id) {
            return Ok(call);
        }
        let current = self.authority(Request::Look).current(APP, user).await.map_err(|error| error.code())?;
        let call = current.filter(|call| call.id == *id).ok_or(ErrorCode::NoSuchCall)?;
        self.watch(&call);
        Ok(call)
    }
}
