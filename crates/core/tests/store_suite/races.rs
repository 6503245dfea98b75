//! Several threads at once, on real cores.

use super::{
    Kind,
    values::{claim, claim_key},
};
use call_core::{Store, Value, Version};
use std::{
    collections::HashSet,
    sync::{Barrier, Mutex},
    thread::scope,
};

const THREADS: usize = 8;

pub fn no_increment_is_lost<K: Kind>(kind: &K) {
    const EACH: u32 = 200;
    let store = &kind.open();
    let key = &claim_key("counter");
    let versions = &Mutex::new(HashSet::<Version>::new());
    assert!(kind.run(store.put(key, claim(1, 0), None)).unwrap().is_some());
    let increment = async || {
        loop {
            let (value, version) = store.get(key).await.unwrap().unwrap();
            let Value::Claim(_, count) = value else { panic!("a claim") };
            if store.put(key, claim(1, count + 1), Some(version)).await.unwrap().is_some() {
                assert!(versions.lock().unwrap().insert(version), "two writers had the same version");
                return;
            }
        }
    };
    scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                kind.run(async {
                    for _ in 0..EACH {
                        increment().await;
                    }
                })
            });
        }
    });
    let (value, _) = kind.run(store.get(key)).unwrap().unwrap();
    assert_eq!(value, claim(1, EACH * THREADS as u32));
}

pub fn of_many_creations_one_wins<K: Kind>(kind: &K) {
    let store = &kind.open();
    let start = &Barrier::new(THREADS);
    for round in 0..100 {
        let key = &claim_key(&format!("user{round}"));
        let winners: Vec<u8> = scope(|threads| {
            let create = |number: u8| {
                start.wait();
                kind.run(store.put(key, claim(number, 1), None)).unwrap().map(|_| number)
            };
            let tried: Vec<_> =
                (0..THREADS).map(|number| threads.spawn(move || create(u8::try_from(number).unwrap()))).collect();
            tried.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
        });
        let (value, _) = kind.run(store.get(key)).unwrap().unwrap();
        let [winner] = winners[..] else { panic!("round {round}: {winners:?} have won") };
        assert_eq!(value, claim(winner, 1));
    }
}

pub fn of_a_write_and_a_removal_one_wins<K: Kind>(kind: &K) {
    let store = &kind.open();
    let start = &Barrier::new(2);
    let key = &claim_key("ann");
    let (mut written, mut removed) = (0, 0);
    for _ in 0..300 {
        if kind.run(store.get(key)).unwrap().is_none() {
            assert!(kind.run(store.put(key, claim(1, 1), None)).unwrap().is_some());
        }
        let (_, version) = kind.run(store.get(key)).unwrap().unwrap();
        let (wrote, deleted) = scope(|threads| {
            let write = threads.spawn(|| {
                start.wait();
                kind.run(store.put(key, claim(2, 2), Some(version))).unwrap().is_some()
            });
            start.wait();
            let deleted = kind.run(store.delete(key, version)).unwrap();
            (write.join().unwrap(), deleted)
        });
        assert_ne!(wrote, deleted);
        let found = kind.run(store.get(key)).unwrap().map(|(value, _)| value);
        assert_eq!(found, wrote.then(|| claim(2, 2)));
        written += u32::from(wrote);
        removed += u32::from(deleted);
    }
    assert_eq!(written + removed, 300);
}
