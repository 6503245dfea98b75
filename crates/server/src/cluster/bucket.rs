use async_nats::{
    HeaderMap, HeaderValue,
    header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_TTL},
    jetstream::{
        self, Context, ErrorCode,
        context::{PublishError, PublishErrorKind},
        message::PublishMessage,
        stream::{Config, DiscardPolicy, LastRawMessageErrorKind, StorageType, Stream},
    },
};
use axum::body::Bytes;
use call_core::StoreError;
use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

/// What NATS' own tools for key-value buckets set where a key was deleted.
const OPERATION: &str = "KV-Operation";

/// For how long a deletion can be seen by who watches.
pub(super) const MARKER_LIFE: Duration = Duration::from_secs(10);

/// A deadline has passed: so often it is tried whether NATS is well again, and so long an answer is waited for.
const PROBE_PAUSE: Duration = Duration::from_millis(100);
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

/// Asked for to see whether there are answers.
const PROBE: &str = "probe";

/// A key-value bucket: what is under a key changes only if it is what the writer thinks.
#[derive(Clone)]
pub(super) struct Bucket {
    jetstream: Context,
    stream: Stream<()>,
    subjects: String,
    deadline: Duration,
    /// A deadline has passed, and nothing has been heard since. Meanwhile nothing is asked: of a step with many
    /// operations only the first one waits.
    is_silent: Arc<AtomicBool>,
}

pub(super) struct BucketConfig<'a> {
    pub name: &'a str,
    /// For one operation.
    pub deadline: Duration,
}

/// What is under a key.
pub(super) enum Found {
    Value(Bytes, u64),
    /// It was deleted a moment ago, by this write.
    Deleted(u64),
    Nothing,
}

impl Bucket {
    pub async fn open(jetstream: &Context, replicas: usize, config: &BucketConfig<'_>) -> Result<Self, String> {
        let (stream, subjects) = (format!("KV_{}", config.name), format!("$KV.{}.", config.name));
        let wanted = Config {
            name: stream.clone(),
            subjects: vec![format!("{subjects}>")],
            max_messages_per_subject: 1,
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            num_replicas: replicas,
            allow_rollup: true,
            deny_delete: true,
            allow_message_ttl: true,
            // Only who leads answers: another one may not know of a write that is answered already.
            allow_direct: false,
            ..Config::default()
        };
        jetstream.get_or_create_stream(wanted).await.map_err(|error| error.to_string())?;
        let stream = jetstream.get_stream_no_info(stream).await.map_err(|error| error.to_string())?;
        let is_silent = Arc::default();
        Ok(Self { jetstream: jetstream.clone(), stream, subjects, deadline: config.deadline, is_silent })
    }

    pub fn stream(&self) -> &Stream<()> {
        &self.stream
    }

    /// What all messages of the stream are for.
    pub fn all(&self) -> String {
        format!("{}>", self.subjects)
    }

    /// The key that a message of the stream is of.
    pub fn key<'a>(&self, subject: &'a str) -> &'a str {
        subject.strip_prefix(&self.subjects).unwrap_or(subject)
    }

    pub fn is_deletion(headers: Option<&HeaderMap>) -> bool {
        headers.is_some_and(|headers| headers.get(OPERATION).is_some())
    }

    pub async fn get(&self, key: &str) -> Result<Found, StoreError> {
        self.in_time(self.read(key)).await
    }

    /// Writes if `key` is at `expected`, or 0: never there, or so long ago that nothing is left of it. Answers with
    /// where it is then; none: it was another one.
    pub async fn put(
        &self,
        key: &str,
        value: Vec<u8>,
        expected: u64,
        life: Option<Duration>,
    ) -> Result<Option<u64>, StoreError> {
        let mut headers = HeaderMap::new();
        if let Some(life) = life {
            headers.insert(NATS_MESSAGE_TTL, HeaderValue::from(life.as_secs().max(1)));
        }
        self.in_time(self.write(key, value, headers, expected)).await
    }

    /// Deletes if `key` is at `expected`. Answers with where that is then; none: it was elsewhere.
    pub async fn delete(&self, key: &str, expected: u64) -> Result<Option<u64>, StoreError> {
        let mut headers = HeaderMap::new();
        headers.insert(OPERATION, "DEL");
        headers.insert(NATS_MESSAGE_TTL, HeaderValue::from(MARKER_LIFE.as_secs()));
        self.in_time(self.write(key, Vec::new(), headers, expected)).await
    }

    async fn read(&self, key: &str) -> Result<Found, StoreError> {
        match self.stream.get_last_raw_message_by_subject(&format!("{}{key}", self.subjects)).await {
            Ok(message) if Self::is_deletion(Some(&message.headers)) => Ok(Found::Deleted(message.sequence)),
            Ok(message) => Ok(Found::Value(message.payload, message.sequence)),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(Found::Nothing),
            Err(error) => Err(StoreError(error.to_string())),
        }
    }

    async fn write(
        &self,
        key: &str,
        value: Vec<u8>,
        mut headers: HeaderMap,
        expected: u64,
    ) -> Result<Option<u64>, StoreError> {
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, HeaderValue::from(expected));
        let message = PublishMessage::build().payload(value.into()).headers(headers);
        let sent = self.jetstream.send_publish(format!("{}{key}", self.subjects), message).await;
        let written = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match written {
            Ok(ack) => Ok(Some(ack.sequence)),
            Err(error) if is_conflict(&error) => Ok(None),
            Err(error) => Err(StoreError(error.to_string())),
        }
    }

    async fn in_time<T>(&self, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        if self.is_silent.load(Ordering::Relaxed) {
            return Err(StoreError("NATS is silent".into()));
        }
        match timeout(self.deadline, operation).await {
            Ok(result) => result,
            Err(_) => {
                self.falls_silent();
                Err(StoreError("NATS did not answer in time".into()))
            }
        }
    }

    fn falls_silent(&self) {
        if self.is_silent.swap(true, Ordering::Relaxed) {
            return;
        }
        warn!("NATS does not answer");
        let bucket = self.clone();
        tokio::spawn(async move {
            while !matches!(timeout(PROBE_PATIENCE, bucket.read(PROBE)).await, Ok(Ok(_))) {
                sleep(PROBE_PAUSE).await;
            }
            bucket.is_silent.store(false, Ordering::Relaxed);
            info!("NATS answers again");
        });
    }
}

/// Another writer was faster, or is on its way.
fn is_conflict(error: &PublishError) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<jetstream::Error>());
    error.kind() == PublishErrorKind::WrongLastSequence
        || cause.is_some_and(|cause| cause.error_code() == ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT)
}
