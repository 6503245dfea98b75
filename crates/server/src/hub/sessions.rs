use super::Session;
use call_core::{AppId, SessionId};
use call_protocol::UserId;
use dashmap::DashMap;
use std::sync::Arc;

/// Who is logged in, or may come back.
#[derive(Default)]
pub struct Sessions(DashMap<(AppId, UserId), Vec<Arc<Session>>>);

/// Sessions that a login has ended.
#[derive(Default)]
pub struct Ended {
    /// The same device without a socket: its page was replaced.
    pub replaced: Vec<Arc<Session>>,
    /// Other devices.
    pub kicked: Vec<Arc<Session>>,
}

enum Verdict {
    Stays,
    Replaced,
    Kicked,
}

impl Sessions {
    /// Adds a session and takes out those that it ends, as one step: of two logins the later one wins.
    pub fn admit(&self, session: Arc<Session>, multi_device: bool) -> Ended {
        let mut ended = Ended::default();
        let mut list = self.0.entry((session.app, session.user.clone())).or_default();
        list.retain(|other| match verdict(other, &session, multi_device) {
            Verdict::Stays => true,
            Verdict::Replaced => {
                ended.replaced.push(other.clone());
                false
            }
            Verdict::Kicked => {
                ended.kicked.push(other.clone());
                false
            }
        });
        list.push(session);
        ended
    }

    /// Puts back what was removed.
    pub fn insert(&self, session: Arc<Session>) {
        self.0.entry((session.app, session.user.clone())).or_default().push(session);
    }

    pub fn remove(&self, session: &Session) {
        let key = (session.app, session.user.clone());
        if let Some(mut list) = self.0.get_mut(&key) {
            list.retain(|other| other.id != session.id);
        }
        self.0.remove_if(&key, |_, list| list.is_empty());
    }

    pub fn of_user(&self, app: AppId, user: &UserId) -> Vec<Arc<Session>> {
        self.0.get(&(app, user.clone())).map(|list| list.clone()).unwrap_or_default()
    }

    pub fn find(&self, app: AppId, user: &UserId, id: SessionId) -> Option<Arc<Session>> {
        self.0.get(&(app, user.clone()))?.iter().find(|session| session.id == id).cloned()
    }
}

/// A second tab of the same browser ends nothing: opening a tab never ends a call.
fn verdict(other: &Session, new: &Session, multi_device: bool) -> Verdict {
    if other.device == new.device {
        return if other.is_connected() { Verdict::Stays } else { Verdict::Replaced };
    }
    if multi_device { Verdict::Stays } else { Verdict::Kicked }
}
