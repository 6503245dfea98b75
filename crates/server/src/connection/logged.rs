//! What log lines say of the request that they come from.

use crate::hub::Session;
use call_protocol::{CallId, ClientMessage, Join};
use tracing::{Span, debug_span, field::Empty, info_span};

/// Names the session, and the call if the request is about one; nothing that people say.
pub fn span<S>(message: &ClientMessage<S>, session: &Session) -> Span {
    let (kind, call) = named(message);
    let span = match message {
        // Many, and they take no step.
        ClientMessage::Signal(_) | ClientMessage::Beat(_) => debug_span!("request", kind, ?session, call = Empty),
        _ => info_span!("request", kind, ?session, call = Empty),
    };
    if let Some(call) = call {
        span.record("call", tracing::field::display(call));
    }
    span
}

fn named<S>(message: &ClientMessage<S>) -> (&'static str, Option<&CallId>) {
    match message {
        ClientMessage::Login(_) => ("login", None),
        ClientMessage::Logout => ("logout", None),
        ClientMessage::Invite(invite) => ("invite", Some(&invite.call)),
        ClientMessage::Accept(of) => ("accept", Some(&of.call)),
        ClientMessage::Reject(of) => ("reject", Some(&of.call)),
        ClientMessage::Leave(leave) => ("leave", Some(&leave.call)),
        ClientMessage::InviteMore(more) => ("invite_more", Some(&more.call)),
        ClientMessage::Join(Join::Call(call)) => ("join", Some(call)),
        ClientMessage::Join(Join::Room { .. }) => ("join", None),
        ClientMessage::SwitchMedia(switch) => ("switch_media", Some(&switch.call)),
        ClientMessage::Signal(signal) => ("signal", Some(&signal.call)),
        ClientMessage::Beat(beat) => ("beat", beat.call.as_ref()),
    }
}
