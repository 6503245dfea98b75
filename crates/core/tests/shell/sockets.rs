use call_protocol::{ClientFrame, Millis, ServerFrame, Signal};
use std::collections::VecDeque;

/// One connection between a page and a node. Frames arrive in order or not at all.
pub struct Socket {
    pub page: &'static str,
    pub node: usize,
    /// The page has not closed it and has not noticed that it is broken.
    pub open_at_page: bool,
    pub open_at_node: bool,
    /// What arrives after these moments is lost.
    pub up_until: Millis,
    pub down_until: Millis,
    /// The last arrival so far: nothing overtakes.
    pub up_last: Millis,
    pub down_last: Millis,
    /// What the node has received and not worked off, frame by frame.
    pub inbox: VecDeque<Arrived>,
    pub working: bool,
    pub heard: bool,
    pub beat_at: Millis,
    /// What waits for the welcome, which goes first.
    pub held: Vec<ServerFrame<Signal>>,
    pub greeted: bool,
}

pub enum Arrived {
    Frame(ClientFrame<Signal>),
    Gone,
}

impl Socket {
    pub fn new(page: &'static str, node: usize) -> Self {
        Self {
            page,
            node,
            open_at_page: true,
            open_at_node: true,
            up_until: Millis::MAX,
            down_until: Millis::MAX,
            up_last: 0,
            down_last: 0,
            inbox: VecDeque::new(),
            working: false,
            heard: true,
            beat_at: Millis::MAX,
            held: Vec::new(),
            greeted: false,
        }
    }

    pub fn is_whole(&self) -> bool {
        self.open_at_page && self.open_at_node && self.up_until == Millis::MAX && self.down_until == Millis::MAX
    }

    pub fn is_broken(&self) -> bool {
        self.up_until != Millis::MAX || self.down_until != Millis::MAX || !self.open_at_node
    }
}
