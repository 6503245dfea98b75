use super::step_kind::Kind;
use call_core::Call;
use call_protocol::Phase;
use std::collections::BTreeSet;

/// What a call was before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Absent,
    Placing,
    Ringing,
    Connected,
    Aborted,
}

/// How far a node came with a step before it died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// It had decided, and the store had not heard of it.
    Before,
    /// It is in the store, and nobody was told.
    Written,
    /// It was told, if it is to be, and the node had more to do for the same request.
    Later,
    /// The node lives.
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    pub state: State,
    pub group: bool,
    pub step: Kind,
    pub point: Point,
}

/// Stops a node at the first moment of this kind that it comes to.
#[derive(Debug, Clone, Copy)]
pub struct Trap(pub Spot);

/// Sees where nodes are in their work.
#[derive(Debug, Default)]
pub struct Probe {
    pub traps: Vec<Trap>,
    /// The node that has run into a trap.
    pub sprung: Option<usize>,
    /// Nodes that the store does not answer.
    pub cut_off: BTreeSet<usize>,
    pub reached: BTreeSet<Spot>,
    /// Whoever comes to this moment has to wait for the store for long.
    pub slow: Option<Spot>,
}

impl Probe {
    /// Whether the node is to be stopped here.
    pub fn springs(&mut self, node: usize, spot: Spot) -> bool {
        let meant = |trap: &Trap| trap.0 == spot;
        let Some(index) = self.traps.iter().position(meant) else { return false };
        self.traps.remove(index);
        self.sprung = Some(node);
        true
    }
}

impl State {
    pub const ALL: [Self; 5] = [Self::Absent, Self::Placing, Self::Ringing, Self::Connected, Self::Aborted];

    pub fn of(call: Option<&Call>) -> Self {
        let Some(call) = call else { return Self::Absent };
        match call.phase {
            Phase::Placing => Self::Placing,
            Phase::Ringing => Self::Ringing,
            Phase::Connected => Self::Connected,
            Phase::Ended => Self::Aborted,
        }
    }
}

impl Point {
    pub const ALL: [Self; 4] = [Self::Before, Self::Written, Self::Later, Self::Done];
}
