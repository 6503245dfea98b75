use super::{
    close,
    incoming::{self, Incoming},
};
use crate::{
    frames::{decode, encode},
    hub::{Hub, Session, closing},
    metrics,
    outbox::{Closing, Outbox},
};
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use call_protocol::{ClientMessage, CloseCode, ErrorCode, Login, ServerMessage, WireError};
use std::{ops::ControlFlow, sync::Arc};
use tokio::time::{Instant, timeout, timeout_at};

/// A session and the number of the link that this connection is to it.
type Link = (Arc<Session>, u64);

/// Reads until the client has logged in, and welcomes it. None: it has not; the socket is closed.
pub async fn log_in(socket: &mut WebSocket, hub: &Hub, outbox: &Outbox) -> Option<Link> {
    let deadline = Instant::now() + hub.config.timings.login;
    loop {
        // The deadline is for the client: a login that the server has begun is finished.
        let incoming = timeout_at(deadline, incoming::next(socket)).await;
        let step = match incoming {
            Err(_) => ControlFlow::Break(Err(closing(CloseCode::NotLoggedIn))),
            Ok(Incoming::Gone) => return None,
            Ok(Incoming::Control) => continue,
            Ok(Incoming::Broken(how)) => ControlFlow::Break(Err(how)),
            Ok(Incoming::Text(text)) => first_frame(&text, socket, hub, outbox).await,
        };
        match step {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(Ok(link)) => return Some(link),
            ControlFlow::Break(Err(how)) => {
                close(socket, how).await;
                return None;
            }
        }
    }
}

async fn first_frame(
    text: &str,
    socket: &mut WebSocket,
    hub: &Hub,
    outbox: &Outbox,
) -> ControlFlow<Result<Link, Closing>> {
    let (id, error) = match decode(text) {
        Ok(frame) => match frame.body {
            ClientMessage::Login(login) => return try_login(frame.id, &login, socket, hub, outbox).await,
            // Not worth an answer: the beat of a connection before this one.
            ClientMessage::Beat(_) => return ControlFlow::Continue(()),
            _ => (frame.id, ErrorCode::NotLoggedIn.into()),
        },
        Err(bad) => (bad.id, bad.error),
    };
    send(socket, hub, refusal(id, error)).await.map_or(gone(), |()| ControlFlow::Continue(()))
}

async fn try_login(
    id: u32,
    login: &Login,
    socket: &mut WebSocket,
    hub: &Hub,
    outbox: &Outbox,
) -> ControlFlow<Result<Link, Closing>> {
    let result = hub.login(login, outbox).await;
    metrics::login(result.is_ok());
    match result {
        Ok(logged_in) => {
            // Sent before anything from the outbox, which may hold news already.
            let welcome = encode(id, ServerMessage::Welcome(logged_in.welcome));
            if send(socket, hub, welcome).await.is_none() {
                hub.disconnected(&logged_in.session, logged_in.link_no).await;
                return gone();
            }
            ControlFlow::Break(Ok((logged_in.session, logged_in.link_no)))
        }
        Err(refused) => match send(socket, hub, refusal(id, refused.error)).await {
            Some(()) if refused.may_retry => ControlFlow::Continue(()),
            _ => ControlFlow::Break(Err(closing(CloseCode::NotLoggedIn))),
        },
    }
}

fn refusal(id: u32, error: WireError) -> Utf8Bytes {
    encode::<()>(id, ServerMessage::Error(error))
}

fn gone() -> ControlFlow<Result<Link, Closing>> {
    ControlFlow::Break(Err(closing(CloseCode::NotLoggedIn)))
}

/// None: it could not be sent in time.
async fn send(socket: &mut WebSocket, hub: &Hub, frame: Utf8Bytes) -> Option<()> {
    timeout(hub.config.timings.write, socket.send(Message::Text(frame))).await.ok()?.ok()
}
