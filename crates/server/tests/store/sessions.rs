//! What resuming needs.

use crate::{open, run};
use call_core::SessionId;
use call_protocol::UserId;
use call_server::{SavedSession, SessionKey};
use std::sync::atomic::{AtomicU64, Ordering};

fn key(id: u64) -> SessionKey {
    SessionKey { app: 7, user: UserId::try_from("ann").unwrap(), id: SessionId(id) }
}

fn saved(number: u64) -> SavedSession {
    SavedSession {
        device: "a \"device\"".into(),
        page: if number.is_multiple_of(2) { String::new() } else { "page".into() },
        sig_expires: number,
        token: format!("token {number}"),
        previous_token: (number > 1).then(|| format!("token {}", number - 1)),
    }
}

#[test]
fn sessions_survive_and_are_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(async {
        for number in 1..=4 {
            store.save_session(key(number % 3), || saved(number)).await.unwrap();
        }
    });
    store.forget_session(key(2));
    store.close();

    let store = open(dir.path());
    let mut found = store.sessions();
    found.sort_by_key(|(key, _)| key.id);
    assert_eq!(found, [(key(0), saved(3)), (key(1), saved(4))]);
    assert!(store.calls(|_| true).is_empty());
}

/// A session's state changes under its own lock; what is stored must be the newest state all the same.
#[test]
fn of_two_that_save_at_once_the_newer_state_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (store, state) = (&open(dir.path()), &AtomicU64::new(1));
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..100 {
                    state.fetch_add(1, Ordering::SeqCst);
                    run(store.save_session(key(1), || saved(state.load(Ordering::SeqCst)))).unwrap();
                }
            });
        }
    });
    assert_eq!(store.sessions(), [(key(1), saved(401))]);
    store.close();
    assert_eq!(open(dir.path()).sessions(), [(key(1), saved(401))]);
}
