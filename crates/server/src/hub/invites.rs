//! Who rings too many people, or one of them too often, is refused for a while.

use super::{Hub, Session};
use crate::{clock::millis, limits::Buckets};
use call_core::AppId;
use call_protocol::{CallId, ErrorCode, UserId, WireError};
use std::time::Duration;

pub struct Invites {
    by_user: Buckets<(AppId, UserId)>,
    /// From the first one to the second one.
    unanswered: Buckets<(AppId, UserId, UserId)>,
}

impl Invites {
    pub fn new() -> Self {
        Self { by_user: Buckets::new(), unanswered: Buckets::new() }
    }

    pub fn prune(&self) {
        self.by_user.prune();
        self.unanswered.prune();
    }
}

impl Hub {
    pub(super) fn check_invites(&self, session: &Session, callees: &[UserId]) -> Result<(), WireError> {
        let limits = &self.config.limits;
        if let Some(rate) = &limits.invites {
            self.invites.by_user.take((session.app, session.user.clone()), rate).map_err(too_many)?;
        }
        let Some(rate) = &limits.unanswered else { return Ok(()) };
        for callee in callees {
            let pair = (session.app, session.user.clone(), callee.clone());
            self.invites.unanswered.take(pair, rate).map_err(too_many)?;
        }
        Ok(())
    }

    /// Whoever invited `callee` is welcome.
    pub(super) fn has_accepted(&self, app: AppId, call: &CallId, callee: &UserId) {
        let Some(call) = self.calls.get(app, call) else { return };
        let invite = call.member(callee).and_then(|member| call.invites.get(member.invite? as usize));
        if let Some(invite) = invite {
            self.invites.unanswered.forget(&(app, invite.by.clone(), callee.clone()));
        }
    }
}

fn too_many(wait: Duration) -> WireError {
    let retry_after = u32::try_from(millis(wait)).unwrap_or(u32::MAX).max(1);
    WireError { retry_after: Some(retry_after), ..ErrorCode::TooManyRequests.into() }
}
