//! The wire: what call clients and servers say to each other.
//!
//! JSON text frames over one WebSocket (`/v1/ws`, subprotocol [`SUBPROTOCOL`]). A client sends
//! [`ClientFrame`]s, the server [`ServerFrame`]s. A client's frame with an `id` other than 0 is a
//! request: exactly one [`ServerMessage::Done`] or [`ServerMessage::Error`] carries that id back.
//! Unknown fields are ignored, unknown message types answered with [`ErrorCode::BadRequest`].
//!
//! State is the message: a change of a call reaches its members as a whole [`Snapshot`], and a client
//! derives its events from the difference to the snapshot it had. So nothing is ever replayed.
//!
//! All times are milliseconds since the Unix epoch by the server's clock, unless a name says otherwise.

mod call;
mod close;
mod error;
mod id;
mod message;
mod signal;

pub use call::*;
pub use close::CloseCode;
pub use error::{ErrorCode, WireError};
pub use id::{CallId, InvalidId, UserId};
pub use message::*;
pub use signal::*;

/// The WebSocket subprotocol a client must offer.
pub const SUBPROTOCOL: &str = "open-call.v1";

/// Milliseconds since the Unix epoch, or a length of time in milliseconds.
pub type Millis = u64;

/// How often a user entered this call: +1 at each (re)invite or (re)join. Commands name it, so that a
/// late one never acts on a later membership.
pub type Generation = u32;
