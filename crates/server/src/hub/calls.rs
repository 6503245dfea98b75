use crate::frames::Opaque;
use call_core::{AppId, Call};
use call_protocol::{CallId, Millis, Phase};
use dashmap::DashMap;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What this node knows of calls, so that relaying never asks the store. Not the truth: that is in the store.
#[derive(Default)]
pub struct Calls(DashMap<(AppId, CallId), Entry>);

/// The caller's, for who is rung.
pub type Offer = Arc<RawValue>;

#[derive(Default)]
struct Entry {
    call: Option<Arc<Call>>,
    offer: Option<Offer>,
    /// The callee had one session only, among all nodes, when the call was placed.
    rings_alone: bool,
    /// The deadline that this node has set a timer for.
    timer: Option<Millis>,
}

impl Calls {
    /// Remembers the caller's offer for as long as the call rings.
    pub fn put_offer(&self, app: AppId, call: CallId, offer: Opaque, rings_alone: bool) {
        let mut entry = self.0.entry((app, call)).or_default();
        (entry.offer, entry.rings_alone) = (Some(offer.to_owned().into()), rings_alone);
    }

    pub fn rings_alone(&self, app: AppId, call: &CallId) -> bool {
        self.0.get(&(app, call.clone())).is_some_and(|entry| entry.rings_alone)
    }

    pub fn offer(&self, app: AppId, call: &CallId) -> Option<Offer> {
        self.0.get(&(app, call.clone()))?.offer.clone()
    }

    pub fn get(&self, app: AppId, call: &CallId) -> Option<Arc<Call>> {
        self.0.get(&(app, call.clone()))?.call.clone()
    }

    /// Keeps the newest revision. Answers with the deadline to set a timer for, if there is a new one.
    pub fn note(&self, call: &Arc<Call>) -> Option<Millis> {
        let mut entry = self.0.entry((call.app, call.id.clone())).or_default();
        if entry.call.as_ref().is_some_and(|known| known.rev >= call.rev) {
            return None;
        }
        entry.call = Some(call.clone());
        if call.phase != Phase::Ringing {
            entry.offer = None;
        }
        let deadline = call.next_deadline();
        let is_new = deadline != entry.timer;
        entry.timer = deadline;
        deadline.filter(|_| is_new)
    }

    pub fn live(&self) -> usize {
        self.0.iter().filter(|entry| entry.call.as_ref().is_some_and(|call| call.phase.is_live())).count()
    }

    pub fn forget(&self, app: AppId, call: &CallId) {
        self.0.remove(&(app, call.clone()));
    }
}
