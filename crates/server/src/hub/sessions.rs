use super::Session;
use crate::{limits::Limits, store::CallStore};
use call_core::{AppId, Fate, SessionId, StoreError, fate};
use call_protocol::UserId;
use dashmap::DashMap;
use std::{collections::HashSet, sync::Arc};

/// Who is logged in, or may come back. What ends here is forgotten by the store, too.
pub struct Sessions {
    map: DashMap<(AppId, UserId), Vec<Arc<Session>>>,
    store: CallStore,
}

/// Sessions that a login has ended.
#[derive(Default)]
pub struct Ended {
    /// The same page as it was before it was loaded anew, or one of the same device that has no socket.
    pub replaced: Vec<Arc<Session>>,
    /// Other devices.
    pub kicked: Vec<Arc<Session>>,
}

impl Sessions {
    pub fn new(store: CallStore) -> Self {
        Self { map: DashMap::new(), store }
    }

    /// Adds a session and takes out those that it ends, as one step: of two logins the later one wins. None: the user
    /// is logged in too often.
    pub fn admit(&self, session: Arc<Session>, multi_device: bool, limits: &Limits) -> Option<Ended> {
        let mut ended = Ended::default();
        let multi_device = multi_device || session.is_multi_device();
        let mut list = self.map.entry((session.app, session.user.clone())).or_default();
        let fate_of = |other: &Session| fate(other.seat(), session.seat(), multi_device || other.is_multi_device());
        let others: Vec<_> = list.iter().filter(|other| fate_of(other) == Fate::Stays).collect();
        if is_above(limits.sessions, others.len() + 1) || is_above(limits.devices, devices(&others, &session)) {
            return None;
        }
        list.retain(|other| match fate_of(other) {
            Fate::Stays => true,
            Fate::Replaced => {
                ended.replaced.push(other.clone());
                false
            }
            Fate::Kicked => {
                ended.kicked.push(other.clone());
                false
            }
        });
        list.push(session);
        drop(list);
        for session in ended.replaced.iter().chain(&ended.kicked) {
            self.store.forget_session(session.key());
        }
        Some(ended)
    }

    /// Makes sure that the session can be resumed after a restart.
    pub async fn save(&self, session: &Session) -> Result<(), StoreError> {
        let saved = self.store.save_session(session.key(), || session.to_save()).await;
        // Ended meanwhile.
        if self.find(session.app, &session.user, session.id).is_none() {
            self.store.forget_session(session.key());
        }
        saved
    }

    /// Adds one from before a restart.
    pub fn restore(&self, session: Arc<Session>) {
        self.map.entry((session.app, session.user.clone())).or_default().push(session);
    }

    /// Puts back what was removed.
    pub fn insert(&self, session: Arc<Session>) {
        self.store.put_session(session.key(), session.to_save());
        self.restore(session);
    }

    pub fn remove(&self, session: &Session) {
        let key = (session.app, session.user.clone());
        if let Some(mut list) = self.map.get_mut(&key) {
            list.retain(|other| other.id != session.id);
        }
        self.map.remove_if(&key, |_, list| list.is_empty());
        self.store.forget_session(session.key());
    }

    pub fn of_user(&self, app: AppId, user: &UserId) -> Vec<Arc<Session>> {
        self.map.get(&(app, user.clone())).map(|list| list.clone()).unwrap_or_default()
    }

    pub fn find(&self, app: AppId, user: &UserId, id: SessionId) -> Option<Arc<Session>> {
        self.map.get(&(app, user.clone()))?.iter().find(|session| session.id == id).cloned()
    }
}

fn devices(others: &[&Arc<Session>], session: &Session) -> usize {
    let devices: HashSet<&str> = others.iter().map(|other| &*other.device).chain([&*session.device]).collect();
    devices.len()
}

fn is_above(limit: Option<u32>, count: usize) -> bool {
    limit.is_some_and(|limit| count > limit as usize)
}
