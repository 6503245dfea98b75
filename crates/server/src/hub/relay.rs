use super::{Hub, Session};
use crate::frames::{Opaque, encode};
use call_core::{AppId, Call, Member, SessionId};
use call_protocol::{CallId, ErrorCode, MemberState, Phase, ServerMessage, SignalFrom, SignalTo, UserId};
use std::sync::Arc;

/// Where a signal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// To the session that takes part in the call.
    Session(SessionId),
    /// To every session of the user: they ring.
    Everywhere,
}

impl Hub {
    /// Passes on what one member says to another one, unread.
    pub async fn signal(&self, from: &Session, message: SignalTo<Opaque>) -> Result<(), ErrorCode> {
        let SignalTo { call: id, to, signal } = message;
        let call = self.call_of_member(from.app, &id, &from.user).await?;
        let route = route(&call, (&from.user, from.id), &to).ok_or(ErrorCode::NoSuchCall)?;
        let frame = ServerMessage::Signal(SignalFrom { call: id, from: from.user.clone(), signal: &*signal });
        let frame = encode(0, frame);
        match route {
            Route::Session(id) => {
                if let Some(session) = self.sessions.find(from.app, &to, id) {
                    session.send(frame);
                }
            }
            Route::Everywhere => {
                for session in self.sessions.of_user(from.app, &to) {
                    session.send(frame.clone());
                }
            }
        }
        Ok(())
    }

    async fn call_of_member(&self, app: AppId, id: &CallId, user: &UserId) -> Result<Arc<Call>, ErrorCode> {
        if let Some(call) = self.calls.get(app, id) {
            return Ok(call);
        }
        let current = self.authority.current(app, user).await.map_err(|error| error.code())?;
        let call = current.filter(|call| call.id == *id).ok_or(ErrorCode::NoSuchCall)?;
        self.watch(&call);
        Ok(call)
    }
}

/// Members who have joined talk with each other. Somebody who is rung hears all of them, and may answer the caller:
/// that is enough to prepare the connection before accepting, and gives a stranger's calls no reach.
pub fn route(call: &Call, (user, session): (&UserId, SessionId), to: &UserId) -> Option<Route> {
    if call.phase == Phase::Ended || user == to {
        return None;
    }
    let (from, to) = (call.member(user)?, call.member(to)?);
    match (from.state, to.state) {
        (MemberState::Joined, MemberState::Joined) if is_through(from, session) => seat(to),
        (MemberState::Joined, MemberState::Ringing) if is_through(from, session) => Some(Route::Everywhere),
        (MemberState::Ringing, MemberState::Joined) if to.user == call.origin.user => seat(to),
        _ => None,
    }
}

fn is_through(member: &Member, session: SessionId) -> bool {
    member.session.as_ref().is_some_and(|own| own.id == session)
}

fn seat(member: &Member) -> Option<Route> {
    member.session.as_ref().map(|session| Route::Session(session.id))
}
