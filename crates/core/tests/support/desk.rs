use super::{
    names::{APP, call_id, user},
    rng::Rng,
    scheduler::run,
    sim_store::SimStore,
    story,
    time::VirtualClock,
};
use call_core::{Authority, AuthorityError, Call, Committed, Place, Policy, Step};
use call_protocol::Millis;
use std::sync::Arc;

/// An authority on a store of its own, one request at a time.
pub struct Desk {
    pub clock: VirtualClock,
    pub store: SimStore,
    pub authority: Authority<SimStore, VirtualClock>,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(Policy::default())
    }

    pub fn with(policy: Policy) -> Self {
        let clock = VirtualClock::new();
        let store = SimStore::new(Rng::new(1), 0);
        let authority = Authority::new(store.clone(), clock.clone(), policy);
        Self { clock, store, authority }
    }

    pub fn place(&self, place: &Place) -> Result<Vec<Committed>, AuthorityError> {
        run(&self.clock, self.authority.place(place.clone()))
    }

    /// Places a call that must be answered with one commit.
    pub fn placed(&self, place: &Place) -> Arc<Call> {
        let mut commits = self.place(place).unwrap();
        assert_eq!(commits.len(), 1);
        commits.remove(0).new
    }

    pub fn act(&self, number: u8, step: Step) -> Result<Option<Committed>, AuthorityError> {
        run(&self.clock, self.authority.act(APP, &call_id(number), step))
    }

    pub fn accept(&self, number: u8, who: &str) -> Arc<Call> {
        self.done(number, |call| story::accept(call, who))
    }

    pub fn reject(&self, number: u8, who: &str) -> Arc<Call> {
        self.done(number, |call| story::reject(call, who))
    }

    pub fn leave(&self, number: u8, who: &str) -> Arc<Call> {
        self.done(number, |call| story::leave(call, who))
    }

    pub fn wait(&self, millis: Millis) -> &Self {
        self.clock.advance(millis);
        self
    }

    pub fn call(&self, number: u8) -> Arc<Call> {
        self.store.memory.calls().into_iter().find(|call| call.id == call_id(number)).unwrap()
    }

    pub fn current(&self, name: &str) -> Option<Arc<Call>> {
        run(&self.clock, self.authority.current(APP, &user(name))).unwrap()
    }

    /// Nobody is in a call, and no claim is left.
    pub fn assert_nothing_left(&self) {
        let calls = self.store.memory.calls().len();
        assert_eq!(self.store.memory.len(), calls, "claims are left");
    }

    fn done(&self, number: u8, step: impl Fn(&Call) -> Step) -> Arc<Call> {
        self.act(number, step(&self.call(number))).unwrap().expect("a change").new
    }
}
