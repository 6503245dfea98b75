//! The embedded store: what every store must do, and what only this one does.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod database;
mod profiles;
mod sessions;
#[path = "../../../core/tests/store_suite/mod.rs"]
mod store_suite;
mod sudden_end;

use call_server::SqliteStore;
use std::{
    collections::HashMap,
    future::Future,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use store_suite::Kind;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The SQLite store; each one in a folder of its own.
#[derive(Default)]
struct Sqlite {
    folders: Mutex<HashMap<usize, Arc<TempDir>>>,
}

impl Sqlite {
    fn open_in(&self, folder: Arc<TempDir>) -> Arc<SqliteStore> {
        let store = Arc::new(open(folder.path()));
        self.folders.lock().unwrap().insert(Arc::as_ptr(&store) as usize, folder);
        store
    }
}

impl Kind for Sqlite {
    type Store = SqliteStore;

    fn open(&self) -> Arc<SqliteStore> {
        self.open_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    fn reopen(&self, store: Arc<SqliteStore>) -> Option<Arc<SqliteStore>> {
        let folder = self.folders.lock().unwrap().remove(&(Arc::as_ptr(&store) as usize)).unwrap();
        store.close();
        Some(self.open_in(folder))
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        runtime().block_on(future)
    }
}

store_suite!(Sqlite::default());

/// One for each thread.
fn runtime() -> Arc<Runtime> {
    thread_local! {
        static RUNTIME: Arc<Runtime> = Arc::new(Builder::new_current_thread().enable_time().build().unwrap());
    }
    RUNTIME.with(Arc::clone)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

/// Longer than a busy machine takes for anything.
const PATIENCE: Duration = Duration::from_secs(60);

fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open_with(dir, PATIENCE, PATIENCE).unwrap()
}
