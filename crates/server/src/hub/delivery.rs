use super::{Due, Hub, Session, calls::Offer};
use crate::frames::encode;
use axum::extract::ws::Utf8Bytes;
use call_core::{Call, Committed};
use call_protocol::{CallUpdate, Phase, ServerMessage, Snapshot};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};
use tracing::info;

/// How long a node remembers a call that ended: longer than any commit of it can be on its way.
const REMEMBER_ENDED: Duration = Duration::from_secs(60);

impl Hub {
    /// Tells a change to those whom it concerns.
    pub(super) fn deliver(&self, committed: &Committed) {
        let new = &committed.new;
        info!(call = %new.id, rev = new.rev, phase = ?new.phase, "call");
        if let Some(at) = self.calls.note(new) {
            self.deadlines.push(at, Due::Call(new.app, new.id.clone()));
        }
        if new.phase == Phase::Ended {
            self.deadlines.push_in(REMEMBER_ENDED, Due::Forget(new.app, new.id.clone()));
        }
        let offer = self.calls.offer(new.app, &new.id);
        for delivery in committed.deliveries() {
            let offer = offer.as_ref().filter(|_| delivery.with_offer);
            let mut sessions = self.sessions.of_user(new.app, delivery.user);
            sessions.retain(|session| delivery.to.includes(session.id));
            let connected = sessions.iter().filter(|session| session.lost_link().is_none()).count();
            let is_only_one = || self.bus.is_alone() || self.calls.rings_alone(new.app, &new.id);
            let alone = offer.is_some() && connected == 1 && is_only_one();
            for session in sessions {
                self.tell(&session, new, offer, alone);
            }
        }
    }

    /// Sends `session` its view of `call`, unless it knows it, and the offer with it.
    pub(super) fn tell(&self, session: &Arc<Session>, call: &Call, offer: Option<&Offer>, alone: bool) {
        if let Some(link_no) = session.lost_link().filter(|_| session.is_in(call) && !call.is_away(&session.user)) {
            // It got into the call after it had lost its socket: two invites crossed.
            self.deadlines.push_in(Duration::ZERO, Due::Away(session.clone(), link_no));
        }
        if session.doubts(call) {
            return self.deadlines.push_in(Duration::ZERO, Due::Look(session.clone()));
        }
        let Some(view) = call.view_for(&session.user, session.id, self.now()) else { return };
        let is_news = session.to_be_told(call);
        let offer = offer.filter(|_| session.to_be_offered(call));
        if is_news || offer.is_some() {
            session.send(update(view, offer, alone));
        }
    }
}

pub fn update(call: Snapshot, offer: Option<&Offer>, alone: bool) -> Utf8Bytes {
    let offer: Option<&RawValue> = offer.map(|offer| &**offer);
    encode(0, ServerMessage::Call(CallUpdate { call, offer, alone }))
}
