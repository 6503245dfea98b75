use super::{
    Kind,
    values::{APP, call_id, call_key, call_value, claim, claim_key, user},
};
use call_core::{Key, Store, Value, Version};
use call_protocol::Room;

pub fn a_write_needs_the_version_that_is_there<K: Kind>(kind: &K) {
    let store = kind.open();
    kind.run(async {
        let key = claim_key("ann");
        assert_eq!(store.get(&key).await.unwrap(), None);
        assert!(store.put(&key, claim(1, 1), Some(Version(1))).await.unwrap().is_none());
        assert_eq!(store.get(&key).await.unwrap(), None);
        assert!(store.put(&key, claim(1, 1), None).await.unwrap().is_some());
        assert!(store.put(&key, claim(2, 1), None).await.unwrap().is_none());
        let (value, first) = store.get(&key).await.unwrap().unwrap();
        assert_eq!(value, claim(1, 1));
        assert!(store.put(&key, claim(2, 1), Some(first)).await.unwrap().is_some());
        assert!(store.put(&key, claim(3, 1), Some(first)).await.unwrap().is_none());
        assert_eq!(store.get(&key).await.unwrap().unwrap().0, claim(2, 1));
    });
}

pub fn a_removal_needs_the_version_that_is_there<K: Kind>(kind: &K) {
    let store = kind.open();
    kind.run(async {
        let key = call_key(1);
        assert!(!store.delete(&key, Version(1)).await.unwrap());
        assert!(store.put(&key, call_value(1, 1), None).await.unwrap().is_some());
        let (_, first) = store.get(&key).await.unwrap().unwrap();
        assert!(store.put(&key, call_value(1, 2), Some(first)).await.unwrap().is_some());
        assert!(!store.delete(&key, first).await.unwrap());
        let (value, second) = store.get(&key).await.unwrap().unwrap();
        assert_eq!(value, call_value(1, 2));
        assert!(store.delete(&key, second).await.unwrap());
        assert!(!store.delete(&key, second).await.unwrap());
        assert_eq!(store.get(&key).await.unwrap(), None);
    });
}

pub fn a_key_made_again_never_has_an_old_version<K: Kind>(kind: &K) {
    let store = kind.open();
    kind.run(async {
        let key = claim_key("ann");
        let mut seen = Vec::new();
        for _ in 0..10 {
            assert!(store.put(&key, claim(1, 1), None).await.unwrap().is_some());
            let (_, version) = store.get(&key).await.unwrap().unwrap();
            assert!(!seen.contains(&version));
            assert!(store.delete(&key, version).await.unwrap());
            seen.push(version);
        }
    });
}

pub fn every_write_makes_a_new_version<K: Kind>(kind: &K) {
    let store = kind.open();
    kind.run(async {
        let key = claim_key("ann");
        let mut last = None;
        for _ in 0..10 {
            assert!(store.put(&key, claim(1, 1), last).await.unwrap().is_some());
            let (_, version) = store.get(&key).await.unwrap().unwrap();
            assert_ne!(Some(version), last);
            last = Some(version);
        }
    });
}

pub fn keys_do_not_meet<K: Kind>(kind: &K) {
    let store = kind.open();
    // A user may be called like a call.
    let name = call_id(0xab).to_string();
    let keys = [
        (Key::Call(APP, call_id(0xab)), call_value(0xab, 1)),
        (Key::Claim(APP, user(&name)), claim(1, 1)),
        (Key::Claim(APP + 1, user(&name)), claim(2, 1)),
        (Key::Claim(APP, user(&name.to_uppercase())), claim(3, 1)),
        (Key::Claim(APP, user("a")), claim(4, 1)),
        (Key::Claim(APP, user("a-")), claim(5, 1)),
        (Key::room(APP, &name, &Room { int: 1, str: String::new() }), Value::Room(call_id(6))),
        (Key::room(APP, &name, &Room { int: 0, str: "1".into() }), Value::Room(call_id(7))),
        (Key::room(APP, &format!("{name}.1"), &Room::default()), Value::Room(call_id(8))),
        (Key::room(APP, "Gr\u{fc}ppe 1/\\\u{0}.", &Room { int: 1, str: String::new() }), Value::Room(call_id(9))),
    ];
    kind.run(async {
        for (key, value) in &keys {
            assert!(store.put(key, value.clone(), None).await.unwrap().is_some(), "{key:?}");
        }
        for (key, value) in &keys {
            assert_eq!(store.get(key).await.unwrap().unwrap().0, *value);
        }
        assert_eq!(store.get(&Key::Call(APP + 1, call_id(0xab))).await.unwrap(), None);
    });
}

pub fn values_come_back_as_they_were<K: Kind>(kind: &K) {
    let mut store = kind.open();
    kind.run(async {
        for rev in 0..6 {
            assert!(store.put(&call_key(rev), call_value(rev, rev.into()), None).await.unwrap().is_some());
        }
    });
    store = kind.reopen(store.clone()).unwrap_or(store);
    kind.run(async {
        for rev in 0..6 {
            assert_eq!(store.get(&call_key(rev)).await.unwrap().unwrap().0, call_value(rev, rev.into()));
        }
    });
}

pub fn what_was_written_is_read_by_everybody<K: Kind>(kind: &K) {
    let store = kind.open();
    let store = &store;
    for round in 0..50_u8 {
        let key = &call_key(round);
        kind.run(async { assert!(store.put(key, call_value(round, 1), None).await.unwrap().is_some()) });
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(move || {
                    let found = kind.run(store.get(key)).unwrap();
                    assert_eq!(found.unwrap().0, call_value(round, 1));
                });
            }
        });
    }
}

pub fn everything_is_there_after_a_restart<K: Kind>(kind: &K) {
    let store = kind.open();
    let write = async |number: u8, rev: u32| {
        let expected = store.get(&call_key(number)).await.unwrap().map(|(_, version)| version);
        assert!(store.put(&call_key(number), call_value(number, rev), expected).await.unwrap().is_some());
    };
    kind.run(async {
        for number in 0..20 {
            write(number, 1).await;
            assert!(store.put(&claim_key(&format!("user{number}")), claim(number, 1), None).await.unwrap().is_some());
        }
        for number in 0..10 {
            write(number, 2).await;
        }
        for number in 5..15 {
            let (_, version) = store.get(&call_key(number)).await.unwrap().unwrap();
            assert!(store.delete(&call_key(number), version).await.unwrap());
        }
        write(7, 3).await;
    });
    let Some(store) = kind.reopen(store) else { return };
    kind.run(async {
        for number in 0..20 {
            let expected = match number {
                7 => Some(3),
                5..15 => None,
                0..5 => Some(2),
                _ => Some(1),
            };
            let expected = expected.map(|rev| call_value(number, rev));
            let found: Option<(Value, Version)> = store.get(&call_key(number)).await.unwrap();
            assert_eq!(found.map(|(value, _)| value), expected, "{number}");
            let found = store.get(&claim_key(&format!("user{number}"))).await.unwrap();
            assert_eq!(found.map(|(value, _)| value), Some(claim(number, 1)));
        }
        let (_, version) = store.get(&call_key(7)).await.unwrap().unwrap();
        assert!(store.put(&call_key(7), call_value(7, 4), Some(version)).await.unwrap().is_some());
        assert!(store.put(&call_key(7), call_value(7, 4), None).await.unwrap().is_none());
    });
}
