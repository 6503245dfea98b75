//! What users show of themselves: a name and a picture. Calls don't need them; the pages that show calls do.

use crate::store::CallStore;
use call_core::{AppId, StoreError};
use call_protocol::UserId;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Either may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub nick: String,
    /// The URL of a picture.
    pub avatar: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProfileKey {
    pub app: AppId,
    pub user: UserId,
}

/// A change of some of a profile's members.
#[derive(Debug, Default, Deserialize)]
pub struct ProfileChange {
    pub nick: Option<String>,
    pub avatar: Option<String>,
}

impl ProfileChange {
    /// In bytes, of each member.
    pub const MAX: usize = 500;

    pub fn is_too_long(&self) -> bool {
        [&self.nick, &self.avatar].into_iter().flatten().any(|text| text.len() > Self::MAX)
    }
}

/// All profiles that were ever set, here and in the store.
pub struct Profiles {
    known: Mutex<HashMap<ProfileKey, Profile>>,
    store: CallStore,
}

impl Profiles {
    pub fn new(store: CallStore) -> Self {
        Self { known: Mutex::new(store.profiles().into_iter().collect()), store }
    }

    pub fn get(&self, key: &ProfileKey) -> Option<Profile> {
        self.known().get(key).cloned()
    }

    /// When this returns, it outlives this process, if the store does.
    pub async fn change(&self, key: ProfileKey, change: ProfileChange) -> Result<(), StoreError> {
        {
            let mut known = self.known();
            let profile = known.entry(key.clone()).or_default();
            change.nick.into_iter().for_each(|nick| profile.nick = nick);
            change.avatar.into_iter().for_each(|avatar| profile.avatar = avatar);
        }
        self.store.save_profile(key.clone(), || self.get(&key).unwrap_or_default()).await
    }

    fn known(&self) -> MutexGuard<'_, HashMap<ProfileKey, Profile>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
