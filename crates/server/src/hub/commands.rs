use super::{Hub, Session, delivery::update};
use crate::{
    frames::{self, Opaque, encode},
    outbox::Closing,
    random,
};
use call_core::{AuthorityError, Call, DropReason, Place, Session as CallSession, Step};
use call_protocol::{
    BeatAnswer, CallId, CallRef, ErrorCode, Gone, Invite, Leave, Phase, Reason, Room, ServerMessage, WireError,
};
use std::sync::Arc;
use tracing::{info, warn};

pub const LOGGED_OUT: Closing = Closing { code: 1000, reason: "logged out" };

const MAX_USER_DATA: usize = 4096;
const MAX_NAME: usize = 128;
const MAX_ROOM: u32 = 0x7fff_ffff;

impl Hub {
    /// Places a call. When this returns, the caller has been told.
    pub async fn invite(&self, session: &Session, invite: Invite<Opaque>) -> Result<(), WireError> {
        if session.sig_expires() <= self.now() {
            return Err(ErrorCode::SigExpired.into());
        }
        check_invite(&invite)?;
        let place = Place {
            app: session.app,
            call: invite.call.clone(),
            caller: session.user.clone(),
            session: seat(session),
            callees: invite.callees,
            media: invite.media,
            group: invite.group,
            room: invite.room,
            room_number: u32::from_le_bytes(random::bytes()) % MAX_ROOM + 1,
            chat_group: invite.chat_group,
            user_data: invite.user_data,
            timeout: u64::from(invite.timeout) * 1000,
        };
        let commits = self.authority.place(place).await.map_err(|error| refusal(&error))?;
        for commit in &commits {
            let is_own = commit.new.id == invite.call && commit.new.phase == Phase::Ringing;
            if let Some(offer) = invite.offer.as_ref().filter(|_| is_own) {
                self.calls.put_offer(session.app, invite.call.clone(), offer.clone());
            }
            self.deliver(commit);
        }
        self.leave_if_ended(session).await;
        Ok(())
    }

    pub async fn accept(&self, session: &Session, of: CallRef) -> Result<(), WireError> {
        let step = Step::Accept { user: session.user.clone(), generation: of.generation, session: seat(session) };
        self.step(session, &of.call, step).await?;
        self.leave_if_ended(session).await;
        Ok(())
    }

    pub async fn reject(&self, session: &Session, of: CallRef) -> Result<(), WireError> {
        let step = Step::Reject { user: session.user.clone(), generation: of.generation, session: seat(session) };
        self.step(session, &of.call, step).await
    }

    pub async fn leave(&self, session: &Session, of: Leave) -> Result<(), WireError> {
        let step = Step::Leave { user: session.user.clone(), generation: of.generation, session: session.id };
        self.step(session, &of.call, step).await
    }

    /// Ends the session's part in a call; [`Hub::end`] ends the session.
    pub async fn logout(&self, session: &Arc<Session>) -> Result<(), WireError> {
        // First, so that a command that is under way on another connection of this session sees it.
        self.sessions.remove(session);
        match self.drop_from_call(session, DropReason::Left).await {
            Ok(call) => {
                if let Some(call) = call {
                    self.tell(session, &call, None);
                }
                Ok(())
            }
            Err(error) => {
                self.sessions.insert(session.clone());
                Err(refusal(&error))
            }
        }
    }

    /// Closes a session that has logged out.
    pub fn end(&self, session: &Session) {
        info!(?session, "logout");
        if let Some(link) = session.end() {
            link.close(LOGGED_OUT);
        }
    }

    /// Compares what the client believes with what is: if it missed something, it is told again.
    pub async fn beat(&self, session: &Session, answer: BeatAnswer) {
        let Some(id) = answer.call else { return };
        // A store that does not answer is asked again at the next beat.
        let Ok(call) = self.stored_call(session.app, &id).await else { return };
        let view = call.as_ref().and_then(|call| call.view_for(&session.user, session.id, self.now()));
        match (call, view) {
            (Some(call), Some(view)) if view.rev > answer.rev => {
                session.to_be_told(&call);
                session.send(update(view, None));
            }
            (Some(_), Some(_)) => {}
            // Its invite is still on the way.
            _ if answer.rev == 0 => {}
            _ => session.send(encode::<()>(0, ServerMessage::Gone(Gone { call: id, reason: Reason::EndedByServer }))),
        }
    }

    /// Ends the session's part in a call, if it has one.
    pub(super) async fn drop_from_call(
        &self,
        session: &Session,
        reason: DropReason,
    ) -> Result<Option<Arc<Call>>, AuthorityError> {
        let Some(call) = self.call_through(session).await? else { return Ok(None) };
        let step = Step::Drop { user: session.user.clone(), session: session.id, reason };
        let changed = self.act(session.app, &call.id, step).await?;
        Ok(changed.or(Some(call)))
    }

    /// A login elsewhere may have ended the session while it was entering a call. Whoever comes second, that login or
    /// this, sees the other one's work.
    async fn leave_if_ended(&self, session: &Session) {
        if self.sessions.find(session.app, &session.user, session.id).is_none() {
            self.end_part(session, DropReason::Kicked).await;
        }
    }

    async fn step(&self, session: &Session, call: &CallId, step: Step) -> Result<(), WireError> {
        self.act(session.app, call, step).await.map(drop).map_err(|error| refusal(&error))
    }
}

fn seat(session: &Session) -> CallSession {
    CallSession { id: session.id, device: session.device.clone() }
}

fn refusal(error: &AuthorityError) -> WireError {
    if let AuthorityError::Unavailable(cause) = error {
        warn!(%cause, "a step failed");
    }
    error.code().into()
}

fn check_invite(invite: &Invite<Opaque>) -> Result<(), WireError> {
    let Room { int, str } = &invite.room;
    let problem = if invite.user_data.len() > MAX_USER_DATA {
        "user_data is longer than 4096 bytes"
    } else if *int > MAX_ROOM {
        "room.int is above 2147483647"
    } else if str.len() > MAX_NAME {
        "room.str is longer than 128 bytes"
    } else if invite.chat_group.as_ref().is_some_and(|group| group.len() > MAX_NAME) {
        "chat_group is longer than 128 bytes"
    } else {
        return Ok(());
    };
    Err(frames::error(ErrorCode::BadRequest, problem))
}
