use super::{
    CLOSE_TIME, Shared,
    incoming::{self, Incoming},
    logged,
};
use crate::{
    frames::{BadFrame, Opaque, decode, encode},
    hub::{Hub, LOGGED_OUT, Session, closing},
    limits::{Bucket, Limits},
    metrics,
    outbox::{Closing, Outbox},
};
use axum::{Error, extract::ws::Message};
use call_protocol::{ClientFrame, ClientMessage, CloseCode, ServerMessage, WireError};
use futures::{Stream, StreamExt};
use std::sync::{Arc, atomic::Ordering};
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, debug};

/// So many malformed frames in a row, and the client is not one of ours.
const MAX_BAD_FRAMES: u32 = 20;

/// Ends when the socket or the write loop does.
pub async fn run<S>(stream: &mut S, outbox: &Outbox, hub: &Hub, session: &Arc<Session>, shared: &Shared)
where
    S: Stream<Item = Result<Message, Error>> + Unpin,
{
    let ended = shared.written.notified();
    tokio::pin!(ended);
    let mut bad_frames = 0;
    let mut read = Bucket::default();
    let closing = loop {
        let incoming = tokio::select! {
            biased;
            incoming = next(stream, &mut read, &hub.config.limits) => incoming,
            () = &mut ended => return drain(stream).await,
        };
        shared.heard.store(true, Ordering::Relaxed);
        match incoming {
            Incoming::Control => {}
            Incoming::Gone => break GONE,
            Incoming::Broken(how) => break how,
            Incoming::Text(text) => match decode_counted(&text) {
                Ok(frame) => {
                    bad_frames = 0;
                    // What requests need is large, and most connections are idle.
                    let span = logged::span(&frame.body, session);
                    if Box::pin(handle(frame, outbox, hub, session).instrument(span)).await.is_none() {
                        break LOGGED_OUT;
                    }
                }
                Err(BadFrame { id, error }) => {
                    bad_frames += 1;
                    outbox.send(encode::<()>(id, ServerMessage::Error(error)));
                    if bad_frames == MAX_BAD_FRAMES {
                        break closing(CloseCode::Protocol);
                    }
                }
            },
        }
    };
    outbox.close(closing);
    ended.await;
    drain(stream).await;
}

fn decode_counted(text: &str) -> Result<ClientFrame<Opaque<'_>>, BadFrame> {
    metrics::frame_received();
    decode(text).inspect_err(|bad| metrics::refused(bad.error.code))
}

/// A client that sends too much is read later: nothing is lost, and only it has to wait.
async fn next<S>(stream: &mut S, read: &mut Bucket, limits: &Limits) -> Incoming
where
    S: Stream<Item = Result<Message, Error>> + Unpin,
{
    if let Some(rate) = &limits.messages {
        while let Err(wait) = read.take(rate, Instant::now()) {
            Box::pin(sleep(wait)).await;
        }
    }
    incoming::next(stream).await
}

/// The answer to a client's close.
const GONE: Closing = Closing { code: 1000, reason: "" };

/// None: the session is over.
async fn handle(frame: ClientFrame<Opaque<'_>>, outbox: &Outbox, hub: &Hub, session: &Arc<Session>) -> Option<()> {
    let id = frame.id;
    debug!("request");
    let result = match frame.body {
        ClientMessage::Login(login) => match hub.renew(session, &login).await {
            Ok(welcome) => {
                outbox.send(encode(id, ServerMessage::Welcome(welcome)));
                return Some(());
            }
            Err(error) => Err(error),
        },
        ClientMessage::Logout => {
            let result = hub.logout(session).await;
            let is_over = result.is_ok();
            answer(id, result, outbox);
            if is_over {
                hub.end(session);
                return None;
            }
            return Some(());
        }
        ClientMessage::Invite(invite) => hub.invite(session, invite).await,
        ClientMessage::Accept(of) => hub.accept(session, of).await,
        ClientMessage::Reject(of) => hub.reject(session, of).await,
        ClientMessage::Leave(of) => hub.leave(session, of).await,
        ClientMessage::InviteMore(more) => hub.invite_more(session, more).await,
        ClientMessage::Join(to) => hub.join(session, to).await,
        ClientMessage::SwitchMedia(switch) => hub.switch_media(session, switch).await,
        ClientMessage::Signal(signal) => hub.signal(session, signal).await.map_err(WireError::from),
        ClientMessage::Beat(beat) => {
            hub.beat(session, beat).await;
            Ok(())
        }
    };
    answer(id, result, outbox);
    Some(())
}

fn answer(id: u32, result: Result<(), WireError>, outbox: &Outbox) {
    if let Err(error) = &result {
        metrics::refused(error.code);
    }
    if id == 0 {
        return;
    }
    let body = result.map_or_else(ServerMessage::<()>::Error, |()| ServerMessage::Done);
    outbox.send(encode(id, body));
}

/// Reads what is still on its way, so that the close frame is not lost with it.
async fn drain<S: Stream + Unpin>(stream: &mut S) {
    let _ = timeout(CLOSE_TIME, stream.for_each(|_| async {})).await;
}
