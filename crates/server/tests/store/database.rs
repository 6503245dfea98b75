//! The file: whose it is, what becomes of a damaged one, and what is forgotten.

use crate::{
    PATIENCE, open, run,
    store_suite::values::{call, call_id, call_key, call_value, claim, claim_key},
};
use call_core::{Key, Store, Value};
use call_protocol::{MemberState, Phase};
use call_server::{OpenError, SqliteStore};
use rusqlite::Connection;
use std::{fs, path::Path, sync::Arc, time::Duration};

const FILE: &str = "calls.sqlite3";

fn filled(dir: &Path) {
    let store = open(dir);
    run(async {
        for number in 0..50 {
            assert!(store.put(&call_key(number), call_value(number, 1), None).await.unwrap().is_some());
        }
    });
}

#[test]
fn one_server_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let second = SqliteStore::open_with(dir.path(), Duration::from_millis(100), PATIENCE);
    assert!(matches!(second, Err(OpenError::InUse)));
    let path = dir.path().to_owned();
    let successor = std::thread::spawn(move || SqliteStore::open_with(&path, PATIENCE, PATIENCE).map(drop));
    std::thread::sleep(Duration::from_millis(100));
    store.close();
    successor.join().unwrap().unwrap();
}

#[test]
fn nothing_is_taken_after_the_close() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.close();
    run(store.put(&claim_key("ann"), claim(1, 1), None)).unwrap_err();
    store.close();
}

#[test]
fn a_newer_servers_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let file = dir.path().join(FILE);
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&file).unwrap();
    let error = SqliteStore::open(dir.path()).err().unwrap();
    assert!(matches!(error, OpenError::TooNew(99)), "{error}");
    assert!(fs::read(&file).unwrap() == before);
}

#[test]
fn a_damaged_database_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let file = dir.path().join(FILE);
    let whole = fs::read(&file).unwrap();
    let halves = [b"not a database at all, but long enough to look at".repeat(100), {
        let mut bytes = whole.clone();
        bytes[4096..].fill(0xa5);
        bytes
    }];
    for damaged in halves {
        fs::write(&file, &damaged).unwrap();
        let store = open(dir.path());
        assert!(store.calls(|_| true).is_empty());
        assert!(run(store.put(&call_key(1), call_value(1, 1), None)).unwrap().is_some());
        store.close();
        let aside = dir.path().join("calls.sqlite3.damaged");
        assert_eq!(aside.metadata().unwrap().len(), damaged.len() as u64);
        assert_eq!(open(dir.path()).calls(|_| true).len(), 1);
    }
}

#[test]
fn an_unreadable_record_is_dropped_and_the_rest_kept() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let change = |sql: &str| Connection::open(dir.path().join(FILE)).unwrap().execute(sql, []).unwrap();
    assert_eq!(change("UPDATE records SET value = '{\"call\":' WHERE id = 3"), 1);
    assert_eq!(change("UPDATE records SET key = 'what is this' WHERE id = 4"), 1);
    assert_eq!(change("UPDATE records SET value = x'00ff' WHERE id = 5"), 1);
    let store = open(dir.path());
    assert_eq!(store.calls(|_| true).len(), 47);
    store.close();
    let left = |sql: &str| -> i64 {
        Connection::open(dir.path().join(FILE)).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(left("SELECT count(*) FROM records"), 47);
}

#[test]
fn a_folder_that_can_not_be_used_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(SqliteStore::open(&file.join("below")).is_err());
    fs::create_dir(dir.path().join(FILE)).unwrap();
    assert!(SqliteStore::open(dir.path()).is_err());
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(store.put(&call_key(1), call_value(1, 1), None)).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        seen += 1;
    }
    assert!(seen >= 2, "the database and its log");
}

#[test]
fn what_is_over_is_forgotten_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let stored = |number: u8, phase: Phase, at: u64| {
        let mut call = call(number, 1);
        (call.phase, call.updated_at) = (phase, at);
        (call_key(number), Value::Call(Arc::new(call)))
    };
    let calls = [
        stored(1, Phase::Ended, 99),
        stored(2, Phase::Ended, 100),
        stored(3, Phase::Placing, 99),
        stored(4, Phase::Ringing, 1),
        stored(5, Phase::Connected, 1),
    ];
    let holder = call(5, 1).members[1].clone();
    assert_eq!(holder.state, MemberState::Ringing);
    run(async {
        for (key, value) in calls {
            assert!(store.put(&key, value, None).await.unwrap().is_some());
        }
        let claims =
            [("gone", claim(9, 1)), ("over", claim(2, 1)), (holder.user.as_str(), claim(5, holder.generation))];
        for (name, value) in claims {
            assert!(store.put(&claim_key(name), value, None).await.unwrap().is_some());
        }
    });
    store.prune(100);
    let check = |store: &SqliteStore| {
        let mut left: Vec<_> = store.calls(|_| true).iter().map(|call| call.id.clone()).collect();
        left.sort();
        assert_eq!(left, [2, 4, 5].map(call_id));
        for (name, kept) in [("gone", false), ("over", false), (holder.user.as_str(), true)] {
            assert_eq!(run(store.get(&claim_key(name))).unwrap().is_some(), kept, "{name}");
        }
    };
    check(&store);
    store.close();
    check(&open(dir.path()));
}

/// Claims come late into the database: whoever is in a call or rung has one all the same.
#[test]
fn claims_follow_from_calls() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let (running, over) = (call(1, 1), call(2, 2));
    assert_eq!((running.phase, over.phase), (Phase::Connected, Phase::Ended));
    let rung = &running.members[1];
    run(async {
        for call in [&running, &over] {
            assert!(
                store
                    .put(&Key::Call(call.app, call.id.clone()), Value::Call(call.clone().into()), None)
                    .await
                    .unwrap()
                    .is_some()
            );
        }
        assert!(store.put(&claim_key(rung.user.as_str()), claim(2, 1), None).await.unwrap().is_some());
    });
    store.close();
    let in_order = open(dir.path());
    assert_eq!(run(in_order.get(&claim_key(rung.user.as_str()))).unwrap().unwrap().0, claim(2, 1));
    in_order.close();

    // As a sudden end leaves it.
    Connection::open(dir.path().join(FILE)).unwrap().pragma_update(None, "application_id", 0).unwrap();
    let store = open(dir.path());
    let holder = |name: &str| run(store.get(&claim_key(name))).unwrap().map(|(value, _)| value);
    for member in &running.members {
        assert_eq!(holder(member.user.as_str()), Some(claim(1, member.generation)));
    }
    assert!(over.members.len() > 2);
    assert_eq!(holder(over.members[2].user.as_str()), None);
}
