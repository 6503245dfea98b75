//! What every store must do, on NATS.

use crate::{
    store_suite,
    store_suite::Kind,
    support::{background, nats::NatsCluster, new_name, open_store, run, shared},
};
use call_core::{Key, Store, Value};
use call_protocol::CallId;
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

/// Who comes back to a server that has just started is shown the call that it was in last.
#[test]
fn a_store_that_is_opened_knows_what_there_is() {
    const CALLS: u32 = 500;
    let (cluster, name) = (shared(), new_name());
    let first = run(open_store(&cluster.urls(), &name));
    let latest = run(async {
        let mut latest = None;
        for number in 1..=CALLS {
            let mut call = store_suite::values::call(1, 1);
            call.id = CallId::from_bits(u128::from(number).to_be_bytes());
            latest = Some(call.id.clone());
            let key = Key::Call(call.app, call.id.clone());
            assert!(first.put(&key, Value::Call(Arc::new(call)), None).await.unwrap().is_some());
        }
        latest
    });
    let second = run(open_store(&cluster.urls(), &name));
    let call = store_suite::values::call(1, 1);
    assert_eq!(second.calls(|_| true).len(), CALLS as usize);
    assert_eq!(second.last_call(call.app, &call.members[0].user), latest);
}
