use axum::body::Bytes;
use call_core::AppId;
use call_protocol::UserId;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Longer than it takes to notice that a server of NATS does nothing any more, and to find another one.
const REMEMBERED: Duration = Duration::from_secs(15);

const MOST: usize = 16 * 1024;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What this node said to others lately. Some of it may be lost with a server of NATS.
#[derive(Default)]
pub(super) struct Said(Mutex<Recent>);

#[derive(Default)]
struct Recent {
    words: VecDeque<(Instant, Spoken)>,
    bytes: usize,
}

#[derive(Clone)]
pub(super) struct Spoken {
    pub to: (AppId, UserId),
    pub word: Bytes,
}

impl Said {
    pub fn note(&self, spoken: Spoken) {
        let mut recent = self.recent();
        recent.bytes += spoken.word.len();
        recent.words.push_back((Instant::now(), spoken));
        while recent.words.len() > MOST || recent.bytes > MOST_BYTES || recent.is_first_old() {
            let Some((_, gone)) = recent.words.pop_front() else { return };
            recent.bytes -= gone.word.len();
        }
    }

    /// In the order in which it was said.
    pub fn lately(&self) -> Vec<Spoken> {
        let recent = self.recent();
        let fresh = recent.words.iter().filter(|(at, _)| at.elapsed() < REMEMBERED);
        fresh.map(|(_, spoken)| spoken.clone()).collect()
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn is_first_old(&self) -> bool {
        self.words.front().is_some_and(|(at, _)| at.elapsed() >= REMEMBERED)
    }
}

impl Spoken {
    /// For one node, by a subject that does not tell whom it is for.
    pub fn to_bytes(&self) -> Bytes {
        let (app, user) = &self.to;
        [format!("{app} {user}\n").as_bytes(), &self.word].concat().into()
    }

    pub fn from_bytes(bytes: &Bytes) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (app, user) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
        let to = (app.parse().ok()?, user.to_owned().try_into().ok()?);
        Some(Self { to, word: bytes.slice(end + 1..) })
    }
}
