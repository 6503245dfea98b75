//! Performs what the authority decides: tells the sessions it concerns, relays between members, and keeps time.

mod admin;
mod calls;
mod commands;
mod deadlines;
mod delivery;
mod invites;
mod login;
mod mid_call;
mod observer;
mod passing;
mod relay;
mod restore;
mod session;
mod sessions;
mod sweep;
#[cfg(test)]
mod sweep_test;

pub use admin::LoginState;
pub use commands::LOGGED_OUT;
pub use deadlines::Due;
pub use login::closing;
pub use observer::CallObserver;
pub use session::Session;

use crate::{
    clock::{SystemClock, millis},
    cluster::{Bus, Shared},
    config::Config,
    profiles::Profiles,
    store::CallStore,
};
use call_core::{
    AppId, Authority, AuthorityError, Call, Clock, Committed, Key, NodeEpoch, Policy, Step, Store, StoreError, Value,
};
use call_protocol::{CallId, Millis};
use calls::Calls;
use deadlines::Deadlines;
use invites::Invites;
use sessions::Sessions;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use tracing::{info, warn};

/// How often calls that ended long ago are forgotten.
const PRUNE_EVERY: Duration = Duration::from_secs(60);

/// A store that takes longer to answer is not one to place calls with.
const STORE_TIME: Duration = Duration::from_millis(300);

pub struct Hub {
    pub config: Arc<Config>,
    node: NodeEpoch,
    authority: Authority<CallStore, SystemClock>,
    store: CallStore,
    pub profiles: Profiles,
    bus: Arc<Bus>,
    sessions: Sessions,
    calls: Calls,
    deadlines: Deadlines,
    invites: Invites,
    observers: Vec<Arc<dyn CallObserver>>,
}

impl Hub {
    pub fn new(config: Arc<Config>, shared: impl Into<Shared>, observers: Vec<Arc<dyn CallObserver>>) -> Arc<Self> {
        let Shared { store, bus, people } = shared.into();
        let policy = Policy {
            crossing_invites_connect: config.crossing_invites_connect,
            joining: config.joining,
            max_callees: config.max_callees,
            max_members: config.max_members,
            grace: millis(config.timings.grace),
            ..Policy::default()
        };
        Arc::new(Self {
            config,
            node: bus.node(),
            authority: Authority::new(store.clone(), SystemClock, policy),
            sessions: Sessions::new(store.clone(), bus.clone(), people.clone()),
            profiles: Profiles::new(store.clone(), people),
            bus,
            store,
            calls: Calls::default(),
            deadlines: Deadlines::default(),
            invites: Invites::new(),
            observers,
        })
    }

    /// Does what is due, for as long as the server runs.
    pub async fn run(self: Arc<Self>) {
        let hub = &self;
        let fire = |due| {
            let hub = hub.clone();
            tokio::spawn(async move { hub.fire(due).await });
        };
        let prune = async {
            loop {
                tokio::time::sleep(PRUNE_EVERY).await;
                hub.store.prune(hub.needless_before()).await;
                hub.invites.prune();
            }
        };
        let notice = async {
            let Some(mut news) = hub.store.take_news() else { return };
            while let Some(call) = news.recv().await {
                hub.notice(call);
            }
        };
        tokio::join!(hub.deadlines.run(fire), prune, notice, hub.sweep_for_ever());
    }

    /// Nothing is stored after this.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// A new call could be placed: the store answers in time, and takes writes.
    pub async fn reaches_its_store(&self) -> bool {
        let nobody = Key::Call(0, CallId::from_bits([0; 16]));
        self.store.takes_writes() && matches!(timeout(STORE_TIME, self.store.get(&nobody)).await, Ok(Ok(_)))
    }

    /// Calls that ring or are connected, as far as this node knows.
    pub fn count_live_calls(&self) -> usize {
        self.calls.live()
    }

    pub fn now(&self) -> Millis {
        SystemClock.now()
    }

    /// Takes a step and tells those whom it concerns. None: nothing changed.
    async fn act(&self, app: AppId, call: &CallId, step: Step) -> Result<Option<Arc<Call>>, AuthorityError> {
        self.authority.act(app, call, step, &self.deliverer()).await
    }

    /// What an authority is given to tell its commits to.
    fn deliverer(&self) -> impl Fn(Committed) + Sync {
        |committed| self.committed(&committed)
    }

    /// Every change that this node makes comes by here once it is in the store.
    fn committed(&self, committed: &Committed) {
        for observer in &self.observers {
            observer.committed(committed);
        }
        self.deliver(committed);
        self.pass_on(committed);
    }

    /// Calls that ended before this time are of no use to anybody.
    fn needless_before(&self) -> Millis {
        let old = self.now().saturating_sub(millis(self.config.timings.keep_ended));
        let needed = self.observers.iter().filter_map(|observer| observer.needs_calls_since());
        needed.fold(old, Millis::min)
    }

    /// The call as it is in the store, running or ended.
    async fn stored_call(&self, app: AppId, call: &CallId) -> Result<Option<Arc<Call>>, StoreError> {
        match self.store.get(&Key::Call(app, call.clone())).await? {
            Some((Value::Call(call), _)) => Ok(Some(call)),
            _ => Ok(None),
        }
    }

    /// The call that this very session takes part in.
    async fn call_through(&self, session: &Session) -> Result<Option<Arc<Call>>, AuthorityError> {
        let current = self.authority.current(session.app, &session.user).await?;
        Ok(current.filter(|call| call.is_in(&session.user, session.id)))
    }

    async fn fire(&self, due: Due) {
        match due {
            Due::Call(app, call) => self.expire(app, &call).await,
            Due::Forget(app, call) => self.calls.forget(app, &call),
            Due::Session(session, link) => self.end_of_grace(&session, link),
            Due::Away(session, link) => self.show_away(session, link).await,
            Due::Look(session) => self.tell_of_current(&session).await,
            Due::Again(app, call) => self.pass_on_again(app, &call),
            Due::Notice(call) => self.make_up_for(call),
        }
    }

    /// Nothing was due yet: by a hair (timers and the wall clock differ), or because another node was faster and this
    /// one has not heard of it.
    fn next_timer(&self, stored: &Arc<Call>) -> Option<Millis> {
        let known = self.calls.get(stored.app, &stored.id);
        self.watch(stored);
        stored.next_deadline().filter(|_| known.is_some_and(|known| known.rev >= stored.rev))
    }

    async fn expire(&self, app: AppId, call: &CallId) {
        let again = match self.authority.expire(app, call, &self.deliverer()).await {
            Ok(Some(_)) => return,
            Ok(None) => match self.stored_call(app, call).await {
                Ok(stored) => stored.and_then(|stored| self.next_timer(&stored)),
                Err(_) => Some(self.now() + 1000),
            },
            Err(AuthorityError::Unavailable(error)) => {
                warn!(%call, %error, "deadline postponed");
                Some(self.now() + 1000)
            }
            Err(error) => {
                info!(%call, %error, "deadline of a call that is gone");
                None
            }
        };
        if let Some(at) = again {
            self.deadlines.push(at.max(self.now() + 10), Due::Call(app, call.clone()));
        }
    }
}
