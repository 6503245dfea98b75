use dashmap::DashMap;
use std::{net::IpAddr, sync::Arc};
use tracing::warn;

/// Connections that have not logged in, counted by address.
#[derive(Default)]
pub struct Newcomers(DashMap<IpAddr, Count>);

#[derive(Default)]
struct Count {
    open: u32,
    /// Somebody was refused, and it was logged.
    refused: bool,
}

/// Counts until it is dropped.
pub struct Newcomer {
    all: Arc<Newcomers>,
    address: IpAddr,
}

impl Newcomers {
    /// None: too many from there.
    pub fn admit(self: &Arc<Self>, address: IpAddr, most: Option<u32>) -> Option<Newcomer> {
        let mut count = self.0.entry(address).or_default();
        if most.is_some_and(|most| count.open >= most) {
            if !std::mem::replace(&mut count.refused, true) {
                warn!(%address, "too many connections that have not logged in: more from there are refused");
            }
            return None;
        }
        count.open += 1;
        Some(Newcomer { all: self.clone(), address })
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        if let Some(mut count) = self.all.0.get_mut(&self.address) {
            count.open -= 1;
        }
        self.all.0.remove_if(&self.address, |_, count| count.open == 0);
    }
}
