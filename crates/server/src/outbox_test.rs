#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{MOST_BYTES, MOST_FRAMES, Outgoing, outbox};
use futures::FutureExt;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_between_threads() {
    const SENDERS: u32 = 4;
    const EACH: u32 = 20_000;
    let (outbox, mut queue) = outbox();
    let (room, filled) = (tokio::sync::Semaphore::new(MOST_FRAMES), SENDERS * EACH);
    let room = std::sync::Arc::new(room);
    for sender in 0..SENDERS {
        let (outbox, room) = (outbox.clone(), room.clone());
        tokio::spawn(async move {
            for number in 0..EACH {
                room.acquire().await.unwrap().forget();
                outbox.send(format!("{sender} {number}").into());
            }
        });
    }
    let mut next = [0; SENDERS as usize];
    for _ in 0..filled {
        let outgoing = timeout(Duration::from_secs(60), queue.next()).await.expect("nobody waits in vain");
        room.add_permits(1);
        let Outgoing::Frame(frame) = outgoing else { panic!("{outgoing:?}") };
        let (sender, number) = frame.split_once(' ').unwrap();
        let sender: usize = sender.parse().unwrap();
        assert_eq!(number, next[sender].to_string(), "in order");
        next[sender] += 1;
    }
    assert!(queue.try_next().is_none());
}

#[tokio::test]
async fn a_reader_that_is_too_far_behind_overflows() {
    for (frame, fit) in [("x".to_owned(), MOST_FRAMES), ("x".repeat(MOST_BYTES / 10), 10)] {
        let (outbox, mut queue) = outbox();
        for _ in 0..fit {
            outbox.send(frame.clone().into());
        }
        assert!(queue.overflow().now_or_never().is_none());
        outbox.send(frame.into());
        assert!(queue.overflow().now_or_never().is_some());
        let waiting = std::iter::from_fn(|| queue.try_next()).count();
        assert_eq!(waiting, fit);
    }
}

#[tokio::test]
async fn what_is_read_makes_room() {
    let (outbox, mut queue) = outbox();
    for number in 0..3 * MOST_FRAMES {
        outbox.send(number.to_string().into());
        assert!(matches!(queue.next().await, Outgoing::Frame(frame) if *frame == number.to_string()));
    }
    assert!(queue.overflow().now_or_never().is_none());
}

#[tokio::test]
async fn an_ended_connection_keeps_nothing() {
    let (outbox, queue) = outbox();
    outbox.send("waits".into());
    drop(queue);
    outbox.send("comes too late".into());
    assert!(outbox.0.waiting().frames.is_empty());
}
