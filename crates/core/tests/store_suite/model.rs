use super::{
    Kind,
    rng::Rng,
    values::{call_key, call_value, claim, claim_key},
};
use call_core::{Key, Store, Value, Version};
use std::collections::HashMap;

const KEYS: usize = 24;

/// What the store should hold, by a plain map.
#[derive(Default)]
struct Model {
    values: HashMap<Key, (Value, Version)>,
    /// Versions that were once there.
    old: Vec<Version>,
}

pub fn random_operations_agree_with_a_model<K: Kind>(kind: &K) {
    let mut rng = Rng::new(0x5106);
    let mut model = Model::default();
    let operations = kind.operations();
    let mut store = kind.open();
    let mut done = [0; 5];
    for number in 0..operations {
        let kind_of_operation = kind.run(operate(&*store, &mut model, &mut rng));
        done[kind_of_operation as usize] += 1;
        if number % (operations / 10) == operations / 10 - 1 {
            store = kind.reopen(store.clone()).unwrap_or(store);
            kind.run(compare(&*store, &mut model));
        }
    }
    assert!(done.iter().all(|count| *count > operations / 50), "{done:?}");
}

#[derive(Clone, Copy)]
enum Done {
    Read,
    Written,
    NotWritten,
    Removed,
    NotRemoved,
}

async fn operate(store: &impl Store, model: &mut Model, rng: &mut Rng) -> Done {
    let key = key(rng);
    let known = model.values.get(&key).cloned();
    let right = known.as_ref().map(|(_, version)| *version);
    // Mostly the right version, sometimes one that was there before, sometimes none.
    let expected = match rng.below(10) {
        0 if !model.old.is_empty() => Some(*rng.pick(&model.old)),
        1 => None,
        _ => right,
    };
    match (rng.below(10), expected) {
        (0..=2, _) => {
            assert_eq!(store.get(&key).await.unwrap(), known);
            Done::Read
        }
        (3..=4, Some(expected)) => {
            let removed = store.delete(&key, expected).await.unwrap();
            assert_eq!(removed, right == Some(expected));
            if !removed {
                return Done::NotRemoved;
            }
            model.values.remove(&key);
            model.old.push(expected);
            Done::Removed
        }
        _ => {
            let value = value(&key, rng);
            let written = store.put(&key, value.clone(), expected).await.unwrap();
            assert_eq!(written.is_some(), right == expected);
            let Some(version) = written else { return Done::NotWritten };
            assert_eq!(store.get(&key).await.unwrap(), Some((value.clone(), version)));
            assert!(!model.old.contains(&version) && right != Some(version), "a version came twice");
            model.old.extend(right);
            model.values.insert(key, (value, version));
            Done::Written
        }
    }
}

/// Values must be the same; after a restart the versions may be others, and the old ones mean nothing.
async fn compare(store: &impl Store, model: &mut Model) {
    let before = std::mem::take(model);
    for number in 0..KEYS {
        for key in [nth_call(number), nth_claim(number)] {
            let found = store.get(&key).await.unwrap();
            assert_eq!(found.as_ref().map(|(value, _)| value), before.values.get(&key).map(|(value, _)| value));
            model.values.extend(found.map(|found| (key, found)));
        }
    }
}

fn key(rng: &mut Rng) -> Key {
    let number = rng.below(KEYS);
    if rng.chance(500) { nth_call(number) } else { nth_claim(number) }
}

fn nth_call(number: usize) -> Key {
    call_key(u8::try_from(number).unwrap())
}

fn nth_claim(number: usize) -> Key {
    claim_key(&format!("user{number}"))
}

fn value(key: &Key, rng: &mut Rng) -> Value {
    match key {
        Key::Call(..) => call_value(rng.below(200) as u8, rng.below(1000) as u32),
        _ => claim(rng.below(200) as u8, rng.below(1000) as u32),
    }
}
