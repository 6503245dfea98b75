//! One WebSocket: first the login, then a read loop and a write loop side by side. Requests of one connection are
//! handled one after the other; a request that has begun is finished even if the socket is lost meanwhile.

mod handshake;
mod incoming;
mod logged;
mod reader;
mod writer;

use crate::{
    hub::{Hub, Session},
    outbox::{Closing, Outbox, Queue, outbox},
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

/// A connection that is a session's link.
pub struct Connection {
    socket: WebSocket,
    outbox: Outbox,
    queue: Queue,
    session: Arc<Session>,
    link_no: u64,
}

impl Connection {
    /// Reads until the client has logged in. None: it has not; the socket is closed.
    pub async fn log_in(mut socket: WebSocket, hub: &Hub, mut stage: watch::Receiver<Stage>) -> Option<Self> {
        let (outbox, queue) = outbox();
        let logged_in = tokio::select! {
            logged_in = handshake::log_in(&mut socket, hub, &outbox) => logged_in,
            () = until_closing(&mut stage) => None,
        };
        let (session, link_no) = logged_in?;
        Some(Self { socket, outbox, queue, session, link_no })
    }

    /// Reads and writes until either side ends it. Most connections are idle: what this future holds meanwhile, each of
    /// them costs.
    /// `open` is dropped at the end.
    pub fn serve(
        self,
        hub: Arc<Hub>,
        stage: watch::Receiver<Stage>,
        open: impl Send,
    ) -> impl Future<Output = ()> + Send {
        let Self { socket, outbox, queue, session, link_no } = self;
        let (mut sink, mut stream) = socket.split();
        async move {
            let shared = Shared { heard: AtomicBool::new(true), written: Notify::new() };
            // Made in place: a future that is moved has room in the outer one twice.
            tokio::join!(
                async {
                    writer::run(&mut sink, queue, &session, &shared, stage, &hub.config.timings).await;
                    shared.written.notify_one();
                },
                reader::run(&mut stream, &outbox, &hub, &session, &shared),
            );
            Box::pin(hub.disconnected(&session, link_no)).await;
            drop(open);
        }
    }
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
