use super::{
    Hub, Session,
    commands::{check_room, check_user_data, refusal},
    delivery::update,
};
use crate::{clock::millis, frames, frames::encode};
use call_core::{BeatNews, Call, DropReason, Entry, Invite, Step};
use call_protocol::{
    BeatAnswer, CallId, ErrorCode, Gone, InviteMore, Join, Reason, Room, ServerMessage, SwitchMedia, UserId, WireError,
};
use std::sync::Arc;
use tracing::info;

impl Hub {
    /// Rings more users for a running call. When this returns, they have been told.
    pub async fn invite_more(&self, session: &Session, more: InviteMore) -> Result<(), WireError> {
        self.check_sig(session)?;
        check_user_data(&more.user_data)?;
        if more.number == 0 {
            return Err(frames::error(ErrorCode::BadRequest, "invitations are counted from 1"));
        }
        self.check_invites(session, &more.callees)?;
        let invite = Invite {
            app: session.app,
            call: more.call,
            by: session.user.clone(),
            generation: more.generation,
            session: session.id,
            number: more.number,
            callees: more.callees,
            user_data: more.user_data,
            timeout: u64::from(more.timeout) * 1000,
        };
        self.authority.invite(invite, &self.deliverer()).await.map_err(|error| refusal(&error))
    }

    /// Joins a running group call. When this returns, the session has been told of it.
    pub async fn join(&self, session: &Session, to: Join) -> Result<(), WireError> {
        self.check_sig(session)?;
        if let Join::Room { group, room } = &to {
            check_room(group, room)?;
            if group.is_empty() || *room == Room::default() {
                return Err(frames::error(ErrorCode::BadRequest, "a chat group and a room, or a call"));
            }
        }
        let entry = Entry { app: session.app, user: session.user.clone(), session: self.seat(session), to };
        self.authority.join(entry, &self.deliverer()).await.map_err(|error| refusal(&error))?;
        self.leave_if_ended(session).await;
        Ok(())
    }

    pub async fn switch_media(&self, session: &Session, switch: SwitchMedia) -> Result<(), WireError> {
        let step = Step::SwitchMedia {
            user: session.user.clone(),
            generation: switch.generation,
            session: session.id,
            media: switch.media,
        };
        self.step(session, &switch.call, step).await
    }

    /// Compares what the client believes with what is: if it missed something, it is told again.
    pub async fn beat(&self, session: &Arc<Session>, answer: BeatAnswer) {
        if let Some(call) = session.beat_answered(answer.call.as_ref()) {
            info!(?session, %call, "it knows nothing of its call");
            let step = Step::Drop { user: session.user.clone(), session: session.id, reason: DropReason::Left };
            // Otherwise at the next beat.
            let _ = self.act(session.app, &call, step).await;
        }
        let Some(id) = answer.call else { return self.tell_of_current(session).await };
        self.vouch(session, &id, answer.heard).await;
        // A store that does not answer is asked again at the next beat.
        let Ok(call) = self.stored_call(session.app, &id).await else { return };
        if call.as_ref().is_some_and(|call| session.is_in(call) && call.is_away(&session.user)) {
            // Somebody who was late took it for lost.
            let _ = self.act(session.app, &id, self.back(session)).await;
            return;
        }
        match Call::beat_news(call.as_deref(), &session.user, session.id, answer.rev, self.now()) {
            BeatNews::Nothing => {}
            BeatNews::Update(view) => {
                if let Some(call) = call {
                    self.watch(&call);
                    session.to_be_told(&call);
                }
                session.send(update(*view, None, false));
            }
            BeatNews::Gone => {
                let gone = Gone { call: id, reason: Reason::EndedByServer };
                session.send(encode::<()>(0, ServerMessage::Gone(gone)));
            }
        }
    }

    /// The news of a call, or of the end of one, may have been lost between nodes.
    pub(super) async fn tell_of_current(&self, session: &Arc<Session>) {
        let Ok(current) = self.authority.current(session.app, &session.user).await else { return };
        let current = current.filter(|call| call.concerns(&session.user, session.id));
        let over = session.shown().filter(|shown| current.as_ref().is_none_or(|call| call.id != *shown));
        if let Some(over) = over {
            if let Ok(Some(call)) = self.stored_call(session.app, &over).await {
                self.tell(session, &call, None, false);
            }
            session.is_out_of(&over);
        }
        if let Some(call) = current {
            self.watch(&call);
            let offer = self.calls.offer(call.app, &call.id).filter(|_| call.rings_with_offer(&session.user));
            self.tell(session, &call, offer.as_ref(), false);
        }
    }

    /// Members whom this one hears are given more time to come back.
    async fn vouch(&self, session: &Session, call: &CallId, heard: Vec<UserId>) {
        let known = self.calls.get(session.app, call);
        // As far as this node knows. If it knows too little, it learns more with the next change of the call.
        if !known.is_some_and(|call| heard.iter().any(|user| call.is_away(user))) {
            return;
        }
        let grace = millis(self.config.timings.grace);
        let step = Step::Vouch { user: session.user.clone(), session: session.id, heard, grace };
        // At the next beat it vouches again.
        let _ = self.act(session.app, call, step).await;
    }
}
