use crate::support::{
    desk::Desk,
    names::{APP, RING, call_id, place, user},
    rng::Rng,
    scheduler::run,
    sim_store::SimStore,
    time::VirtualClock,
};
use call_core::{Call, Clock, Key, Step, Store, Value, Version};

fn claim(number: u8) -> Value {
    Value::Claim(call_id(number), 1)
}

#[test]
fn a_write_needs_the_version_that_is_there() {
    let store = SimStore::new(Rng::new(1), 0).memory;
    let clock = VirtualClock::new();
    let key = Key::Claim(APP, user("ann"));
    let put = |value, expected| run(&clock, store.put(&key, value, expected)).unwrap().is_some();
    let get = || run(&clock, store.get(&key)).unwrap();

    assert_eq!(get(), None);
    assert!(!put(claim(1), Some(Version(1))));
    assert!(put(claim(1), None));
    assert!(!put(claim(2), None));
    let (value, first) = get().unwrap();
    assert_eq!(value, claim(1));
    assert!(put(claim(2), Some(first)));
    assert!(!put(claim(3), Some(first)));
    assert!(!run(&clock, store.delete(&key, first)).unwrap());
    let (value, second) = get().unwrap();
    assert_eq!(value, claim(2));
    assert!(run(&clock, store.delete(&key, second)).unwrap());
    assert!(!run(&clock, store.delete(&key, second)).unwrap());
    assert_eq!(get(), None);
}

#[test]
fn a_key_made_again_has_a_new_version() {
    let store = SimStore::new(Rng::new(1), 0).memory;
    let clock = VirtualClock::new();
    let key = Key::Claim(APP, user("ann"));
    let mut seen = Vec::new();
    for _ in 0..3 {
        assert!(run(&clock, store.put(&key, claim(1), None)).unwrap().is_some());
        let (_, version) = run(&clock, store.get(&key)).unwrap().unwrap();
        assert!(!seen.contains(&version));
        seen.push(version);
        assert!(run(&clock, store.delete(&key, version)).unwrap());
    }
}

#[test]
fn pruning_forgets_what_is_over_and_nothing_else() {
    let desk = Desk::new();
    desk.placed(&place(1, "ann", &["bob"]));
    desk.wait(RING).act(1, Step::Expire).unwrap();
    desk.placed(&place(2, "cat", &["dan"]));
    desk.accept(2, "dan");
    let stale = Key::Claim(APP, user("eve"));
    assert!(run(&desk.clock, desk.store.put(&stale, claim(9), None)).unwrap().is_some());

    let ended_at = desk.call(1).updated_at;
    desk.store.memory.prune(ended_at);
    assert_eq!(desk.store.memory.calls().len(), 2);
    desk.store.memory.prune(desk.clock.now() + 1);
    assert_eq!(desk.store.memory.calls().len(), 1);
    assert_eq!(desk.store.memory.len(), 3);
    assert_eq!(desk.current("cat"), Some(desk.call(2)));
}

#[test]
fn a_call_survives_its_serialization() {
    let desk = Desk::new();
    let call = desk.placed(&place(1, "ann", &["bob", "cat"]));
    let text = serde_json::to_string(&*call).unwrap();
    assert_eq!(serde_json::from_str::<Call>(&text).unwrap(), *call);
    let value = Value::Call(call);
    assert_eq!(serde_json::from_str::<Value>(&serde_json::to_string(&value).unwrap()).unwrap(), value);
}
