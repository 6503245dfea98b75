use super::{Shared, Stage, close};
use crate::{
    config::Timings,
    frames::encode,
    hub::{Session, closing},
    metrics,
    outbox::{Closing, Outgoing, Queue},
    random,
};
use axum::extract::ws::{Message, Utf8Bytes};
use call_protocol::{CloseCode, GoAway, ServerMessage};
use futures::{Sink, SinkExt};
use std::{
    ops::ControlFlow,
    pin::pin,
    sync::atomic::Ordering,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

/// How many frames are handed to the operating system in one go.
const MOST_AT_ONCE: usize = 16;

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
        () = overflow => End::Close(closing(CloseCode::SlowConsumer)),
    };
    if let End::Close(how) = end {
        metrics::closed(how.code);
        close(writer.sink, how).await;
    }
}

impl<S: Sink<Message> + Unpin> Writer<'_, S> {
    async fn write_all(&mut self, mut queue: Queue, stage: watch::Receiver<Stage>) -> End {
        let mut beat_at = Instant::now();
        let mut expiry_told_for = None;
        // Both live through the loop: to arm them anew for each frame would cost more than the frame.
        let mut alarm = pin!(sleep_until(beat_at));
        let mut stage = pin!(next_stage(stage));
        loop {
            // Entering a call brings the next beat closer.
            beat_at = beat_at.min(Instant::now() + self.beat_interval());
            let expires = self.session.sig_expires();
            let expiry = (expiry_told_for != Some(expires)).then(|| instant_of(expires));
            let next = expiry.map_or(beat_at, |expiry| expiry.min(beat_at));
            // Later is no matter: an alarm that comes too early finds nothing to do.
            if next < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(next);
            }
            let sent = tokio::select! {
                biased;
                outgoing = queue.next() => match outgoing {
                    Outgoing::Frame(frame) => match self.send_with_all_that_waits(frame, &mut queue).await {
                        Some(ControlFlow::Break(how)) => return End::Close(how),
                        sent => sent.map(drop),
                    },
                    Outgoing::Close(how) => return End::Close(how),
                },
                () = &mut alarm => {
                    let now = Instant::now();
                    if beat_at <= now {
                        if !self.shared.heard.swap(false, Ordering::Relaxed) {
                            return End::Close(closing(CloseCode::Silent));
                        }
                        beat_at = now + self.beat_interval();
                        self.session.beat_sent();
                        self.send(encode::<()>(0, ServerMessage::Beat)).await
                    } else if expiry.is_some_and(|expiry| expiry <= now) {
                        expiry_told_for = Some(expires);
                        self.send(encode::<()>(0, ServerMessage::SigExpired)).await
                    } else {
                        Some(())
                    }
                }
                (now, rest) = &mut stage => match (now, rest) {
                    (Stage::Draining, Some(rest)) => {
                        stage.set(next_stage(rest));
                        self.send(go_away(self.timings.drain)).await
                    }
                    (Stage::Running, Some(rest)) => {
                        stage.set(next_stage(rest));
                        Some(())
                    }
                    _ => return End::Close(closing(CloseCode::GoingAway)),
                }
            };
            if sent.is_none() {
                return End::Dead;
            }
        }
    }

    /// None: the client did not take it in time.
    async fn send(&mut self, frame: Utf8Bytes) -> Option<()> {
        metrics::frame_sent();
        timeout(self.timings.write, self.sink.send(Message::Text(frame))).await.ok()?.ok()
    }

    /// In one go to the operating system. Break: the last thing was to close.
    async fn send_with_all_that_waits(&mut self, first: Utf8Bytes, queue: &mut Queue) -> Option<ControlFlow<Closing>> {
        let sending = async {
            metrics::frame_sent();
            self.sink.feed(Message::Text(first)).await?;
            let mut flow = ControlFlow::Continue(());
            for _ in 1..MOST_AT_ONCE {
                match queue.try_next() {
                    Some(Outgoing::Frame(frame)) => {
                        metrics::frame_sent();
                        self.sink.feed(Message::Text(frame)).await?;
                    }
                    Some(Outgoing::Close(how)) => {
                        flow = ControlFlow::Break(how);
                        break;
                    }
                    None => break,
                }
            }
            self.sink.flush().await?;
            Ok::<_, S::Error>(flow)
        };
        timeout(self.timings.write, sending).await.ok()?.ok()
    }

    fn beat_interval(&self) -> Duration {
        if self.session.was_shown_a_call() { self.timings.beat_in_call } else { self.timings.beat_idle }
    }
}

/// The next stage, and where the one after it will come from. None: the server has ended.
async fn next_stage(mut stage: watch::Receiver<Stage>) -> (Stage, Option<watch::Receiver<Stage>>) {
    let changed = stage.changed().await;
    let now = *stage.borrow_and_update();
    (now, changed.is_ok().then_some(stage))
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
