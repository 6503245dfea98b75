//! Where calls and claims live. The one place that names a kind of store.

use call_core::MemoryStore;
use std::sync::Arc;

pub type CallStore = Arc<MemoryStore>;

pub fn open() -> CallStore {
    Arc::new(MemoryStore::new())
}
