//! What a back end may ask for.

use super::{Hub, Session};
use call_core::{AppId, AuthorityError, Call, Step};
use call_protocol::{CallId, UserId};
use std::sync::Arc;
use tracing::info;

impl Hub {
    /// Calls that ring or are connected.
    pub fn live_calls(&self, app: AppId) -> Vec<Arc<Call>> {
        self.store.calls(|call| call.app == app && call.phase.is_live())
    }

    /// False: it had ended.
    pub async fn end_call(&self, app: AppId, call: &CallId) -> Result<bool, AuthorityError> {
        let ended = self.act(app, call, Step::EndByServer).await?.is_some();
        if ended {
            info!(%call, "ended by a back end");
        }
        Ok(ended)
    }

    /// The logins of a user, those included that may come back.
    pub fn sessions_of(&self, app: AppId, user: &UserId) -> Vec<Arc<Session>> {
        self.sessions.of_user(app, user)
    }

    /// The call that the user is busy with.
    pub async fn current_call(&self, app: AppId, user: &UserId) -> Result<Option<Arc<Call>>, AuthorityError> {
        self.authority.current(app, user).await
    }

    /// Ends all logins of a user. Answers with how many there were.
    pub async fn kick(&self, app: AppId, user: &UserId) -> usize {
        let sessions = self.sessions.of_user(app, user);
        for session in &sessions {
            self.sessions.remove(session);
            info!(?session, "kicked by a back end");
            self.kick_out(session).await;
        }
        sessions.len()
    }
}
