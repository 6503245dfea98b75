use super::{
    names::{APP, call_id, user},
    rng::Rng,
    scheduler::run,
    sim_store::SimStore,
    story,
    time::VirtualClock,
};
use call_core::{Authority, AuthorityError, Call, Committed, Entry, Invite, Place, Policy, Step};
use call_protocol::Millis;
use std::{
    cell::RefCell,
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Waker},
};

/// An authority on a store of its own, one request at a time.
pub struct Desk {
    pub clock: VirtualClock,
    pub store: SimStore,
    pub authority: Authority<SimStore, VirtualClock>,
    /// What was told by the request that was served last.
    pub told: RefCell<Vec<Committed>>,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(Policy::default())
    }

    pub fn with(policy: Policy) -> Self {
        let clock = VirtualClock::new();
        let store = SimStore::new(Rng::new(1), 0);
        let authority = Authority::new(store.clone(), clock.clone(), policy);
        Self { clock, store, authority, told: RefCell::default() }
    }

    pub fn place(&self, place: &Place) -> Result<Vec<Committed>, AuthorityError> {
        self.serve(self.authority.place(place.clone(), &self.tell())).map(|()| self.told.borrow().clone())
    }

    /// Places a call that must be answered with one commit; what it fenced comes before.
    pub fn placed(&self, place: &Place) -> Arc<Call> {
        let mut commits = self.place(place).unwrap();
        let last = commits.pop().unwrap().new;
        assert!(commits.iter().all(|fence| fence.new.id != last.id), "{commits:?}");
        last
    }

    pub fn invite(&self, invite: &Invite) -> Result<(), AuthorityError> {
        self.serve(self.authority.invite(invite.clone(), &self.tell()))
    }

    pub fn join(&self, entry: &Entry) -> Result<(), AuthorityError> {
        self.serve(self.authority.join(entry.clone(), &self.tell()))
    }

    pub fn expire(&self, number: u8) -> Option<Arc<Call>> {
        self.serve(self.authority.expire(APP, &call_id(number), &self.tell())).unwrap()
    }

    pub fn act(&self, number: u8, step: Step) -> Result<Option<Committed>, AuthorityError> {
        let changed = self.serve(self.authority.act(APP, &call_id(number), step, &self.tell()))?;
        let told = self.told.borrow().last().cloned();
        assert_eq!(changed, told.as_ref().map(|told| told.new.clone()));
        Ok(told)
    }

    pub fn tell(&self) -> impl Fn(Committed) {
        |committed| self.told.borrow_mut().push(committed)
    }

    /// A request whose process dies after so many polls, each of which lets it do one operation of the store. False:
    /// it was done by then.
    pub fn crashes_after<T>(&self, polls: usize, request: impl Future<Output = T>) -> bool {
        let mut request = pin!(request);
        let context = &mut Context::from_waker(Waker::noop());
        (0..polls).all(|_| request.as_mut().poll(context).is_pending())
    }

    fn serve<T>(&self, request: impl Future<Output = T>) -> T {
        self.told.borrow_mut().clear();
        run(&self.clock, request)
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
