use super::{Due, Hub, Session};
use crate::clock::millis;
use call_core::{AuthorityError, Call, Member, Step};
use call_protocol::{MemberState, Phase};
use std::{cmp::Reverse, sync::Arc};
use tracing::{info, warn};

impl Hub {
    /// Takes up what was going on when the server before this one ended: sessions can be resumed, calls go on, ring
    /// deadlines are kept. Who was in a call has the whole grace time again, and peers see nothing of it if the
    /// client is back soon.
    pub async fn restore(&self) {
        if self.sessions.are_shared() {
            // It is all in the hands of the others, or is found by the sweep.
            return;
        }
        let sessions = self.restore_sessions();
        let mut calls = self.store.calls(|_| true);
        calls.sort_by_key(|call| Reverse(call.updated_at));
        calls.iter().for_each(|call| self.restore_shown(call));
        calls.retain(|call| call.phase != Phase::Ended);
        for call in &calls {
            self.restore_call(call).await;
        }
        if sessions + calls.len() > 0 {
            info!(sessions, calls = calls.len(), "taken up from before the restart");
        }
    }

    fn restore_sessions(&self) -> usize {
        let saved = self.store.sessions();
        let count = saved.len();
        let timings = &self.config.timings;
        for (key, saved) in saved {
            let session = Arc::new(Session::restored(key, saved));
            self.sessions.restore(session.clone());
            self.deadlines.push_in(timings.comeback, Due::Away(session.clone(), Session::NO_LINK));
            self.deadlines.push_in(timings.comeback + timings.grace, Due::Session(session, Session::NO_LINK));
        }
        count
    }

    /// A client that was shown this call may have missed its end. Of several calls the first one counts.
    fn restore_shown(&self, call: &Call) {
        for member in &call.members {
            let mut sessions = self.sessions.of_user(call.app, &member.user);
            sessions.retain(|session| !session.was_shown_a_call());
            sessions.iter().for_each(|session| self.restore_shown_to(session, call, member));
        }
    }

    fn restore_shown_to(&self, session: &Session, call: &Call, member: &Member) {
        let elsewhere = member.session.as_ref().is_some_and(|own| own.id != session.id);
        if !elsewhere && call.view_for(&session.user, session.id, self.now()).is_some() {
            session.restore_call(call);
        }
    }

    /// What a session was shown on another node, as far as that can be seen.
    pub(super) async fn recall(&self, session: &Session) {
        let Some(last) = self.store.last_call(session.app, &session.user) else { return };
        // Without an answer the login will have none either.
        let Ok(Some(call)) = self.stored_call(session.app, &last).await else { return };
        if let Some(member) = call.member(&session.user) {
            self.restore_shown_to(session, &call, member);
        }
    }

    async fn restore_call(&self, call: &Arc<Call>) {
        for member in call.members.iter().filter(|member| member.state == MemberState::Joined) {
            let back = self.sessions.of_user(call.app, &member.user);
            let may_come_back = back.iter().any(|session| member.is_with(session.id));
            if (member.is_away() || !may_come_back)
                && let Err(error) = self.renew_grace(call, member).await
            {
                warn!(call = %call.id, %error, "could not give a member its time to come back");
            }
        }
        if let Ok(Some(call)) = self.stored_call(call.app, &call.id).await {
            self.watch(&call);
        }
    }

    pub(super) async fn renew_grace(&self, call: &Call, member: &Member) -> Result<(), AuthorityError> {
        let Some(session) = &member.session else { return Ok(()) };
        let grace = millis(self.config.timings.grace);
        let step = match member.is_away() {
            true => Step::GraceAnew { until: self.now() + grace },
            false => Step::Away { user: member.user.clone(), session: session.id, node: session.node, grace },
        };
        self.act(call.app, &call.id, step).await.map(drop)
    }
}
