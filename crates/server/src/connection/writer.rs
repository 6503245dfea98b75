use super::{Shared, Stage, close};
use crate::{
    config::Timings,
    frames::encode,
    hub::{Session, closing},
    outbox::{Closing, Outgoing, Queue},
    random,
};
use axum::extract::ws::{Message, Utf8Bytes};
use call_protocol::{CloseCode, GoAway, ServerMessage};
use futures::{Sink, SinkExt};
use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

/// Why the write loop ends.
enum End {
    /// With a close frame.
    Close(Closing),
    /// The socket takes nothing any more.
    Dead,
}

struct Writer<'a, S> {
    sink: &'a mut S,
    session: &'a Session,
    shared: &'a Shared,
    timings: &'a Timings,
}

/// Sends what the outbox holds, beats, and says when the userSig has expired or the server will stop.
pub async fn run<S: Sink<Message> + Unpin>(
    sink: &mut S,
    queue: Queue,
    session: &Session,
    shared: &Shared,
    stage: watch::Receiver<Stage>,
    timings: &Timings,
) {
    let overflow = queue.overflow();
    let mut writer = Writer { sink, session, shared, timings };
    let end = tokio::select! {
        end = writer.write_all(queue, stage) => end,
        // Also while a frame is stuck.
        () = overflow.notified() => End::Close(closing(CloseCode::SlowConsumer)),
    };
    if let End::Close(how) = end {
        close(writer.sink, how).await;
    }
}

impl<S: Sink<Message> + Unpin> Writer<'_, S> {
    async fn write_all(&mut self, mut queue: Queue, mut stage: watch::Receiver<Stage>) -> End {
        let mut beat_at = Instant::now();
        let mut expiry_told_for = None;
        loop {
            // Entering a call brings the next beat closer.
            beat_at = beat_at.min(Instant::now() + self.beat_interval());
            let expires = self.session.sig_expires();
            let expiry = (expiry_told_for != Some(expires)).then(|| instant_of(expires));
            let sent = tokio::select! {
                biased;
                outgoing = queue.next() => match outgoing {
                    Some(Outgoing::Frame(frame)) => self.send(frame).await,
                    Some(Outgoing::Close(how)) => return End::Close(how),
                    None => return End::Dead,
                },
                () = sleep_until(beat_at) => {
                    if !self.shared.heard.swap(false, Ordering::Relaxed) {
                        return End::Close(closing(CloseCode::Silent));
                    }
                    beat_at = Instant::now() + self.beat_interval();
                    self.send(encode::<()>(0, ServerMessage::Beat)).await
                }
                () = sleep_until(expiry.unwrap_or(beat_at)), if expiry.is_some() => {
                    expiry_told_for = Some(expires);
                    self.send(encode::<()>(0, ServerMessage::SigExpired)).await
                }
                changed = stage.changed() => {
                    let now = *stage.borrow();
                    match now {
                        Stage::Draining if changed.is_ok() => self.send(go_away(self.timings.drain)).await,
                        Stage::Running if changed.is_ok() => Some(()),
                        _ => return End::Close(closing(CloseCode::GoingAway)),
                    }
                }
            };
            if sent.is_none() {
                return End::Dead;
            }
        }
    }

    /// None: the client did not take it in time.
    async fn send(&mut self, frame: Utf8Bytes) -> Option<()> {
        timeout(self.timings.write, self.sink.send(Message::Text(frame))).await.ok()?.ok()
    }

    fn beat_interval(&self) -> Duration {
        if self.session.call().is_some() { self.timings.beat_in_call } else { self.timings.beat_idle }
    }
}

/// Not all at once: each client after a time of its own, within the time that the server waits.
fn go_away(drain: Duration) -> Utf8Bytes {
    let span = u32::try_from(drain.as_millis() / 2).unwrap_or(u32::MAX).max(1);
    let after = u32::from_le_bytes(random::bytes()) % span;
    encode::<()>(0, ServerMessage::GoAway(GoAway { after }))
}

fn instant_of(millis: u64) -> Instant {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // A year is as good as never, and can't overflow.
    let delay = Duration::from_millis(millis).saturating_sub(now).min(Duration::from_secs(365 * 24 * 3600));
    Instant::now() + delay
}
