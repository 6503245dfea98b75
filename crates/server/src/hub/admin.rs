//! What a back end may ask for.

use super::Hub;
use call_core::{AppId, AuthorityError, Call, Step, StoreError};
use call_protocol::{CallId, UserId};
use std::sync::Arc;
use tracing::info;

/// A session, on whichever node.
pub struct LoginState {
    pub device: String,
    /// It has a socket at this moment; if not, it may come back.
    pub connected: bool,
}

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
    pub async fn logins_of(&self, app: AppId, user: &UserId) -> Result<Vec<LoginState>, StoreError> {
        self.sessions.logins(app, user).await
    }

    /// The call that the user is busy with.
    pub async fn current_call(&self, app: AppId, user: &UserId) -> Result<Option<Arc<Call>>, AuthorityError> {
        self.authority.current(app, user).await
    }

    /// Ends all logins of a user. Answers with how many there were.
    pub async fn kick(&self, app: AppId, user: &UserId) -> Result<usize, StoreError> {
        let sessions = self.sessions.remove_all(app, user).await?;
        for session in &sessions {
            info!(?session, "kicked by a back end");
            self.kick_out(session).await;
        }
        Ok(sessions.len())
    }
}
