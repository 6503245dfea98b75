use super::{
    database::{Database, OpenError, Opened},
    image::{Haste, Image},
    record::{Record, RecordKey, SavedSession, SessionKey},
    writer::{self, Shared},
};
use crate::profiles::{Profile, ProfileKey};
use call_core::{Call, Key, Store, StoreError, Value, Version};
use call_protocol::{MemberState, Millis, Phase};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::{sync::oneshot, time::timeout};

/// For one operation.
const DEADLINE: Duration = Duration::from_millis(300);

/// How long another process that uses the folder is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls, claims and resume tokens in this process's memory and, a moment later, in a SQLite database: what was
/// answered outlives this process, however it ends.
///
/// What nobody is told of before a later write does not wait for the database. A call that is being placed and claims
/// may even come after that write: without them, the call is placed once more, and claims follow from the calls.
pub struct SqliteStore {
    shared: Arc<Shared>,
    deadline: Duration,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the store in the folder `dir`, which is made if need be. One process at a time: a new server may start
    /// while the old one still sends its clients away, so its end is waited for.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_with(dir, PATIENCE, DEADLINE)
    }

    /// `patience`: how long another process is waited for. `deadline`: for one operation.
    pub fn open_with(dir: &Path, patience: Duration, deadline: Duration) -> Result<Self, OpenError> {
        let Opened { database, mut image, is_whole } = Database::open(dir, patience)?;
        if !is_whole {
            restore_claims(&mut image);
        }
        let shared = Arc::new(Shared::new(image, deadline));
        let writer = writer::start(shared.clone(), database)?;
        Ok(Self { shared, deadline, writer: Mutex::new(Some(writer)) })
    }

    /// All calls that `filter` lets pass, in no order.
    pub fn calls(&self, filter: impl Fn(&Call) -> bool) -> Vec<Arc<Call>> {
        let state = self.shared.state();
        let calls = state.image.iter().filter_map(|(_, record)| match record {
            Record::Core(Value::Call(call)) if filter(call) => Some(call.clone()),
            _ => None,
        });
        calls.collect()
    }

    /// Forgets calls that ended, or got stuck in placing, before `before`, and claims and rooms that no known call holds.
    pub fn prune(&self, before: Millis) {
        let image = &mut self.shared.state().image;
        let is_old = |call: &Call| call.updated_at < before && matches!(call.phase, Phase::Placing | Phase::Ended);
        remove_all(image, |_, _, record| matches!(record, Record::Core(Value::Call(call)) if is_old(call)));
        remove_all(image, is_left_over);
    }

    /// As far as is known without trying.
    pub fn takes_writes(&self) -> bool {
        self.shared.state().check().is_ok()
    }

    pub fn sessions(&self) -> Vec<(SessionKey, SavedSession)> {
        let state = self.shared.state();
        let sessions = state.image.iter().filter_map(|(key, record)| match (key, record) {
            (RecordKey::Session(key), Record::Session(saved)) => Some((key.clone(), saved.clone())),
            _ => None,
        });
        sessions.collect()
    }

    /// Waits until it can not get lost. `session` is asked while nobody else can save: the last one asked is the one
    /// that is kept.
    pub async fn save_session(
        &self,
        key: SessionKey,
        session: impl FnOnce() -> SavedSession + Send,
    ) -> Result<(), StoreError> {
        self.save(RecordKey::Session(key), || Record::Session(session())).await
    }

    pub fn profiles(&self) -> Vec<(ProfileKey, Profile)> {
        let state = self.shared.state();
        let profiles = state.image.iter().filter_map(|(key, record)| match (key, record) {
            (RecordKey::Profile(key), Record::Profile(profile)) => Some((key.clone(), profile.clone())),
            _ => None,
        });
        profiles.collect()
    }

    /// As [`Self::save_session`].
    pub async fn save_profile(
        &self,
        key: ProfileKey,
        profile: impl FnOnce() -> Profile + Send,
    ) -> Result<(), StoreError> {
        self.save(RecordKey::Profile(key), || Record::Profile(profile())).await
    }

    pub fn put_session(&self, key: SessionKey, session: SavedSession) {
        self.shared.state().image.put(RecordKey::Session(key), Record::Session(session), Haste::Next);
    }

    pub fn forget_session(&self, key: SessionKey) {
        self.shared.state().image.remove(&RecordKey::Session(key));
    }

    /// Writes what is left, and lets the next process have the folder. Blocks. Nothing is taken after this.
    pub fn close(&self) {
        self.shared.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A writer that panicked has said so.
        let _ = writer.map(JoinHandle::join);
    }

    async fn save(&self, key: RecordKey, record: impl FnOnce() -> Record + Send) -> Result<(), StoreError> {
        let waiter = {
            let mut state = self.shared.state();
            state.check()?;
            state.image.put(key, record(), Haste::Next);
            state.wait()
        };
        self.written(waiter).await
    }

    async fn written(&self, (written, wake): (oneshot::Receiver<()>, bool)) -> Result<(), StoreError> {
        self.shared.wake(wake);
        match timeout(self.deadline, written).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(StoreError("the disk did not take it in time".into())),
        }
    }
}

