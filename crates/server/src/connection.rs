//! One WebSocket: first the login, then a read loop and a write loop side by side. Requests of one connection are
//! handled one after the other; a request that has begun is finished even if the socket is lost meanwhile.

mod handshake;
mod incoming;
mod reader;
mod writer;

use crate::{
    hub::Hub,
    outbox::{Closing, outbox},
};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::{Sink, SinkExt, StreamExt};
use std::{sync::Arc, sync::atomic::AtomicBool, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

/// No larger frame is read.
pub const MAX_FRAME: usize = 64 * 1024;

/// For the close frame to go out, and for the client's to come in.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// How far the server is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Running,
    /// Clients are told to go.
    Draining,
    /// Those that have not gone are closed.
    Closing,
}

/// What both loops of a connection know.
struct Shared {
    /// Something was heard since the last beat.
    heard: AtomicBool,
    /// The write loop has ended: nothing more can be sent.
    written: Notify,
}

pub async fn serve(mut socket: WebSocket, hub: Arc<Hub>, mut stage: watch::Receiver<Stage>) {
    let (outbox, queue) = outbox();
    let timings = hub.config.timings.clone();
    let logged_in = tokio::select! {
        logged_in = handshake::log_in(&mut socket, &hub, &outbox) => logged_in,
        () = until_closing(&mut stage) => return,
    };
    let Some((session, link_no)) = logged_in else { return };

    let (mut sink, mut stream) = socket.split();
    let shared = Shared { heard: AtomicBool::new(true), written: Notify::new() };
    let write = async {
        writer::run(&mut sink, queue, &session, &shared, stage, &timings).await;
        shared.written.notify_one();
    };
    let read = reader::run(&mut stream, &outbox, &hub, &session, &shared);
    tokio::join!(write, read);
    hub.disconnected(&session, link_no).await;
}

async fn close<S: Sink<Message> + Unpin>(sink: &mut S, closing: Closing) {
    let frame = CloseFrame { code: closing.code, reason: closing.reason.into() };
    // A client that is gone needs no goodbye.
    let _ = timeout(CLOSE_TIME, sink.send(Message::Close(Some(frame)))).await;
}

async fn until_closing(stage: &mut watch::Receiver<Stage>) {
    // An error means that the server has ended.
    let _ = stage.wait_for(|stage| *stage == Stage::Closing).await;
}
