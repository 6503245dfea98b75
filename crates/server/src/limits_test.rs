#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Bucket, Buckets, Limits, Rate};
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const RATE: Rate = Rate { count: 2, per: SECOND, burst: 3 };

#[test]
fn a_burst_and_then_the_rate() {
    let (mut bucket, start) = (Bucket::default(), Instant::now());
    let mut taken = 0;
    for millis in 0..10_000 {
        taken += usize::from(bucket.take(&RATE, start + Duration::from_millis(millis)).is_ok());
    }
    // The burst at once, and two in each of ten seconds.
    assert_eq!(taken, 3 + 2 * 10 - 1);
}

#[test]
fn who_is_refused_is_told_when_to_come_back() {
    let (mut bucket, start) = (Bucket::default(), Instant::now());
    for _ in 0..3 {
        bucket.take(&RATE, start).unwrap();
    }
    let wait = bucket.take(&RATE, start).unwrap_err();
    assert_eq!(wait, SECOND / 2);
    bucket.take(&RATE, start + wait - Duration::from_nanos(1)).unwrap_err();
    bucket.take(&RATE, start + wait).unwrap();
}

#[test]
fn a_pause_gives_the_burst_back_and_no_more() {
    let (mut bucket, start) = (Bucket::default(), Instant::now());
    let later = start + 3600 * SECOND;
    bucket.take(&RATE, start).unwrap();
    let taken = (0..10).filter(|_| bucket.take(&RATE, later).is_ok()).count();
    assert_eq!(taken, 3);
}

#[tokio::test(start_paused = true)]
async fn empty_buckets_are_forgotten() {
    let buckets = Buckets::new();
    buckets.take("ann", &RATE).unwrap();
    tokio::time::advance(SECOND / 4).await;
    buckets.take("bob", &RATE).unwrap();
    tokio::time::advance(SECOND / 4).await;
    buckets.prune();
    assert_eq!(buckets.0.iter().map(|entry| *entry.key()).collect::<Vec<_>>(), ["bob"]);
    buckets.forget(&"bob");
    assert!(buckets.0.is_empty());
}

#[test]
fn as_text() {
    let defaults = Limits::default();
    assert_eq!("off".parse(), Ok(Limits::OFF));
    let rate = Rate { count: 20, per: Duration::from_secs(10), burst: 40 };
    let changed = Limits { invites: Some(rate), devices: None, sockets: Some(7), ..defaults };
    assert_eq!("invites=20/10:40, devices=off,sockets=7".parse(), Ok(changed));
    for bad in ["", "on", "invites", "invites=5", "invites=0/1:1", "invites=5/0:1", "devices=0", "devices=x", "x=1"] {
        assert!(bad.parse::<Limits>().is_err(), "{bad}");
    }
}
