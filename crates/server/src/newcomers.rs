use axum::http::HeaderMap;
use dashmap::DashMap;
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use tracing::warn;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Connections that have not logged in, counted by address.
pub struct Newcomers {
    counts: DashMap<IpAddr, Count>,
    /// From one address.
    most: Option<u32>,
    /// Those that say truly for whom they ask.
    proxies: Vec<IpNet>,
}

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
    pub fn new(most: Option<u32>, proxies: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self { counts: DashMap::new(), most, proxies })
    }

    pub fn is_proxy(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// None: too many from there.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Newcomer> {
        let address = network(address);
        let mut count = self.counts.entry(address).or_default();
        if self.most.is_some_and(|most| count.open >= most) {
            if !std::mem::replace(&mut count.refused, true) {
                warn!(%address, "too many connections that have not logged in: more from there are refused");
            }
            return None;
        }
        count.open += 1;
        Some(Newcomer { all: self.clone(), address })
    }

    /// Whoever a proxy asks for: the last one it names that is no proxy. One that names nobody asks for itself.
    pub fn admit_by(self: &Arc<Self>, proxy: IpAddr, headers: &HeaderMap) -> Option<Newcomer> {
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut named = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')).map(address_in);
        let client = named.find(|address| address.is_none_or(|address| !self.is_proxy(address)));
        self.admit(client.flatten().unwrap_or(proxy))
    }
}

/// Some proxies add a port.
fn address_in(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

/// Whom an address stands for: of IPv6 a household has 2^64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        if let Some(mut count) = self.all.counts.get_mut(&self.address) {
            count.open -= 1;
        }
        self.all.counts.remove_if(&self.address, |_, count| count.open == 0);
    }
}

#[cfg(test)]
#[path = "newcomers_test.rs"]
mod newcomers_test;
