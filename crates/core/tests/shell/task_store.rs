use super::{
    probe::{Point, Probe, Spot, State},
    step_kind::Request,
};
use crate::support::{sim_store::SimStore, time::VirtualClock, truth::at_once};
use call_core::{Call, Clock, Key, Store, StoreError, Value, Version};
use call_protocol::Millis;
use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

/// A node gives up on an operation of the store after so many milliseconds.
const PATIENCE: Millis = 300;
/// So long a slow one takes: longer than a client waits for the answer to a farewell.
const SLOW: Millis = 2_200;

/// The store as one request of one node has it.
#[derive(Clone)]
pub struct TaskStore {
    pub store: SimStore,
    pub clock: VirtualClock,
    pub probe: Arc<Mutex<Probe>>,
    pub node: usize,
    pub request: Request,
    /// Where the request is in its work.
    pub spot: Arc<Mutex<Option<Spot>>>,
}

impl TaskStore {
    /// None: nothing of a call is written, or it was decided on what the call is no longer.
    fn change(&self, key: &Key, value: &Value, expected: Option<Version>) -> Option<Spot> {
        let Value::Call(new) = value else { return None };
        let (old, version) = self.stored(key).unzip();
        if version != expected {
            return None;
        }
        let old = old.as_deref();
        Some(Spot {
            state: State::of(old),
            group: old.unwrap_or(new).group,
            step: self.request.step(old, new),
            point: Point::Before,
        })
    }

    fn stored(&self, key: &Key) -> Option<(Arc<Call>, Version)> {
        match at_once(self.store.memory.get(key)).unwrap() {
            Some((Value::Call(call), version)) => Some((call, version)),
            _ => None,
        }
    }

    async fn reach(&self, spot: Spot) {
        *self.spot.lock().unwrap() = Some(spot);
        if self.probe.lock().unwrap().springs(self.node, spot) {
            // The world stops the node: it dies, or goes on much later.
            let_others_run().await;
        }
    }

    async fn at_work(&self) -> Result<(), StoreError> {
        let now = *self.spot.lock().unwrap();
        if let Some(spot) = now.filter(|spot| spot.point == Point::Later) {
            self.reach(spot).await;
        }
        if now.is_some_and(|spot| self.probe.lock().unwrap().slow == Some(spot)) {
            self.clock.sleep(SLOW).await;
        }
        if self.probe.lock().unwrap().cut_off.contains(&self.node) {
            self.clock.sleep(PATIENCE).await;
            return Err(StoreError("cut off".into()));
        }
        Ok(())
    }
}

impl Store for TaskStore {
    async fn get(&self, key: &Key) -> Result<Option<(Value, Version)>, StoreError> {
        self.at_work().await?;
        self.store.get(key).await
    }

    async fn put(&self, key: &Key, value: Value, expected: Option<Version>) -> Result<Option<Version>, StoreError> {
        self.at_work().await?;
        let Some(spot) = self.change(key, &value, expected) else { return self.store.put(key, value, expected).await };
        self.reach(spot).await;
        let written = self.store.put(key, value, expected).await;
        if !matches!(written, Ok(Some(_))) {
            *self.spot.lock().unwrap() = None;
            return written;
        }
        self.probe.lock().unwrap().reached.insert(Spot { point: Point::Done, ..spot });
        self.reach(Spot { point: Point::Written, ..spot }).await;
        // The answer travels.
        let_others_run().await;
        *self.spot.lock().unwrap() = Some(Spot { point: Point::Later, ..spot });
        written
    }

    async fn delete(&self, key: &Key, expected: Version) -> Result<bool, StoreError> {
        self.at_work().await?;
        self.store.delete(key, expected).await
    }
}

async fn let_others_run() {
    let mut ran = false;
    poll_fn(|_| if std::mem::replace(&mut ran, true) { Poll::Ready(()) } else { Poll::Pending }).await
}
