//! Every decision about a call, as pure code: no socket, no browser, no clock, no chance. Time, ids and
//! randomness are arguments.
//!
//! Two halves share the vocabulary of `call-protocol`:
//!
//! - the **authority** (servers): [`Call`] is a value, [`transition()`] its one door, and
//!   [`Authority`] the procedures that take a step through a compare-and-swap [`Store`]; who is then told what is
//!   [`Committed::deliveries`] and [`Call::view_for`], where signals go is [`Call::route`];
//! - the **client** (browsers): [`Client`] turns commands, messages and the passing of time into outputs, and
//!   [`events`] derives what an application is told from two snapshots.

mod authority;
mod call;
mod client;
mod delivery;
mod diff;
mod error;
mod event;
mod negotiation;
mod quality;
mod relay;
mod second_login;
mod store;
mod told;
mod transition;
mod view;

pub use authority::{Authority, AuthorityError, Clock, Committed, Entry, Invite, Joining, Place, Policy};
pub use call::*;
pub use client::{
    Account, Client, Command, CommandId, Completed, MoreCallees, NewCall, Output, PeerId, PeerInput, SocketEvent,
};
pub use delivery::{Audience, BeatNews, Delivery, RING_AGAIN};
pub use diff::{View, events};
pub use error::CallError;
pub use event::{CallEvent, CallInfo, LinkState, PeerLinkState, Role};
pub use negotiation::{Negotiation, Order};
pub use quality::{Share, VIDEO_PROFILES, VideoProfile, screen_share, share};
pub use relay::Route;
pub use second_login::{Fate, Seat, fate};
pub use store::{Key, MemoryStore, Store, StoreError, Value, Version};
pub use told::Told;
pub use transition::{DropReason, InviteStep, Refused, Step, transition};