impl Store for SqliteStore {
    async fn get(&self, key: &Key) -> Result<Option<(Value, Version)>, StoreError> {
        let key = RecordKey::Core(key.clone());
        // Again after a wait: what was not written in time may have been taken back.
        loop {
            let waiter = {
                let mut state = self.shared.state();
                let Some(found) = state.image.get(&key) else { return Ok(None) };
                let Record::Core(value) = found.record else { return Ok(None) };
                if found.is_written || !may_be_told(value) {
                    return Ok(Some((value.clone(), found.version)));
                }
                state.wait()
            };
            self.written(waiter).await?;
        }
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<Option<Version>, StoreError> {
        let key = RecordKey::Core(key.clone());
        let haste = haste(&value);
        let (version, undo, waiter) = {
            let mut state = self.shared.state();
            state.check()?;
            if state.image.version(&key) != expected {
                return Ok(None);
            }
            if !may_be_told(&value) {
                return Ok(Some(state.image.put(key, Record::Core(value), haste)));
            }
            let undo = state.image.undo_of(&key);
            let version = state.image.put(key, Record::Core(value), haste);
            (version, undo, state.wait())
        };
        if let Err(error) = self.written(waiter).await {
            self.shared.state().undo(undo);
            return Err(error);
        }
        Ok(Some(version))
    }

    async fn delete(&self, key: &Key, expected: Version) -> Result<bool, StoreError> {
        let key = RecordKey::Core(key.clone());
        let mut state = self.shared.state();
        state.check()?;
        if state.image.version(&key) != Some(expected) {
            return Ok(false);
        }
        state.image.remove(&key);
        Ok(true)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether somebody may be told of this value before anything else is written. If not, it need not be in the database
/// before it is answered.
fn may_be_told(value: &Value) -> bool {
    match value {
        Value::Call(call) => call.phase != Phase::Placing,
        Value::Claim(..) | Value::Room(_) => false,
    }
}

fn haste(value: &Value) -> Haste {
    match value {
        Value::Call(call) if call.phase == Phase::Placing => Haste::Later,
        Value::Claim(..) => Haste::Later,
        Value::Call(_) | Value::Room(_) => Haste::Next,
    }
}

/// After a sudden end some claims may be missing, or be those of calls before.
fn restore_claims(image: &mut Image) {
    let mut claims = Vec::new();
    for (_, record) in image.iter() {
        let Record::Core(Value::Call(call)) = record else { continue };
        if !call.phase.is_live() {
            continue;
        }
        let members = call.members.iter();
        let holders = members.filter(|member| matches!(member.state, MemberState::Ringing | MemberState::Joined));
        claims.extend(holders.map(|holder| {
            let key = RecordKey::Core(Key::Claim(call.app, holder.user.clone()));
            (key, Record::Core(Value::Claim(call.id.clone(), holder.generation)))
        }));
    }
    for (key, claim) in claims {
        if image.get(&key).is_none_or(|found| *found.record != claim) {
            image.put(key, claim, Haste::Later);
        }
    }
}

fn is_left_over(image: &Image, key: &RecordKey, record: &Record) -> bool {
    let (RecordKey::Core(key), Record::Core(value)) = (key, record) else { return false };
    let (Key::Call(app, _) | Key::Claim(app, _) | Key::Room(app, ..)) = key;
    let named = value.names().and_then(|call| image.get(&RecordKey::Core(Key::Call(*app, call.clone()))));
    match named.map(|found| found.record) {
        Some(Record::Core(Value::Call(call))) => value.is_left_over(key, Some(call)),
        _ => value.is_left_over(key, None),
    }
}

fn remove_all(image: &mut Image, which: impl Fn(&Image, &RecordKey, &Record) -> bool) {
    let keys: Vec<RecordKey> =
        image.iter().filter(|(key, record)| which(image, key, record)).map(|(key, _)| key.clone()).collect();
    keys.iter().for_each(|key| image.remove(key));
}
