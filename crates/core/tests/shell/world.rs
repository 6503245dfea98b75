mod network;

use super::{
    channels::{End, tells_of_departed},
    cluster::{Cluster, Due, Effect, Node, Passed},
    conditions::Conditions,
    node::Work,
    person::{Later, Out, Person},
    probe::Spot,
    sockets::{Arrived, Socket},
};
use crate::support::{rng::Rng, time::VirtualClock};
use call_core::{Call, CallInfo, Clock, SocketEvent, Step};
use call_protocol::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex},
    task::{Context, Waker},
};

const SWEEP: Millis = 5_000;
const BEAT_IDLE: Millis = 15_000;
const BEAT_IN_CALL: Millis = 4_000;
/// So many polls of one task in a row take no time, where the store takes none.
const AT_ONCE: usize = 100;
/// So many things in one run are a livelock.
const TOO_MANY: u64 = 300_000;

/// Nodes, people with their pages, and a network between them, in virtual time.
pub struct World {
    pub clock: VirtualClock,
    pub cluster: Rc<Cluster>,
    pub people: BTreeMap<&'static str, Person>,
    pub sockets: HashMap<usize, Socket>,
    pub rng: Rng,
    /// What each call is, by who placed it.
    pub placed: HashMap<CallId, CallInfo>,
    /// What it is to those who came later.
    pub shown_as: HashMap<(CallId, UserId), CallInfo>,
    /// Who has said goodbye by data channel.
    pub byes: BTreeSet<UserId>,
    /// A page was told that somebody is in its call who had said goodbye to it.
    pub told_of_departed: bool,
    /// Where dead nodes were in their work.
    pub crashes: BTreeSet<Spot>,
    agenda: BTreeMap<(Millis, u64), Item>,
    /// What of it waits for somebody to wake up.
    deferred: BTreeSet<(Millis, u64)>,
    tasks: HashMap<u64, Task>,
    /// Nothing goes wrong any more.
    pub healed: bool,
    /// Nodes that stand still, until then.
    pub frozen: HashMap<usize, Millis>,
    /// Numbers whatever needs one.
    pub last: u64,
    happened: u64,
}

struct Task {
    node: usize,
    spot: Arc<Mutex<Option<Spot>>>,
    work: Pin<Box<dyn Future<Output = ()>>>,
    /// Works off what came over this socket.
    socket: Option<usize>,
}

