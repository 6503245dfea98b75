use super::{
    names::{APP, RING, call_id, invite, place, session},
    rng::Rng,
    scheduler::Scheduler,
    sim_store::SimStore,
    story,
    time::VirtualClock,
    truth::Truth,
};
use call_core::{Authority, AuthorityError, Call, Clock, Committed, Entry, Invite, Place, Step};
use call_protocol::{MemberState, Phase};
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

pub type Node = Authority<SimStore, VirtualClock>;
/// What was told before it was answered.
pub type Answer = Result<Vec<Committed>, AuthorityError>;

/// Several nodes on one store, and what their clients were answered.
pub struct World {
    pub clock: VirtualClock,
    pub store: SimStore,
    pub nodes: Vec<Node>,
    pub answers: RefCell<BTreeMap<u8, Answer>>,
    pub truth: RefCell<Truth>,
}

impl World {
    pub fn new(rng: &mut Rng, faults_per_mille: u64, node: impl Fn(SimStore, VirtualClock) -> Node) -> Self {
        let clock = VirtualClock::new();
        let store = SimStore::new(Rng::new(rng.next()), faults_per_mille);
        let nodes = (0..3).map(|_| node(store.clone(), clock.skewed(rng.below(100) as u64))).collect();
        Self { clock, store, nodes, answers: RefCell::default(), truth: RefCell::default() }
    }

    /// A client that asks, and asks again while it gets no answer.
    pub async fn call(&self, node: usize, number: u8, place: Place) {
        for again in 0..200 {
            let told = RefCell::default();
            let node = &self.nodes[(node + again) % self.nodes.len()];
            let tell = |committed| {
                self.record(&committed);
                keep(&told, committed);
            };
            let answer = node.place(place.clone(), &tell).await;
            let answer = answer.map(|()| told.into_inner());
            let unknown = matches!(answer, Err(AuthorityError::Unavailable(_)));
            self.answers.borrow_mut().insert(number, answer);
            if !unknown {
                return;
            }
            self.clock.sleep(50).await;
        }
    }

    /// What somebody does to a call, seen as it is at that moment.
    pub async fn act(&self, node: usize, number: u8, choose: impl Fn(&Call) -> Step) {
        let Some(call) = self.find(number) else { return };
        let _ = self.nodes[node].act(APP, &call_id(number), choose(&call), &self.tell()).await;
    }

    /// One of those who are in the call invites more, and asks again while it gets no answer.
    pub async fn invite(&self, node: usize, number: u8, inviter: usize, count: u32, callees: &[&str]) {
        let Some(call) = self.find(number) else { return };
        let joined: Vec<_> = call.members.iter().filter(|member| member.state == MemberState::Joined).collect();
        let Some(by) = joined.get(inviter % joined.len().max(1)) else { return };
        let session = session(by.user.as_str()).id;
        let (generation, timeout) = (by.generation, 200);
        let invite =
            Invite { generation, session, number: count, timeout, ..invite(number, by.user.as_str(), callees) };
        for again in 0..200 {
            let node = &self.nodes[(node + again) % self.nodes.len()];
            match node.invite(invite.clone(), &self.tell()).await {
                Err(AuthorityError::Unavailable(_)) => self.clock.sleep(50).await,
                _ => return,
            }
        }
    }

    pub async fn join(&self, node: usize, entry: Entry) {
        for again in 0..200 {
            let node = &self.nodes[(node + again) % self.nodes.len()];
            match node.join(entry.clone(), &self.tell()).await {
                Err(AuthorityError::Unavailable(_)) => self.clock.sleep(50).await,
                _ => return,
            }
        }
    }

    fn tell(&self) -> impl Fn(Committed) {
        |committed| self.record(&committed)
    }

    fn record(&self, committed: &Committed) {
        self.truth.borrow_mut().hear(committed);
    }

    pub fn find(&self, number: u8) -> Option<Arc<Call>> {
        self.store.memory.calls().into_iter().find(|call| call.id == call_id(number))
    }

    /// Runs until every task has ended.
    pub fn drain(&self, scheduler: &mut Scheduler<'_>) -> Result<(), String> {
        while scheduler.step()? {
            if scheduler.rng.chance(20) {
                self.store.flush_one();
            }
            self.check()?;
        }
        Ok(())
    }

    /// What holds at every moment.
    pub fn check(&self) -> Result<(), String> {
        self.truth.borrow_mut().check(&self.store)
    }

    /// Ends every call, then everybody can be called again and nothing is left behind.
    pub fn check_all_can_call(&self, scheduler: &mut Scheduler<'_>) -> Result<(), String> {
        self.store.heal();
        for _ in 0..100 {
            self.store.flush_one();
        }
        self.clock.advance(10 * RING);
        for call in self.store.memory.calls() {
            let ids = (call.app, call.id.clone());
            let end = if call.phase == Phase::Placing { Step::Expire } else { Step::EndByServer };
            let done = super::scheduler::run(&self.clock, self.nodes[0].act(ids.0, &ids.1, end, &drop));
            done.map_err(|error| format!("cannot end {}: {error}", ids.1))?;
        }
        self.check()?;
        for (number, caller, callee) in [(250, "a", "b"), (251, "d", "c")] {
            let told = RefCell::default();
            let tell = |committed| keep(&told, committed);
            let placing = self.nodes[1].place(place(number, caller, &[callee]), &tell);
            let answer = super::scheduler::run(&self.clock, placing);
            let rung = told.borrow().last().is_some_and(|last: &Committed| last.new.phase == Phase::Ringing);
            if answer.is_err() || !rung {
                return Err(format!("stuck: {caller} calls {callee}: {answer:?}"));
            }
            let hang_up = |call: &Call| story::leave(call, caller);
            super::scheduler::run(&self.clock, self.act(2, number, hang_up));
        }
        self.drain(scheduler)?;
        self.store.memory.prune(u64::MAX);
        if self.store.memory.is_empty() { Ok(()) } else { Err("something is left behind".into()) }
    }
}

/// Fences of other calls are no answer.
fn keep(told: &RefCell<Vec<Committed>>, committed: Committed) {
    if !committed.new.is_aborted() {
        told.borrow_mut().push(committed);
    }
}
