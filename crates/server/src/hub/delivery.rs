use super::{Due, Hub, Session, is_in};
use crate::frames::{Opaque, encode};
use axum::extract::ws::Utf8Bytes;
use call_core::{Call, Committed, Member, SessionId};
use call_protocol::{CallUpdate, MemberState, Phase, ServerMessage, Snapshot, UserId};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};
use tracing::info;

/// How long a node remembers a call that ended: longer than any commit of it can be on its way.
const REMEMBER_ENDED: Duration = Duration::from_secs(60);

/// Which sessions of one member a change concerns.
#[derive(Debug, PartialEq, Eq)]
pub enum Audience {
    /// All of the user's, for all of them rang or ring.
    All,
    /// Those that took or take part.
    Only(Vec<SessionId>),
}

impl Hub {
    /// Tells a change to those whom it concerns.
    pub(super) fn deliver(&self, Committed { old, new }: &Committed) {
        info!(call = %new.id, rev = new.rev, phase = ?new.phase, "call");
        if let Some(at) = self.calls.note(new) {
            self.deadlines.push(at, Due::Call(new.app, new.id.clone()));
        }
        if new.phase == Phase::Ended {
            self.deadlines.push_in(REMEMBER_ENDED, Due::Forget(new.app, new.id.clone()));
        }
        let offer = self.calls.offer(new.app, &new.id);
        for (user, audience) in audiences(old.as_deref(), new) {
            let offer = offer.as_ref().filter(|_| begins_to_ring(old.as_deref(), new, user));
            for session in self.sessions.of_user(new.app, user) {
                if audience.includes(session.id) {
                    self.tell(&session, new, offer);
                }
            }
        }
    }

    /// Sends `session` its view of `call`, unless it knows it.
    pub(super) fn tell(&self, session: &Arc<Session>, call: &Call, offer: Option<&Arc<Opaque>>) {
        if let Some(link_no) = session.lost_link().filter(|_| is_in(call, session) && !is_away(call, session)) {
            // It got into the call after it had lost its socket: two invites crossed.
            self.deadlines.push_in(Duration::ZERO, Due::Away(session.clone(), link_no));
        }
        let Some(view) = call.view_for(&session.user, session.id, self.now()) else { return };
        if session.to_be_told(call) {
            session.send(update(view, offer));
        }
    }
}

pub fn update(call: Snapshot, offer: Option<&Arc<Opaque>>) -> Utf8Bytes {
    let offer: Option<&RawValue> = offer.map(|offer| &***offer);
    encode(0, ServerMessage::Call(CallUpdate { call, offer }))
}

impl Audience {
    fn includes(&self, session: SessionId) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&session),
        }
    }
}

/// Whom a change concerns: every member whose membership was alive before it or is alive after it. So who is out gets
/// the snapshot that says so and none after it, and who was busy hears nothing.
pub fn audiences<'a>(old: Option<&Call>, new: &'a Call) -> Vec<(&'a UserId, Audience)> {
    // Before the commit nobody has been told anything.
    let old = old.filter(|old| old.phase != Phase::Placing);
    let mut audiences: Vec<_> = new
        .members
        .iter()
        .filter_map(|member| {
            let before = old.and_then(|old| old.member(&member.user)).filter(|before| before.state.is_live());
            Some((&member.user, audience(before, member)?))
        })
        .collect();
    // The caller's promise is pending, even when the call ended before it rang.
    if old.is_none() && !audiences.iter().any(|(user, _)| **user == new.origin.user) {
        audiences.push((&new.origin.user, Audience::Only(vec![new.origin.session.id])));
    }
    audiences
}

fn audience(before: Option<&Member>, after: &Member) -> Option<Audience> {
    let is_ringing = |member: &Member| member.state == MemberState::Ringing;
    if is_ringing(after) || before.is_some_and(is_ringing) {
        return Some(Audience::All);
    }
    if before.is_none() && !after.state.is_live() {
        return None;
    }
    let sessions = before.into_iter().chain([after]).filter_map(|member| member.session.as_ref());
    Some(Audience::Only(sessions.map(|session| session.id).collect()))
}

fn is_away(call: &Call, session: &Session) -> bool {
    call.member(&session.user).is_some_and(|member| member.away)
}

fn begins_to_ring(old: Option<&Call>, new: &Call, user: &UserId) -> bool {
    let ringing = |call: &Call| {
        call.member(user).filter(|member| member.state == MemberState::Ringing).map(|member| member.generation)
    };
    let now = ringing(new);
    now.is_some() && now != old.and_then(ringing)
}