enum Item {
    ToNode(usize, ClientFrame<Signal>),
    ToPage(usize, ServerFrame<Signal>),
    GoneAtNode(usize),
    GoneAtPage(usize, u16),
    Beat(usize),
    Poll(u64),
    Pass(usize, Passed),
    Timer(usize, NodeEpochOf, Due),
    Sweep(usize, NodeEpochOf),
    Page(&'static str, u32, Later),
    Channel([End; 2]),
    Start(usize),
}

type NodeEpochOf = call_core::NodeEpoch;

impl World {
    pub fn new(conditions: Conditions, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let cluster = Rc::new(Cluster::new(conditions, &mut rng));
        let mut world = Self {
            clock: cluster.clock.clone(),
            cluster,
            people: BTreeMap::new(),
            sockets: HashMap::new(),
            rng,
            placed: HashMap::new(),
            shown_as: HashMap::new(),
            byes: BTreeSet::new(),
            told_of_departed: false,
            crashes: BTreeSet::new(),
            agenda: BTreeMap::new(),
            deferred: BTreeSet::new(),
            tasks: HashMap::new(),
            healed: false,
            frozen: HashMap::new(),
            last: 0,
            happened: 0,
        };
        for node in 0..world.cluster.conditions.skews.len() {
            world.schedule_sweep(node);
        }
        world
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Lets the next thing happen, if it is not later than `end`. False: it is `end` now.
    pub fn step_until(&mut self, end: Millis) -> bool {
        let Some(at) = self.next().filter(|at| *at <= end) else {
            self.clock.advance(end.saturating_sub(self.now()));
            return false;
        };
        self.clock.advance(at.saturating_sub(self.now()));
        self.step();
        self.happened += 1;
        assert!(self.happened < TOO_MANY, "livelock: {:?}", self.busiest());
        true
    }

    pub fn wait(&mut self, millis: Millis) -> &mut Self {
        let end = self.now() + millis;
        while self.step_until(end) {}
        self
    }

    pub fn person(&mut self, who: &str) -> &mut Person {
        self.people.get_mut(who).expect("a person")
    }

    fn next(&self) -> Option<Millis> {
        let timers = self.people.values().filter_map(Person::due);
        let agenda = self.agenda.keys().next().map(|(at, _)| *at);
        timers.chain(agenda).min().map(|at| at.max(self.now()))
    }

    /// Whose timers are due now.
    fn busiest(&self) -> Vec<(&'static str, Option<Millis>)> {
        let now = self.now();
        let due = self.people.iter().filter(|(_, person)| person.due().is_some_and(|at| at <= now));
        due.map(|(name, person)| (*name, person.client.poll_timeout())).collect()
    }

    fn step(&mut self) {
        let now = self.now();
        let due = |person: &Person| person.due().is_some_and(|at| at <= now);
        if let Some(name) = self.people.iter().find(|(_, person)| due(person)).map(|(name, _)| *name) {
            let person = self.person(name);
            person.client.handle_timeout(now + person.skew);
            return self.work(name);
        }
        if let Some((key, item)) = self.agenda.pop_first() {
            self.deferred.remove(&key);
            match self.stands_still_until(&item).filter(|until| *until > now) {
                Some(until) => {
                    // With its number: nothing overtakes.
                    self.deferred.insert((until, key.1));
                    self.agenda.insert((until, key.1), item);
                }
                None => self.happen(item),
            }
        }
    }

    fn stands_still_until(&self, item: &Item) -> Option<Millis> {
        let node = self.node_of(item).and_then(|node| self.frozen.get(&node)).copied();
        let page = self.page_of(item).and_then(|page| self.people.get(page)?.asleep_until);
        node.max(page)
    }

    fn wake_all(&mut self) {
        self.frozen.clear();
        self.people.values_mut().for_each(|person| person.asleep_until = None);
        let now = self.now();
        for key in std::mem::take(&mut self.deferred) {
            if let Some(item) = self.agenda.remove(&key) {
                self.agenda.insert((now, key.1), item);
            }
        }
    }

    fn happen(&mut self, item: Item) {
        let now = self.now();
        match item {
            Item::ToNode(socket, frame) => self.arrive(socket, Arrived::Frame(frame)),
            Item::GoneAtNode(socket) => self.arrive(socket, Arrived::Gone),
            Item::ToPage(socket, frame) => self.hear(socket, frame),
            Item::GoneAtPage(socket, code) => self.lose(socket, code),
            Item::Beat(socket) => self.beat(socket),
            Item::Poll(task) => self.poll(task),
            Item::Pass(node, passed) => self.pass(node, passed),
            Item::Timer(node, epoch, due) => {
                if self.is_up(node, epoch) {
                    let work = Work::new(&self.cluster, node);
                    self.spawn(work, None, |work| async move { work.fire(due).await });
                }
            }
            Item::Sweep(node, epoch) => {
                if self.is_up(node, epoch) {
                    let work = Work::new(&self.cluster, node);
                    self.spawn(work, None, |work| async move { work.sweep().await });
                    self.schedule_sweep(node);
                }
            }
            Item::Page(name, life, later) => {
                let Some(person) = self.people.get_mut(name).filter(|person| person.life == life) else { return };
                match later {
                    Later::Report(peer, input) => person.client.handle_peer(peer, input, now + person.skew),
                    Later::Publish => person.publish(),
                    Later::Opened(socket) => person.opened(socket, now),
                }
                self.work(name);
            }
            Item::Start(node) => self.start(node),
            Item::Channel(ends) => self.connect_ends(ends),
        }
    }

    fn node_of(&self, item: &Item) -> Option<usize> {
        match item {
            Item::ToNode(socket, _) | Item::GoneAtNode(socket) | Item::Beat(socket) => {
                self.sockets.get(socket).map(|socket| socket.node)
            }
            Item::Poll(task) => self.tasks.get(task).map(|task| task.node),
            Item::Pass(node, _) | Item::Timer(node, ..) | Item::Sweep(node, _) => Some(*node),
            _ => None,
        }
    }

    fn page_of(&self, item: &Item) -> Option<&'static str> {
        match item {
            Item::ToPage(socket, _) | Item::GoneAtPage(socket, _) => self.sockets.get(socket).map(|socket| socket.page),
            Item::Page(name, ..) => Some(name),
            _ => None,
        }
    }

