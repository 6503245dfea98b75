use crate::support::names::GRACE;
use call_core::{Joining, Policy};
use call_protocol::Millis;
use serde::{Deserialize, Serialize};

/// What the world is like, in milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conditions {
    /// By how much the clock of each node is ahead.
    pub skews: Vec<Millis>,
    /// One way between a page and its node.
    pub latency: (Millis, Millis),
    /// Half of an operation of the store.
    pub store: (Millis, Millis),
    /// Between two nodes.
    pub bus: (Millis, Millis),
    /// Of 1000 messages between nodes so many are lost.
    pub bus_loss: u64,
    /// Of 1000 operations of the store so many give no answer.
    pub store_faults: u64,
    /// Of 1000 operations of the store so many take up to some seconds.
    pub stalls: u64,
    pub claim_time: Millis,
    pub crossing_invites_connect: bool,
    pub only_invited_join: bool,
    pub multi_device: bool,
    /// Pages reach each other by data channel.
    pub channels: bool,
}

impl Conditions {
    /// One node, a steady network, and a store that takes no time.
    pub fn calm() -> Self {
        Self {
            skews: vec![0],
            latency: (10, 10),
            store: (0, 0),
            bus: (0, 0),
            bus_loss: 0,
            store_faults: 0,
            stalls: 0,
            claim_time: Policy::default().claim_time,
            crossing_invites_connect: true,
            only_invited_join: false,
            multi_device: false,
            channels: false,
        }
    }

    pub fn policy(&self) -> Policy {
        Policy {
            grace: GRACE,
            claim_time: self.claim_time,
            crossing_invites_connect: self.crossing_invites_connect,
            joining: if self.only_invited_join { Joining::Invited } else { Joining::Open },
            ..Policy::default()
        }
    }
}
