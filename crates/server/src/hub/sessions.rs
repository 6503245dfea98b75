mod admission;
mod shared;

pub use admission::{Ended, Terms};
pub use shared::Taken;

use super::{LoginState, Session};
use crate::{
    cluster::{Bus, People},
    store::CallStore,
};
use admission::admit;
use call_core::{AppId, Seat, SessionId, StoreError};
use call_protocol::{ErrorCode, UserId};
use dashmap::DashMap;
use shared::Forgetting;
use std::sync::Arc;

/// Who is logged in on this node, or may come back. What ends here is forgotten by the store, too.
pub struct Sessions {
    map: DashMap<(AppId, UserId), Vec<Arc<Session>>>,
    store: CallStore,
    bus: Arc<Bus>,
    /// Where there are other nodes: the sessions of all of them. What is there counts.
    people: Option<(Arc<People>, Forgetting)>,
}

impl Sessions {
    pub fn new(store: CallStore, bus: Arc<Bus>, people: Option<Arc<People>>) -> Self {
        let people = people.map(|people| {
            let forgetting = Forgetting::start(people.clone(), bus.node());
            (people, forgetting)
        });
        Self { map: DashMap::new(), store, bus, people }
    }

    /// Adds a session and takes out those that it ends, as one step: of two logins the later one wins. Inner error: it
    /// may not be added.
    pub async fn admit(&self, session: Arc<Session>, terms: Terms<'_>) -> Result<Result<Ended, ErrorCode>, StoreError> {
        if let Some((people, _)) = &self.people {
            return self.admit_among_all(people, session, terms).await;
        }
        let key = (session.app, session.user.clone());
        let admitted = admit(&mut self.map.entry(key.clone()).or_default(), session, terms);
        match &admitted {
            Ok(ended) => ended.all().for_each(|session| self.store.forget_session(session.key())),
            Err(_) => drop(self.map.remove_if(&key, |_, list| list.is_empty())),
        }
        Ok(admitted)
    }

    /// Makes sure that the session can be resumed after a restart. False: a login elsewhere has ended it.
    pub async fn save(&self, session: &Session) -> Result<bool, StoreError> {
        if let Some((people, _)) = &self.people {
            return self.save_among_all(people, session).await;
        }
        let saved = self.store.save_session(session.key(), || session.to_save()).await;
        // Ended meanwhile.
        if self.find(session.app, &session.user, session.id).is_none() {
            self.store.forget_session(session.key());
        }
        saved.map(|()| true)
    }

    /// Whether a login, here or elsewhere, has ended the session. If nobody can say so, it has not.
    pub async fn is_over(&self, session: &Session) -> bool {
        if self.find(session.app, &session.user, session.id).is_none() {
            return true;
        }
        match &self.people {
            Some((people, _)) => {
                let known = people.sessions(session.app, &session.user).await;
                known.is_ok_and(|known| !known.iter().any(|known| known.id == session.id))
            }
            None => false,
        }
    }

    /// Adds one from before a restart, or from another node.
    pub fn restore(&self, session: Arc<Session>) {
        self.map.entry((session.app, session.user.clone())).or_default().push(session);
    }

    /// Puts back what was removed.
    pub fn insert(&self, session: Arc<Session>) {
        match &self.people {
            Some((_, forgetting)) => forgetting.undo(&session),
            None => self.store.put_session(session.key(), session.to_save()),
        }
        self.restore(session);
    }

    pub fn remove(&self, session: &Session) {
        self.take_out(session);
        match &self.people {
            Some((_, forgetting)) => forgetting.forget(session),
            None => self.store.forget_session(session.key()),
        }
    }

    /// Removes all sessions of a user, on whichever node they are.
    pub async fn remove_all(&self, app: AppId, user: &UserId) -> Result<Vec<Arc<Session>>, StoreError> {
        if let Some((people, _)) = &self.people {
            return self.remove_among_all(people, app, user).await;
        }
        let sessions = self.of_user(app, user);
        sessions.iter().for_each(|session| self.remove(session));
        Ok(sessions)
    }

    /// The sessions of a user on all nodes, those included that may come back.
    pub async fn logins(&self, app: AppId, user: &UserId) -> Result<Vec<LoginState>, StoreError> {
        if let Some((people, _)) = &self.people {
            return self.logins_among_all(people, app, user).await;
        }
        let state = |session: &Arc<Session>| {
            let Seat { device, connected, .. } = session.seat();
            LoginState { device: device.into(), connected }
        };
        Ok(self.of_user(app, user).iter().map(state).collect())
    }

    /// Whether the user has one session with a socket among all nodes. If nobody can say so, it has not.
    pub async fn is_only_one(&self, app: AppId, user: &UserId) -> bool {
        let Some((people, _)) = &self.people else { return false };
        let logins = self.logins_among_all(people, app, user).await;
        logins.is_ok_and(|logins| logins.iter().filter(|login| login.connected).count() == 1)
    }

    /// The session has lost its socket: where there are other nodes, they can know.
    pub async fn note_loss(&self, session: &Session) -> Result<(), StoreError> {
        match &self.people {
            Some((people, _)) => self.note_loss_among_all(people, session).await,
            None => Ok(()),
        }
    }

    /// It is another node's now, or nobody's.
    pub fn take_out(&self, session: &Session) {
        let key = (session.app, session.user.clone());
        if let Some(mut list) = self.map.get_mut(&key) {
            list.retain(|other| other.id != session.id);
        }
        if self.map.remove_if(&key, |_, list| list.is_empty()).is_some() {
            self.bus.stop_listening(key.0, &key.1, || self.map.contains_key(&key));
        }
    }

    pub fn has(&self, app: AppId, user: &UserId) -> bool {
        self.map.contains_key(&(app, user.clone()))
    }

    pub fn of_user(&self, app: AppId, user: &UserId) -> Vec<Arc<Session>> {
        self.map.get(&(app, user.clone())).map(|list| list.clone()).unwrap_or_default()
    }

    pub fn find(&self, app: AppId, user: &UserId, id: SessionId) -> Option<Arc<Session>> {
        self.map.get(&(app, user.clone()))?.iter().find(|session| session.id == id).cloned()
    }
}