    // What a node receives, and works off one after the other.

    fn arrive(&mut self, id: usize, arrived: Arrived) {
        let now = self.now();
        let Some(socket) = self.sockets.get_mut(&id).filter(|socket| socket.open_at_node) else { return };
        match arrived {
            Arrived::Frame(frame) if now <= socket.up_until => {
                socket.heard = true;
                socket.inbox.push_back(Arrived::Frame(frame));
            }
            Arrived::Frame(_) => return,
            Arrived::Gone => {
                socket.open_at_node = false;
                socket.inbox.push_back(Arrived::Gone);
            }
        }
        self.work_off(id);
    }

    fn work_off(&mut self, id: usize) {
        let Some(socket) = self.sockets.get_mut(&id).filter(|socket| !socket.working) else { return };
        let Some(arrived) = socket.inbox.pop_front() else { return };
        socket.working = true;
        let work = Work::new(&self.cluster, socket.node);
        self.spawn(work, Some(id), move |work| async move {
            match arrived {
                Arrived::Frame(frame) => work.hear(id, frame).await,
                Arrived::Gone => {
                    let session = work.cluster.state.borrow().at(id);
                    if let Some(session) = session {
                        work.disconnected(session, id).await;
                    }
                }
            }
        });
    }

    fn spawn<F>(&mut self, work: Work, socket: Option<usize>, job: impl FnOnce(Work) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        self.last += 1;
        let id = self.last;
        let (node, spot) = (work.node, work.spot.clone());
        self.tasks.insert(id, Task { node, spot, work: Box::pin(job(work)), socket });
        self.poll(id);
    }

    fn poll(&mut self, id: u64) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        let polls = if self.cluster.conditions.store.1 == 0 { AT_ONCE } else { 1 };
        let context = &mut Context::from_waker(Waker::noop());
        let is_done = (0..polls).any(|_| task.work.as_mut().poll(context).is_ready());
        let (node, socket) = (task.node, task.socket);
        if is_done {
            self.tasks.remove(&id);
        } else {
            let delay = self.store_delay();
            self.at(self.now() + delay, Item::Poll(id));
        }
        self.take_effects();
        if let Some(socket) = socket.filter(|_| is_done) {
            if let Some(socket) = self.sockets.get_mut(&socket) {
                socket.working = false;
            }
            self.work_off(socket);
        }
        let sprung = self.cluster.probe.lock().unwrap().sprung.take();
        if let Some(node_to_stop) = sprung {
            debug_assert_eq!(node, node_to_stop);
            self.spring(node_to_stop);
        }
    }

    fn store_delay(&mut self) -> Millis {
        let conditions = &self.cluster.conditions;
        let (low, high) = conditions.store;
        if high == 0 {
            return 1;
        }
        if !self.healed && self.rng.chance(conditions.stalls) {
            return self.rng.between(20, 4_000) as Millis;
        }
        let high = if self.healed { high.min(low + 10) } else { high };
        self.rng.between(low as usize, high as usize) as Millis
    }

    /// A node has run into a trap: it dies, or it stands still and wakes up late.
    fn spring(&mut self, node: usize) {
        if self.rng.chance(800) {
            let back = self.rng.between(500, 15_000) as Millis;
            self.kill(node, Some(back));
        } else {
            let until = self.now() + self.rng.between(100, 12_000) as Millis;
            self.frozen.insert(node, until);
        }
    }

    /// Performs what the nodes want.
    pub fn take_effects(&mut self) {
        let effects = std::mem::take(&mut self.cluster.state.borrow_mut().effects);
        for effect in effects {
            match effect {
                Effect::Send(socket, frame) => self.send_down(socket, *frame),
                Effect::Close(socket, code) => self.close(socket, code),
                Effect::Pass(node, passed) => self.pass_on(node, passed),
                Effect::Timer(node, at, due) => {
                    let epoch = self.cluster.state.borrow().nodes[node].epoch;
                    let at = at.saturating_sub(self.cluster.conditions.skews[node]).max(self.now());
                    self.at(at, Item::Timer(node, epoch, due));
                }
            }
        }
    }

    fn pass_on(&mut self, node: usize, passed: Passed) {
        let conditions = &self.cluster.conditions;
        let (low, high) = conditions.bus;
        if !self.healed && self.rng.chance(self.cluster.bus_loss.get()) {
            return;
        }
        let delay = self.rng.between(low as usize, high as usize) as Millis;
        self.at(self.now() + delay, Item::Pass(node, passed));
    }

