use crate::Generation;
use serde::{Deserialize, Serialize};

/// What members of one call say to each other. The server relays it without looking inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    Description(Description),
    Candidate(Candidate),
    Media(MediaState),
    /// Asks the other side for its current description, all its candidates and its media state.
    Resend,
    /// The sender has left the call with this generation. By data channel only.
    Bye {
        #[serde(rename = "gen")]
        generation: Generation,
    },
    /// The sender is there. By data channel only.
    Ping,
    /// By data channel only. Who does not know it sends what it would send to a member that shows everything.
    Shows(Shows),
}

/// A session description of one negotiation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Names the sender's peer connection; a new one has a higher number.
    pub epoch: u32,
    /// Counts the sender's offers from 1; in an answer, the number of the offer that it answers. So a doubled or late
    /// one is recognised, whichever way it came.
    pub n: u32,
    pub kind: DescriptionKind,
    pub sdp: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionKind {
    Offer,
    Answer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub epoch: u32,
    pub candidate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u16>,
}

/// How many lines of the receiver's pictures the sender of this can see, in pixels of its screen: what a picture's shorter
/// side needs to fill its place there. 0 = hidden, so that nothing need be sent; left out = as many as there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shows {
    pub camera: u16,
    pub screen: u16,
}

impl Default for Shows {
    fn default() -> Self {
        Self { camera: u16::MAX, screen: u16::MAX }
    }
}

/// What a member publishes. Of one generation the highest `n` wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaState {
    #[serde(rename = "gen")]
    pub generation: Generation,
    pub n: u32,
    pub audio: bool,
    pub video: bool,
    pub screen: bool,
}
