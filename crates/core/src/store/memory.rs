use super::{Key, Store, StoreError, Value, Version};
use crate::call::Call;
use call_protocol::{Millis, Phase};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Calls and claims in this process's memory: nothing survives it.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    map: HashMap<Key, (Value, Version)>,
    // One counter for all keys: a key that was removed and made again never has an old version.
    last_version: u64,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets calls that ended, or got stuck in placing, before `before`, and claims and rooms that no known call holds.
    pub fn prune(&self, before: Millis) {
        let mut entries = self.entries();
        entries.map.retain(|_, (value, _)| match value {
            Value::Call(call) => call.updated_at >= before || !matches!(call.phase, Phase::Placing | Phase::Ended),
            Value::Claim(..) | Value::Room(_) => true,
        });
        let stale: Vec<Key> = entries
            .map
            .iter()
            .filter(|(key, entry)| entries.is_stale(key, entry))
            .map(|(key, _)| key.clone())
            .collect();
        for key in stale {
            entries.map.remove(&key);
        }
    }

    /// All calls, in no order.
    pub fn calls(&self) -> Vec<Arc<Call>> {
        let entries = self.entries();
        let values = entries.map.values().map(|(value, _)| value);
        values.filter_map(|value| if let Value::Call(call) = value { Some(call.clone()) } else { None }).collect()
    }

    /// How many calls and claims there are.
    pub fn len(&self) -> usize {
        self.entries().map.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn is_stale(&self, key: &Key, (value, _): &(Value, Version)) -> bool {
        let (Key::Call(app, _) | Key::Claim(app, _) | Key::Room(app, ..)) = key;
        let named = value.names().and_then(|call| self.map.get(&Key::Call(*app, call.clone())));
        let named = named.and_then(|(value, _)| if let Value::Call(call) = value { Some(&**call) } else { None });
        value.is_left_over(key, named)
    }

    fn version(&self, key: &Key) -> Option<Version> {
        self.map.get(key).map(|(_, version)| *version)
    }
}

impl Store for MemoryStore {
    async fn get(&self, key: &Key) -> Result<Option<(Value, Version)>, StoreError> {
        Ok(self.entries().map.get(key).cloned())
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<Option<Version>, StoreError> {
        let mut entries = self.entries();
        if entries.version(key) != expected {
            return Ok(None);
        }
        entries.last_version += 1;
        let version = Version(entries.last_version);
        entries.map.insert(key.clone(), (value, version));
        Ok(Some(version))
    }

    async fn delete(&self, key: &Key, expected: Version) -> Result<bool, StoreError> {
        let mut entries = self.entries();
        if entries.version(key) != Some(expected) {
            return Ok(false);
        }
        entries.map.remove(key);
        Ok(true)
    }
}
