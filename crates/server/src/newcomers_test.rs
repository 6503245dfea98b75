#![allow(clippy::unwrap_used)]

use super::{Newcomer, Newcomers};
use axum::http::HeaderMap;
use std::net::IpAddr;

#[test]
fn an_address_of_ipv6_stands_for_its_network() {
    let newcomers = Newcomers::new(Some(2), Vec::new());
    let admit = |address: &str| newcomers.admit(address.parse().unwrap());
    let (first, second) = (admit("2001:db8:0:1::1"), admit("2001:db8:0:1:ffff::2"));
    assert!(first.is_some() && second.is_some());
    assert!(admit("2001:db8:0:1::3").is_none());
    assert!(admit("2001:db8:0:2::1").is_some());
    drop(first);
    assert!(admit("2001:db8:0:1::3").is_some());

    let (plain, mapped) = (admit("192.0.2.1"), admit("::ffff:192.0.2.1"));
    assert!(plain.is_some() && mapped.is_some());
    assert!(admit("192.0.2.1").is_none());
    assert!(admit("192.0.2.2").is_some());
}

#[test]
fn a_proxy_is_believed_about_the_last_one_that_is_no_proxy() {
    let newcomers = Newcomers::new(Some(1), vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    let proxy: IpAddr = "10.0.0.1".parse().unwrap();
    assert!(newcomers.is_proxy(proxy) && newcomers.is_proxy("::ffff:10.1.1.1".parse().unwrap()));
    assert!(!newcomers.is_proxy("192.0.2.1".parse().unwrap()));
    let ask = |lines: &[&str]| -> Option<Newcomer> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("X-Forwarded-For", line.parse().unwrap());
        }
        newcomers.admit_by(proxy, &headers)
    };
    let first = ask(&["192.0.2.1"]);
    assert!(first.is_some());
    // However much the client itself has written before.
    assert!(ask(&["203.0.113.9, 192.0.2.1"]).is_none());
    assert!(ask(&["203.0.113.9", "192.0.2.1, 10.0.0.7"]).is_none());
    assert!(ask(&["192.0.2.1:4711"]).is_none());
    assert!(ask(&["192.0.2.1, 203.0.113.9"]).is_some());
    assert!(ask(&["[2001:db8::1]:4711"]).is_some());

    let itself = ask(&[]);
    assert!(itself.is_some());
    for lines in [&[][..], &["unknown"], &["192.0.2.7, unknown"], &["10.0.0.9"]] {
        assert!(ask(lines).is_none(), "{lines:?}");
    }
    drop(first);
    assert!(ask(&["192.0.2.1"]).is_some());
}
