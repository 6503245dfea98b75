//! What users show of themselves: a name and a picture. Calls don't need them; the pages that show calls do.

use crate::{cluster::People, store::CallStore};
use call_core::{AppId, StoreError};
use call_protocol::UserId;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    fn apply(&self, profile: &mut Profile) {
        profile.nick = self.nick.as_ref().unwrap_or(&profile.nick).clone();
        profile.avatar = self.avatar.as_ref().unwrap_or(&profile.avatar).clone();
    }

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
    /// Where other nodes change them, too: then what is known here is only for when there is no answer.
    people: Option<Arc<People>>,
}

impl Profiles {
    pub fn new(store: CallStore, people: Option<Arc<People>>) -> Self {
        Self { known: Mutex::new(store.profiles().into_iter().collect()), store, people }
    }

    pub async fn get(&self, key: &ProfileKey) -> Option<Profile> {
        if let Some(people) = &self.people
            && let Ok(profile) = people.profile(key).await
        {
            self.known().extend(profile.iter().map(|profile| (key.clone(), profile.clone())));
            return profile;
        }
        self.known().get(key).cloned()
    }

    /// When this returns, it outlives this process, if the store does.
    pub async fn change(&self, key: ProfileKey, change: ProfileChange) -> Result<(), StoreError> {
        if let Some(people) = &self.people {
            return people.change_profile(&key, |profile| change.apply(profile)).await.map(drop);
        }
        change.apply(self.known().entry(key.clone()).or_default());
        let current = || self.known().get(&key).cloned().unwrap_or_default();
        self.store.save_profile(key.clone(), current).await
    }

    fn known(&self) -> MutexGuard<'_, HashMap<ProfileKey, Profile>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
