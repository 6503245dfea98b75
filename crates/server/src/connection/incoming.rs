use crate::outbox::Closing;
use axum::{
    Error,
    extract::ws::{Message, Utf8Bytes},
};
use futures::{Stream, StreamExt};
use tokio_tungstenite::tungstenite::Error as WsError;

/// What a socket yields.
pub enum Incoming {
    Text(Utf8Bytes),
    /// A sign of life without content.
    Control,
    /// The client has closed, or the network has.
    Gone,
    /// The client broke WebSocket's rules or this protocol's.
    Broken(Closing),
}

pub async fn next<S: Stream<Item = Result<Message, Error>> + Unpin>(stream: &mut S) -> Incoming {
    match stream.next().await {
        Some(Ok(Message::Text(text))) => Incoming::Text(text),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Control,
        Some(Ok(Message::Binary(_))) => Incoming::Broken(Closing { code: 1003, reason: "text frames only" }),
        Some(Ok(Message::Close(_))) | None => Incoming::Gone,
        Some(Err(error)) => broken(error),
    }
}

fn broken(error: Error) -> Incoming {
    let Ok(error) = error.into_inner().downcast::<WsError>() else { return Incoming::Gone };
    let (code, reason) = match *error {
        WsError::Capacity(_) => (1009, "frame above 64 KiB"),
        WsError::Utf8(_) => (1007, "not UTF-8"),
        WsError::Protocol(_) => (1002, "not WebSocket"),
        _ => return Incoming::Gone,
    };
    Incoming::Broken(Closing { code, reason })
}
