use super::{Hub, Session};
use crate::{
    frames::{self, Opaque},
    outbox::Closing,
    random,
};
use call_core::{AuthorityError, Call, Committed, DropReason, Place, Session as CallSession, Step};
use call_protocol::{CallId, CallRef, ConnectWhileRinging, ErrorCode, Invite, Leave, Phase, Room, UserId, WireError};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tracing::{info, warn};

pub const LOGGED_OUT: Closing = Closing { code: 1000, reason: "logged out" };

const MAX_USER_DATA: usize = 4096;
const MAX_NAME: usize = 128;
const MAX_ROOM: u32 = 0x7fff_ffff;

impl Hub {
    /// Places a call. When this returns, the caller has been told.
    pub async fn invite(&self, session: &Session, invite: Invite<Opaque<'_>>) -> Result<(), WireError> {
        self.check_sig(session)?;
        check_user_data(&invite.user_data)?;
        check_room(invite.chat_group.as_deref().unwrap_or_default(), &invite.room)?;
        self.check_invites(session, &invite.callees)?;
        let only_callee = self.only_callee(&invite).cloned();
        let place = Place {
            app: session.app,
            call: invite.call.clone(),
            caller: session.user.clone(),
            session: self.seat(session),
            callees: invite.callees,
            media: invite.media,
            group: invite.group,
            room: invite.room,
            room_number: u32::from_le_bytes(random::bytes()) % MAX_ROOM + 1,
            chat_group: invite.chat_group,
            user_data: invite.user_data,
            timeout: u64::from(invite.timeout) * 1000,
        };
        let (call, offer) = (invite.call, invite.offer);
        let rings_alone = AtomicBool::new(false);
        // Takes one operation of the store, and placing a call several. Should it be known too late, it is not so.
        let look = async {
            if let Some(callee) = only_callee {
                let is_only_one = self.sessions.is_only_one(session.app, &callee).await;
                rings_alone.store(is_only_one, Ordering::Relaxed);
            }
        };
        let tell = |committed: Committed| {
            let is_own = committed.new.id == call && committed.new.phase == Phase::Ringing;
            if let Some(offer) = offer.filter(|_| is_own) {
                let rings_alone = rings_alone.load(Ordering::Relaxed);
                self.calls.put_offer(session.app, call.clone(), offer, rings_alone);
            }
            self.committed(&committed);
        };
        let (placed, ()) = tokio::join!(self.authority.place(place, &tell), look);
        placed.map_err(|error| refusal(&error))?;
        self.leave_if_ended(session).await;
        Ok(())
    }

    /// If both may connect while it rings, should the callee have one session only among all nodes.
    fn only_callee<'a>(&self, invite: &'a Invite<Opaque<'_>>) -> Option<&'a UserId> {
        let connects = self.config.connect_while_ringing > ConnectWhileRinging::Prepare && invite.offer.is_some();
        match invite.callees.as_slice() {
            [callee] if connects && !invite.group && self.sessions.are_shared() => Some(callee),
            _ => None,
        }
    }

    pub async fn accept(&self, session: &Session, of: CallRef) -> Result<(), WireError> {
        let step = Step::Accept { user: session.user.clone(), generation: of.generation, session: self.seat(session) };
        self.step(session, &of.call, step).await?;
        self.has_accepted(session.app, &of.call, &session.user);
        self.leave_if_ended(session).await;
        Ok(())
    }

    pub async fn reject(&self, session: &Session, of: CallRef) -> Result<(), WireError> {
        let step = Step::Reject { user: session.user.clone(), generation: of.generation, session: self.seat(session) };
        self.step(session, &of.call, step).await
    }

    pub async fn leave(&self, session: &Session, of: Leave) -> Result<(), WireError> {
        let step = Step::Leave {
            user: session.user.clone(),
            generation: of.generation,
            session: session.id,
            because: of.because,
            at: of.at,
        };
        self.step(session, &of.call, step).await
    }

    /// Ends the session's part in a call; [`Hub::end`] ends the session.
    pub async fn logout(&self, session: &Arc<Session>) -> Result<(), WireError> {
        // First, so that a command that is under way on another connection of this session sees it.
        self.sessions.remove(session);
        match self.drop_from_call(session, DropReason::Left).await {
            Ok(call) => {
                if let Some(call) = call {
                    self.tell(session, &call, None, false);
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

    /// A running call goes on when the userSig expires; nothing new begins.
    pub(super) fn check_sig(&self, session: &Session) -> Result<(), WireError> {
        if session.sig_expires() <= self.now() {
            return Err(ErrorCode::SigExpired.into());
        }
        Ok(())
    }

    /// As what a session takes part in calls.
    pub(super) fn seat(&self, session: &Session) -> CallSession {
        CallSession { id: session.id, device: session.device.clone(), node: self.node }
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
    pub(super) async fn leave_if_ended(&self, session: &Session) {
        if self.sessions.is_over(session).await {
            self.end_part(session, DropReason::Kicked).await;
        }
    }

    pub(super) async fn step(&self, session: &Session, call: &CallId, step: Step) -> Result<(), WireError> {
        self.act(session.app, call, step).await.map(drop).map_err(|error| refusal(&error))
    }
}

pub(super) fn refusal(error: &AuthorityError) -> WireError {
    if let AuthorityError::Unavailable(cause) = error {
        warn!(%cause, "a step failed");
    }
    error.code().into()
}

pub(super) fn check_user_data(user_data: &str) -> Result<(), WireError> {
    if user_data.len() > MAX_USER_DATA {
        return Err(frames::error(ErrorCode::BadRequest, "user_data is longer than 4096 bytes"));
    }
    Ok(())
}

pub(super) fn check_room(chat_group: &str, room: &Room) -> Result<(), WireError> {
    let problem = if room.int > MAX_ROOM {
        "room.int is above 2147483647"
    } else if room.str.len() > MAX_NAME {
        "room.str is longer than 128 bytes"
    } else if chat_group.len() > MAX_NAME {
        "the chat group's id is longer than 128 bytes"
    } else {
        return Ok(());
    };
    Err(frames::error(ErrorCode::BadRequest, problem))
}
