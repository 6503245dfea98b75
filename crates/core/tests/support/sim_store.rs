use super::{rng::Rng, truth::at_once};
use call_core::{Key, MemoryStore, Store, StoreError, Value, Version};
use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

/// One store for all nodes. Every operation lets the others run first, so that a scheduler decides the order and may
/// stop a node between any two of them.
#[derive(Clone)]
pub struct SimStore {
    pub memory: Arc<MemoryStore>,
    faults: Arc<Mutex<Faults>>,
}

struct Faults {
    rng: Rng,
    /// Of 1000 operations so many give no answer.
    per_mille: u64,
    /// Writes that were reported as failed and take place later.
    delayed: Vec<Write>,
    writes: u64,
}

struct Write {
    key: Key,
    /// None: delete.
    value: Option<Value>,
    expected: Option<Version>,
}

enum Fate {
    Answered,
    /// Done, but the answer is lost.
    Unanswered,
    Late,
    Lost,
}

impl SimStore {
    pub fn new(rng: Rng, faults_per_mille: u64) -> Self {
        let faults = Faults { rng, per_mille: faults_per_mille, delayed: Vec::new(), writes: 0 };
        Self { memory: Arc::default(), faults: Arc::new(Mutex::new(faults)) }
    }

    /// Grows with every write.
    pub fn writes(&self) -> u64 {
        self.faults.lock().unwrap().writes
    }

    /// Lets one of the delayed writes take place. False: there is none.
    pub fn flush_one(&self) -> bool {
        let mut faults = self.faults.lock().unwrap();
        if faults.delayed.is_empty() {
            return false;
        }
        let count = faults.delayed.len();
        let index = faults.rng.below(count);
        let write = faults.delayed.swap_remove(index);
        faults.writes += 1;
        drop(faults);
        let _ = self.apply(&write);
        true
    }

    pub fn is_faulty(&self) -> bool {
        self.faults.lock().unwrap().per_mille > 0
    }

    pub fn heal(&self) {
        self.faults.lock().unwrap().per_mille = 0;
    }

    async fn write(&self, write: Write) -> Result<Option<Version>, StoreError> {
        let_others_run().await;
        match self.fate() {
            Fate::Answered => self.apply(&write),
            Fate::Unanswered => {
                let _ = self.apply(&write);
                Err(no_answer())
            }
            Fate::Late => {
                self.faults.lock().unwrap().delayed.push(write);
                Err(no_answer())
            }
            Fate::Lost => Err(no_answer()),
        }
    }

    fn fate(&self) -> Fate {
        let mut faults = self.faults.lock().unwrap();
        faults.writes += 1;
        let per_mille = faults.per_mille;
        if !faults.rng.chance(per_mille) {
            return Fate::Answered;
        }
        match faults.rng.below(3) {
            0 => Fate::Unanswered,
            1 => Fate::Late,
            _ => Fate::Lost,
        }
    }

    /// Answers with the version that was written, or removed.
    fn apply(&self, write: &Write) -> Result<Option<Version>, StoreError> {
        match (&write.value, write.expected) {
            (Some(value), expected) => at_once(self.memory.put(&write.key, value.clone(), expected)),
            (None, Some(expected)) => Ok(at_once(self.memory.delete(&write.key, expected))?.then_some(expected)),
            (None, None) => Ok(None),
        }
    }
}

impl Store for SimStore {
    async fn get(&self, key: &Key) -> Result<Option<(Value, Version)>, StoreError> {
        let_others_run().await;
        let answers = {
            let mut faults = self.faults.lock().unwrap();
            let per_mille = faults.per_mille;
            !faults.rng.chance(per_mille)
        };
        if answers { at_once(self.memory.get(key)) } else { Err(no_answer()) }
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<Option<Version>, StoreError> {
        self.write(Write { key: key.clone(), value: Some(value), expected }).await
    }

    async fn delete(&self, key: &Key, expected: Version) -> Result<bool, StoreError> {
        Ok(self.write(Write { key: key.clone(), value: None, expected: Some(expected) }).await?.is_some())
    }
}

async fn let_others_run() {
    let mut ran = false;
    poll_fn(|_| if std::mem::replace(&mut ran, true) { Poll::Ready(()) } else { Poll::Pending }).await
}

fn no_answer() -> StoreError {
    StoreError("no answer".into())
}
