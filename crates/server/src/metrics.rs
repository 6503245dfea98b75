//! What Prometheus is told, on the admin port. No label names a user, a call or an app: there are few series, however
//! many people call.

use crate::hub::CallObserver;
use call_core::{Call, Committed};
use call_protocol::{MediaType, Millis, Phase, Reason};
use metrics::{Counter, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use std::sync::LazyLock;

const CONNECTIONS: &str = "call_server_connections";
const LOGINS: &str = "call_server_logins_total";
const RECEIVED: &str = "call_server_frames_received_total";
const SENT: &str = "call_server_frames_sent_total";
const REFUSED: &str = "call_server_requests_refused_total";
const CLOSED: &str = "call_server_connections_closed_total";
const LIVE: &str = "call_server_calls_live";
const STORE: &str = "call_server_store_answers";
const RECORDS: &str = "call_server_records_written";
const PLACED: &str = "call_server_calls_placed_total";
const BEGUN: &str = "call_server_calls_begun_total";
const ENDED: &str = "call_server_calls_ended_total";
const RING_TIME: &str = "call_server_ring_seconds";
const CALL_TIME: &str = "call_server_call_seconds";
const WEBHOOKS: &str = "call_server_webhooks_total";

const RING_BUCKETS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0];
const CALL_BUCKETS: [f64; 8] = [5.0, 30.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 14_400.0];

/// None: another recorder is installed in this process.
static RECORDER: LazyLock<Option<Recorder>> = LazyLock::new(Recorder::install);

/// Counted for every frame: looked up once.
static FRAMES: LazyLock<(Counter, Counter)> = LazyLock::new(|| {
    LazyLock::force(&RECORDER);
    (counter!(RECEIVED), counter!(SENT))
});

struct Recorder {
    handle: PrometheusHandle,
    process: Collector,
}

impl Recorder {
    fn install() -> Option<Self> {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(RING_TIME.into()), &RING_BUCKETS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full(CALL_TIME.into()), &CALL_BUCKETS));
        let handle = builder.ok()?.install_recorder().ok()?;
        let process = Collector::default();
        process.describe();
        describe();
        Some(Self { handle, process })
    }
}

fn describe() {
    describe_gauge!(CONNECTIONS, "WebSockets that are open");
    describe_counter!(LOGINS, "Logins, by whether they were let in");
    describe_counter!(RECEIVED, "Frames from clients");
    describe_counter!(SENT, "Frames to clients");
    describe_counter!(REFUSED, "Requests of clients that were refused, by the error's code");
    describe_counter!(CLOSED, "WebSockets that the server closed, by its close code");
    describe_gauge!(LIVE, "Calls that ring or are connected, as far as this node knows");
    describe_gauge!(STORE, "1: a new call could be placed. 0: the store does not answer, or takes no writes");
    describe_gauge!(RECORDS, "1: records of calls that ended are written. 0: they wait for their database");
    describe_counter!(PLACED, "Calls that were placed");
    describe_counter!(BEGUN, "Calls in which two have met");
    describe_counter!(ENDED, "Calls that ended, by the vendor's reason");
    describe_histogram!(RING_TIME, "From placing a call until it began");
    describe_histogram!(CALL_TIME, "From a call's beginning to its end");
    describe_counter!(WEBHOOKS, "Webhooks, by what became of the attempt");
}

/// The text that Prometheus reads. None: nothing is recorded.
pub fn render(live_calls: usize, store_answers: bool) -> Option<String> {
    let recorder = RECORDER.as_ref()?;
    // No process has so many calls that a float could not count them.
    gauge!(LIVE).set(live_calls as f64);
    gauge!(STORE).set(f64::from(u8::from(store_answers)));
    recorder.process.collect();
    recorder.handle.run_upkeep();
    Some(recorder.handle.render())
}

/// A WebSocket, for as long as this lives.
pub struct OpenConnection;

impl OpenConnection {
    pub fn new() -> Self {
        LazyLock::force(&RECORDER);
        gauge!(CONNECTIONS).increment(1);
        Self
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(CONNECTIONS).decrement(1);
    }
}

pub fn frame_received() {
    FRAMES.0.increment(1);
}

pub fn frame_sent() {
    FRAMES.1.increment(1);
}

pub fn login(let_in: bool) {
    counter!(LOGINS, "result" => if let_in { "let_in" } else { "refused" }).increment(1);
}

pub fn refused(code: i32) {
    counter!(REFUSED, "code" => code.to_string()).increment(1);
}

pub fn closed(code: u16) {
    counter!(CLOSED, "code" => code.to_string()).increment(1);
}

pub fn records_written(are: bool) {
    gauge!(RECORDS).set(f64::from(u8::from(are)));
}

pub fn webhook(outcome: &'static str) {
    counter!(WEBHOOKS, "outcome" => outcome).increment(1);
}

/// Counts what becomes of calls, on the node that makes it so.
pub struct CallCounts;

impl CallObserver for CallCounts {
    fn committed(&self, committed: &Committed) {
        let (old, new) = (committed.old.as_deref(), &*committed.new);
        let was = |phase: Phase| old.is_some_and(|old| old.phase == phase);
        if new.phase != Phase::Placing && old.is_none_or(|old| old.phase == Phase::Placing) {
            counter!(PLACED, "media" => media(new), "group" => if new.group { "true" } else { "false" }).increment(1);
        }
        if let Some(begun) = new.begun_at.filter(|_| old.is_none_or(|old| old.begun_at.is_none())) {
            counter!(BEGUN).increment(1);
            histogram!(RING_TIME).record(seconds(new.created_at, begun));
        }
        if new.phase == Phase::Ended && !was(Phase::Ended) {
            let reason = new.end.as_ref().map_or(Reason::Unknown, |end| end.reason);
            counter!(ENDED, "reason" => reason.code().to_string()).increment(1);
            if let (Some(begun), Some(end)) = (new.begun_at, &new.end) {
                histogram!(CALL_TIME).record(seconds(begun, end.at));
            }
        }
    }
}

fn media(call: &Call) -> &'static str {
    match call.media.kind {
        MediaType::Audio => "audio",
        MediaType::Video => "video",
    }
}

fn seconds(from: Millis, to: Millis) -> f64 {
    to.saturating_sub(from) as f64 / 1000.0
}