    fn pass(&mut self, node: usize, passed: Passed) {
        if !self.cluster.state.borrow().nodes[node].alive {
            return;
        }
        match passed {
            Passed::News(committed) => Work::new(&self.cluster, node).deliver_here(&committed),
            Passed::Frame(socket, frame) => self.send_down(socket, *frame),
        }
        self.take_effects();
    }

    // Sockets.

    /// A node dies between two operations of the store.
    pub fn kill(&mut self, node: usize, back_after: Option<Millis>) {
        let now = self.now();
        let mut lost: Vec<u64> = self.tasks.iter().filter(|(_, it)| it.node == node).map(|(id, _)| *id).collect();
        lost.sort_unstable();
        for id in lost {
            let task = self.tasks.remove(&id).expect("a task");
            self.crashes.extend(*task.spot.lock().unwrap());
        }
        {
            let mut state = self.cluster.state.borrow_mut();
            if !std::mem::replace(&mut state.nodes[node].alive, false) {
                return;
            }
            let epoch = state.nodes[node].epoch;
            state.dead.push((epoch, now));
            state.sessions.retain(|session| session.node != node || session.saved);
            for session in state.sessions.iter_mut().filter(|session| session.node == node) {
                (session.socket, session.forgotten) = (None, true);
                session.lost_at.get_or_insert(now);
                session.told = call_core::Told::default();
            }
        }
        let mut sockets: Vec<usize> =
            self.sockets.iter().filter(|(_, it)| it.node == node).map(|(id, _)| *id).collect();
        sockets.sort_unstable();
        for id in sockets {
            let notices = self.rng.between(1, 3_000) as Millis;
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.open_at_node = false;
                socket.inbox.clear();
                socket.working = false;
            }
            self.break_socket(id, Some(notices), None);
        }
        self.frozen.remove(&node);
        if let Some(after) = back_after {
            self.at(now + after, Item::Start(node));
        }
    }

    pub fn start(&mut self, node: usize) {
        self.last += 1;
        let epoch = self.last;
        let alone = {
            let mut state = self.cluster.state.borrow_mut();
            if state.nodes[node].alive {
                return;
            }
            state.nodes[node] = Node::new(epoch);
            state.nodes.len() == 1
        };
        if alone {
            let work = Work::new(&self.cluster, node);
            self.spawn(work, None, |work| async move { work.restore().await });
        }
        self.schedule_sweep(node);
    }

    pub fn end_by_server(&mut self, call: &Call, node: usize) {
        let work = Work::new(&self.cluster, node);
        let id = call.id.clone();
        self.spawn(work, None, |work| async move { drop(work.step(&id, Step::EndByServer).await) });
    }

    fn schedule_sweep(&mut self, node: usize) {
        let epoch = self.cluster.state.borrow().nodes[node].epoch;
        self.at(self.now() + SWEEP, Item::Sweep(node, epoch));
    }

    fn is_up(&self, node: usize, epoch: NodeEpochOf) -> bool {
        let state = self.cluster.state.borrow();
        state.nodes[node].alive && state.nodes[node].epoch == epoch
    }

    /// From now on everything works.
    pub fn heal(&mut self) {
        self.healed = true;
        self.wake_all();
        self.cluster.store.heal();
        while self.cluster.store.flush_one() {}
        {
            let mut probe = self.cluster.probe.lock().unwrap();
            probe.cut_off.clear();
            probe.traps.clear();
            probe.slow = None;
        }
        for node in 0..self.cluster.conditions.skews.len() {
            self.start(node);
        }
        let names: Vec<_> = self.people.keys().copied().collect();
        for name in names {
            let person = self.person(name);
            (person.offline_until, person.no_server_until) = (None, None);
            let broken = person.socket.filter(|socket| self.sockets.get(socket).is_some_and(Socket::is_broken));
            if let Some(socket) = broken {
                self.lose(socket, 1006);
            }
        }
    }

    fn latency(&mut self) -> Millis {
        let (low, high) = self.cluster.conditions.latency;
        self.rng.between(low as usize, high as usize) as Millis
    }

    fn at(&mut self, at: Millis, item: Item) {
        self.last += 1;
        self.agenda.insert((at, self.last), item);
    }
}
