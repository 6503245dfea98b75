//! Sessions of a user who may be logged in on several nodes.

use super::{
    Sessions,
    admission::{Ended, Terms},
};
use crate::{
    cluster::{People, Presence, Registered},
    hub::{LoginState, Session, session::TokenHash},
    store::{SavedSession, SessionKey},
};
use call_core::{AppId, Fate, NodeEpoch, Seat, StoreError, fate};
use call_protocol::{ErrorCode, Login, UserId};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::sleep};
use tracing::warn;

/// A session that a login goes on with.
pub struct Taken {
    pub key: SessionKey,
    pub saved: SavedSession,
    /// Where it was until now.
    pub from: NodeEpoch,
}

impl Sessions {
    pub(super) async fn admit_among_all(
        &self,
        people: &People,
        session: Arc<Session>,
        terms: Terms<'_>,
    ) -> Result<Result<Ended, ErrorCode>, StoreError> {
        let (app, user) = (session.app, &session.user);
        let mut refusal = ErrorCode::TooManyRequests;
        let admitted = people.change(app, user, |list| {
            let fates: Vec<Fate> = list.iter().map(|other| self.fate_of(other, &session, terms)).collect();
            let devices = list.iter().map(|other| other.saved.device.as_str());
            if let Err(code) = terms.allow(devices.zip(fates.iter().copied()), session.seat()) {
                refusal = code;
                return None;
            }
            let mut fates = fates.into_iter();
            let mut ended = Vec::new();
            list.retain(|other| match fates.next() {
                Some(fate @ (Fate::Replaced | Fate::Kicked)) => {
                    ended.push((other.clone(), fate));
                    false
                }
                _ => true,
            });
            list.push(self.registered(&session));
            Some(ended)
        });
        let Some(over) = admitted.await? else { return Ok(Err(refusal)) };
        let mut ended = Ended::default();
        for (other, fate) in over {
            ended.add(self.take_out_registered(app, user, other), fate);
        }
        self.restore(session.clone());
        // Before it is asked which call is the user's: what happens after that is heard.
        self.bus.listen(app, user).await;
        Ok(Ok(ended))
    }

    /// What was taken from the list of all is not here any more either, if it was.
    fn take_out_registered(&self, app: AppId, user: &UserId, other: Registered) -> Arc<Session> {
        if let Some(here) = self.find(app, user, other.id) {
            self.take_out(&here);
            return here;
        }
        let key = SessionKey { app, user: user.clone(), id: other.id };
        Arc::new(Session::restored(key, other.saved))
    }

    fn fate_of(&self, other: &Registered, new: &Session, terms: Terms<'_>) -> Fate {
        let connected = self.is_connected(new.app, &new.user, other);
        let seat = Seat { device: &other.saved.device, page: &other.saved.page, connected, returns: false };
        fate(seat, terms.seat(new), terms.multi_device || other.multi_device)
    }

    fn is_connected(&self, app: AppId, user: &UserId, other: &Registered) -> bool {
        match self.bus.presence(other.node) {
            Presence::Here => self.find(app, user, other.id).is_some_and(|here| here.seat().connected),
            Presence::Alive => !other.lost,
            Presence::Lost => false,
        }
    }

    pub(super) async fn remove_among_all(
        &self,
        people: &People,
        app: AppId,
        user: &UserId,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        let removed = people.change(app, user, |list| Some(std::mem::take(list))).await?.unwrap_or_default();
        Ok(removed.into_iter().map(|other| self.take_out_registered(app, user, other)).collect())
    }

    pub(super) async fn logins_among_all(
        &self,
        people: &People,
        app: AppId,
        user: &UserId,
    ) -> Result<Vec<LoginState>, StoreError> {
        let known = people.sessions(app, user).await?;
        let state = |other: Registered| {
            let connected = self.is_connected(app, user, &other);
            LoginState { device: other.saved.device, connected }
        };
        Ok(known.into_iter().map(state).collect())
    }

