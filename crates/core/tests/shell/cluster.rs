use super::{conditions::Conditions, probe::Probe, session::Session};
use crate::support::{rng::Rng, sim_store::SimStore, time::VirtualClock};
use call_core::{Call, Clock, Committed, NodeEpoch, SessionId};
use call_protocol::{CallId, Millis, ServerFrame, ServerMessage, Signal, UserId};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// All server nodes, on one store. Sessions are kept where every node finds them, as a cluster must.
pub struct Cluster {
    /// Without anybody's skew.
    pub clock: VirtualClock,
    pub conditions: Conditions,
    pub store: SimStore,
    pub probe: Arc<Mutex<Probe>>,
    pub state: RefCell<State>,
    /// Several devices of one user may be logged in.
    pub multi_device: Cell<bool>,
    /// Of 1000 messages between nodes so many are lost.
    pub bus_loss: Cell<u64>,
}

#[derive(Default)]
pub struct State {
    pub nodes: Vec<Node>,
    /// Nodes that died, and when.
    pub dead: Vec<(NodeEpoch, Millis)>,
    pub sessions: Vec<Session>,
    pub offers: HashMap<CallId, Signal>,
    /// What the nodes want of the world, in order.
    pub effects: Vec<Effect>,
    /// Everything that was told, by whichever node.
    pub told: Vec<Committed>,
    /// Whose part in a call a node has ended without a farewell, or whose farewell it could not store.
    pub silent: Vec<(CallId, UserId)>,
    /// The first step that was answered as done and is not.
    pub undone: Option<String>,
    last_session: u64,
}

pub struct Node {
    pub epoch: NodeEpoch,
    pub alive: bool,
    /// What it remembers of calls, as of the newest revision it heard of.
    pub known: HashMap<CallId, Arc<Call>>,
}

#[allow(clippy::large_enum_variant)] // few live at a time
pub enum Effect {
    /// To a page.
    Send(usize, Box<ServerFrame<Signal>>),
    Close(usize, u16),
    /// To another node.
    Pass(usize, Passed),
    /// On this node, at a time of its own clock.
    Timer(usize, Millis, Due),
}

#[derive(Clone)]
pub enum Passed {
    News(Committed),
    Frame(usize, Box<ServerFrame<Signal>>),
}

#[derive(Clone)]
pub enum Due {
    Call(CallId),
    /// Peers were not told yet that the session lost its socket.
    Away(SessionId),
    Session(SessionId),
    /// What is the call of this session?
    Look(SessionId),
    /// Somebody may ring in this call of whom another node has not heard; the number of the attempt.
    RingAgain(CallId, usize),
}

impl Cluster {
    pub fn new(conditions: Conditions, rng: &mut Rng) -> Self {
        let clock = VirtualClock::new();
        let nodes = (0..conditions.skews.len()).map(|number| Node::new(number as u64 + 1)).collect();
        Self {
            clock,
            multi_device: Cell::new(conditions.multi_device),
            bus_loss: Cell::new(conditions.bus_loss),
            store: SimStore::new(Rng::new(rng.next()), conditions.store_faults),
            conditions,
            probe: Arc::default(),
            state: RefCell::new(State { nodes, ..State::default() }),
        }
    }

    /// As `node` sees it.
    pub fn now(&self, node: usize) -> Millis {
        self.clock.now() + self.conditions.skews[node]
    }

    /// As they are stored, in an order that is the same in each run.
    pub fn calls(&self) -> Vec<Arc<Call>> {
        let mut calls = self.store.memory.calls();
        calls.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        calls
    }
}

impl Node {
    pub fn new(epoch: NodeEpoch) -> Self {
        Self { epoch, alive: true, known: HashMap::new() }
    }
}

impl State {
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    pub fn session_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    pub fn at(&self, socket: usize) -> Option<SessionId> {
        self.sessions.iter().find(|session| session.socket == Some(socket)).map(|session| session.id)
    }

    pub fn of_user(&self, user: &UserId) -> Vec<SessionId> {
        self.sessions.iter().filter(|session| session.user == *user).map(|session| session.id).collect()
    }

    pub fn next_session(&mut self) -> u64 {
        self.last_session += 1;
        self.last_session
    }

    /// To the page that a session has its socket with. `by`: the node that sends.
    pub fn send(&mut self, by: usize, to: SessionId, body: ServerMessage<Signal>) {
        let Some((node, Some(socket))) = self.session(to).map(|session| (session.node, session.socket)) else { return };
        let frame = ServerFrame { re: 0, body };
        self.effects.push(match node == by {
            true => Effect::Send(socket, Box::new(frame)),
            false => Effect::Pass(node, Passed::Frame(socket, Box::new(frame))),
        });
    }
}
