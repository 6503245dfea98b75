use super::{Hub, Session};
use crate::frames::{Opaque, encode};
use call_core::{AppId, Call, Route};
use call_protocol::{CallId, ErrorCode, ServerMessage, SignalFrom, SignalTo, UserId};
use std::sync::Arc;

impl Hub {
    /// Passes on what one member says to another one, unread.
    pub async fn signal(&self, from: &Session, message: SignalTo<Opaque<'_>>) -> Result<(), ErrorCode> {
        let SignalTo { call: id, to, signal } = message;
        let call = self.call_of_member(from.app, &id, &from.user).await?;
        let route = call.route((&from.user, from.id), &to).ok_or(ErrorCode::NoSuchCall)?;
        let frame = ServerMessage::Signal(SignalFrom { call: id, from: from.user.clone(), signal });
        let frame = encode(0, frame);
        match route {
            Route::Session(id) => match self.sessions.find(from.app, &to, id) {
                Some(session) => session.send(frame),
                None => self.pass_frame(from.app, &to, Some(id), &frame),
            },
            Route::Everywhere => {
                self.pass_frame(from.app, &to, None, &frame);
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