    pub(super) async fn note_loss_among_all(&self, people: &People, session: &Session) -> Result<(), StoreError> {
        let noted = people.change(session.app, &session.user, |list| {
            let is_it = |known: &&mut Registered| known.id == session.id && known.node == self.bus.node();
            // It may have another socket by now.
            list.iter_mut().find(is_it)?.lost = session.lost_link().is_some();
            Some(())
        });
        noted.await.map(drop)
    }

    /// Brings the session that the token belongs to to this node, if there is one, under the next token.
    pub async fn take_over(
        &self,
        login: &Login,
        (used, next): (&TokenHash, &TokenHash),
        sig_expires: u64,
    ) -> Result<Option<Taken>, StoreError> {
        let Some((people, _)) = &self.people else { return Ok(None) };
        let taken = people.change(login.app, &login.user, |list| {
            let known = list.iter_mut().find(|known| known.saved.is_from(login) && known.saved.knows(used))?;
            let from = std::mem::replace(&mut known.node, self.bus.node());
            (known.lost, known.multi_device) = (false, login.multi_device);
            known.saved.token = next.clone();
            known.saved.previous_token = Some(used.clone());
            known.saved.sig_expires = sig_expires;
            let key = SessionKey { app: login.app, user: login.user.clone(), id: known.id };
            Some(Taken { key, saved: known.saved.clone(), from })
        });
        taken.await
    }

    /// Whether sessions may be elsewhere.
    pub fn are_shared(&self) -> bool {
        self.people.is_some()
    }

    pub(super) async fn save_among_all(&self, people: &People, session: &Session) -> Result<bool, StoreError> {
        let saved = people.change(session.app, &session.user, |list| {
            let known = list.iter_mut().find(|known| known.id == session.id)?;
            *known = self.registered(session);
            Some(())
        });
        Ok(saved.await?.is_some())
    }

    fn registered(&self, session: &Session) -> Registered {
        Registered {
            id: session.id,
            node: self.bus.node(),
            lost: session.lost_link().is_some(),
            multi_device: session.is_multi_device(),
            saved: session.to_save(),
        }
    }

    /// After another connection of this session has been made, on whichever node: it is heard here what it is told.
    pub async fn listen(&self, session: &Session) {
        self.bus.listen(session.app, &session.user).await;
    }
}

/// What is over is forgotten in the order in which it was said, as soon as the store takes it.
pub struct Forgetting(mpsc::UnboundedSender<Change>);

enum Change {
    Forget(SessionKey),
    Undo(SessionKey, Registered),
}

const AGAIN: Duration = Duration::from_millis(500);

impl Forgetting {
    pub fn start(people: Arc<People>, node: NodeEpoch) -> Self {
        let (changes, mut waiting) = mpsc::unbounded_channel::<Change>();
        tokio::spawn(async move {
            while let Some(change) = waiting.recv().await {
                while let Err(error) = change.make(&people, node).await {
                    warn!(%error, "a session is not forgotten yet");
                    sleep(AGAIN).await;
                }
            }
        });
        Self(changes)
    }

    pub fn forget(&self, session: &Session) {
        let _ = self.0.send(Change::Forget(session.key()));
    }

    pub fn undo(&self, session: &Session) {
        let multi_device = session.is_multi_device();
        let registered = Registered { id: session.id, node: 0, lost: false, multi_device, saved: session.to_save() };
        let _ = self.0.send(Change::Undo(session.key(), registered));
    }
}

impl Change {
    async fn make(&self, people: &People, node: NodeEpoch) -> Result<(), StoreError> {
        match self {
            Self::Forget(key) => people.forget(key, node).await,
            Self::Undo(key, registered) => {
                let undone = people.change(key.app, &key.user, |list| {
                    let known: HashSet<_> = list.iter().map(|known| known.id).collect();
                    if !known.contains(&key.id) {
                        list.push(Registered { node, ..registered.clone() });
                    }
                    Some(())
                });
                undone.await.map(drop)
            }
        }
    }
}
