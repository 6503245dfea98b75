use super::bucket::Bucket;
use crate::store::{RecordKey, key_of};
use async_nats::jetstream::{
    Message,
    consumer::{DeliverPolicy, pull::OrderedConfig},
};
use call_core::{AppId, Call, Key, Value};
use call_protocol::{CallId, Millis, Phase, UserId};
use futures::StreamExt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};
use tracing::{debug, warn};

/// How many changes may wait to be heard of. What is above is found by the next sweep.
const MOST_NEWS: usize = 4096;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often it is checked that the watch, which may die in silence, has kept up.
const CHECK_EVERY: Duration = Duration::from_secs(15);

/// What the bucket of calls holds, as this node's one watch has told it: a little behind. Good for finding what nobody
/// takes care of; never for a decision.
pub(super) struct Image {
    state: Mutex<State>,
    news: mpsc::Sender<Arc<Call>>,
    /// All that the bucket held when the first watch began is here.
    is_whole: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    values: HashMap<Key, Entry>,
    /// The call that a user was in or rung by last.
    last_calls: HashMap<(AppId, UserId), CallId>,
    /// Counts the watches that this node has begun.
    round: u64,
    /// The last write that was heard of.
    seen: u64,
}

struct Entry {
    value: Value,
    sequence: u64,
    round: u64,
}

impl Image {
    /// Together with the calls that change, each as it is then.
    pub fn new() -> (Self, mpsc::Receiver<Arc<Call>>) {
        let (news, heard) = mpsc::channel(MOST_NEWS);
        (Self { state: Mutex::default(), news, is_whole: watch::Sender::new(false) }, heard)
    }

    /// Waits until it is no less than what there was at the start.
    pub async fn whole(&self) {
        // It can't be gone before this is.
        let _ = self.is_whole.subscribe().wait_for(|is_whole| *is_whole).await;
    }

    pub fn calls(&self, filter: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        let state = self.state();
        let calls = state.values.values().filter_map(|entry| entry.call());
        calls.filter(|call| filter(call)).cloned().collect()
    }

    pub fn last_call(&self, app: AppId, user: &UserId) -> Option<CallId> {
        self.state().last_calls.get(&(app, user.clone())).cloned()
    }

    /// Forgets calls that are over since `before`: the bucket does so by itself. Answers with the claims and rooms that
    /// no call holds any more, and where they are.
    pub fn prune(&self, before: Millis) -> Vec<(Key, u64)> {
        let mut state = self.state();
        let State { values, last_calls, .. } = &mut *state;
        let is_old = |call: &Call| call.updated_at < before && matches!(call.phase, Phase::Placing | Phase::Ended);
        values.retain(|_, entry| !entry.call().is_some_and(|call| is_old(call)));
        last_calls.retain(|(app, _), call| values.contains_key(&Key::Call(*app, call.clone())));
        let left_over = values.iter().filter(|(key, entry)| {
            let (Key::Call(app, _) | Key::Claim(app, _) | Key::Room(app, ..)) = key;
            let named = entry.value.names().and_then(|call| values.get(&Key::Call(*app, call.clone()))?.call());
            entry.value.is_left_over(key, named.map(|call| &**call))
        });
        left_over.map(|(key, entry)| (key.clone(), entry.sequence)).collect()
    }

    /// Watches for ever.
    pub async fn run(&self, bucket: &Bucket) {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            match self.watch(bucket).await {
                Ok(()) => debug!("the watch of calls is begun anew"),
                Err(error) => warn!(error, "the watch of calls"),
            }
            pause = if began.elapsed() > LONGEST_PAUSE { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            sleep(pause).await;
        }
    }

    /// Until it breaks, or has not kept up.
    async fn watch(&self, bucket: &Bucket) -> Result<(), String> {
        let config = OrderedConfig {
            deliver_policy: DeliverPolicy::LastPerSubject,
            filter_subject: bucket.all(),
            ..OrderedConfig::default()
        };
        let consumer = bucket.stream().create_consumer(config).await.map_err(|error| error.to_string())?;
        let is_empty = consumer.cached_info().num_pending == 0;
        let mut messages = consumer.messages().await.map_err(|error| error.to_string())?;
        self.state().round += 1;
        if is_empty {
            self.is_whole.send_replace(true);
        }
        let mut check = tokio::time::interval_at(Instant::now() + CHECK_EVERY, CHECK_EVERY);
        let mut expected = 0;
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(Ok(message)) => self.take(bucket, &message),
                    Some(Err(error)) => return Err(error.to_string()),
                    None => return Err("it has ended".into()),
                },
                _ = check.tick() => {
                    if self.state().seen < expected {
                        return Ok(());
                    }
                    let info = bucket.stream().get_info().await.map_err(|error| error.to_string())?;
                    expected = info.state.last_sequence;
                }
            }
        }
    }

    fn take(&self, bucket: &Bucket, message: &Message) {
        let Ok(info) = message.info() else { return };
        let (sequence, is_last) = (info.stream_sequence, info.pending == 0);
        let key = match key_of(bucket.key(&message.subject)) {
            Some(RecordKey::Core(key)) => Some(key),
            _ => None,
        };
        let value = match Bucket::is_deletion(message.headers.as_ref()) {
            true => None,
            false => serde_json::from_slice(&message.payload).ok(),
        };
        let mut state = self.state();
        state.seen = sequence;
        if let Some(key) = key {
            state.set(key, value, sequence).into_iter().for_each(|call| {
                // A full one is made up for by the sweep.
                let _ = self.news.try_send(call);
            });
        }
        if is_last {
            self.is_whole.send_replace(true);
            state.forget_rounds_before();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Answers with the call, if it is one and has changed.
    fn set(&mut self, key: Key, value: Option<Value>, sequence: u64) -> Option<Arc<Call>> {
        let Some(value) = value else {
            self.values.remove(&key);
            return None;
        };
        let entry = Entry { value, sequence, round: self.round };
        let call = entry.call().cloned();
        let before = self.values.insert(key, entry);
        let call = call.filter(|_| before.is_none_or(|before| before.sequence != sequence))?;
        for member in call.members.iter().filter(|member| member.was_told()) {
            self.last_calls.insert((call.app, member.user.clone()), call.id.clone());
        }
        Some(call)
    }

    /// What this watch has not told is not there any more.
    fn forget_rounds_before(&mut self) {
        let round = self.round;
        if self.values.values().any(|entry| entry.round < round) {
            self.values.retain(|_, entry| entry.round == round);
        }
    }
}

impl Entry {
    fn call(&self) -> Option<&Arc<Call>> {
        match &self.value {
            Value::Call(call) => Some(call),
            Value::Claim(..) | Value::Room(_) => None,
        }
    }
}
