//! What every store must do, on NATS.

use crate::{
    store_suite,
    store_suite::Kind,
    support::{background, nats::NatsCluster, new_name, open_store, run, shared},
};
use call_server::NatsStore;
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex},
};

/// Each one under a name of its own.
#[derive(Default)]
struct Clustered {
    opened: Mutex<HashMap<usize, (Arc<NatsCluster>, String)>>,
}

impl Clustered {
    fn open_by(&self, cluster: Arc<NatsCluster>, name: String) -> Arc<NatsStore> {
        let store = Arc::new(background().block_on(open_store(&cluster.urls(), &name)));
        self.opened.lock().unwrap().insert(Arc::as_ptr(&store) as usize, (cluster, name));
        store
    }
}

impl Kind for Clustered {
    type Store = NatsStore;

    fn open(&self) -> Arc<NatsStore> {
        self.open_by(shared(), new_name())
    }

    fn reopen(&self, store: Arc<NatsStore>) -> Option<Arc<NatsStore>> {
        let (cluster, name) = self.opened.lock().unwrap().remove(&(Arc::as_ptr(&store) as usize)).unwrap();
        drop(store);
        Some(self.open_by(cluster, name))
    }

    fn operations(&self) -> usize {
        2000
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        run(future)
    }
}

store_suite!(Clustered::default());
