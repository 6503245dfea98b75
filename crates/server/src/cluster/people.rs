use super::bucket::{Bucket, Found};
use crate::{
    profiles::{Profile, ProfileKey},
    store::{SavedSession, SessionKey},
};
use call_core::{AppId, NodeEpoch, SessionId, StoreError};
use call_protocol::UserId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// How often a change is tried again while others are faster.
const TRIES: usize = 32;

/// Which sessions each user has, and on which node; and what users show of themselves.
///
/// All sessions of a user are one value: a login sees, and ends, what is there in one step, on whichever node.
pub struct People(Bucket);

/// A session, as every node knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub id: SessionId,
    /// Where it is connected, or was last.
    pub node: NodeEpoch,
    /// It has no socket there at the moment.
    #[serde(default)]
    pub lost: bool,
    #[serde(default)]
    pub multi_device: bool,
    #[serde(flatten)]
    pub saved: SavedSession,
}

impl People {
    pub(super) fn new(bucket: Bucket) -> Self {
        Self(bucket)
    }

    pub async fn sessions(&self, app: AppId, user: &UserId) -> Result<Vec<Registered>, StoreError> {
        let (sessions, _) = self.load(&sessions_key(app, user)).await?;
        Ok(sessions.unwrap_or_default())
    }

    /// Changes the sessions of a user in one step. `change` may be asked several times, for as long as others are
    /// faster; none: nothing is changed.
    pub async fn change<T>(
        &self,
        app: AppId,
        user: &UserId,
        mut change: impl FnMut(&mut Vec<Registered>) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let key = sessions_key(app, user);
        for _ in 0..TRIES {
            let (before, at) = self.load::<Vec<Registered>>(&key).await?;
            let before = before.unwrap_or_default();
            let mut after = before.clone();
            let Some(answer) = change(&mut after) else { return Ok(None) };
            let is_done = match (before.is_empty(), after.is_empty()) {
                _ if before == after => true,
                (false, true) => self.0.delete(&key, at).await?.is_some(),
                _ => self.0.put(&key, json(&after)?, at, None).await?.is_some(),
            };
            if is_done {
                return Ok(Some(answer));
            }
        }
        Err(StoreError("too much contention".into()))
    }

    /// The session ends, unless it has moved to another node.
    pub async fn forget(&self, key: &SessionKey, node: NodeEpoch) -> Result<(), StoreError> {
        let forgotten = self.change(key.app, &key.user, |sessions| {
            sessions.retain(|session| session.id != key.id || session.node != node);
            Some(())
        });
        forgotten.await.map(drop)
    }

    pub async fn profile(&self, key: &ProfileKey) -> Result<Option<Profile>, StoreError> {
        Ok(self.load(&profile_key(key)).await?.0)
    }

    pub async fn change_profile(&self, key: &ProfileKey, change: impl Fn(&mut Profile)) -> Result<Profile, StoreError> {
        let key = profile_key(key);
        for _ in 0..TRIES {
            let (profile, at) = self.load::<Profile>(&key).await?;
            let mut profile = profile.unwrap_or_default();
            change(&mut profile);
            if self.0.put(&key, json(&profile)?, at, None).await?.is_some() {
                return Ok(profile);
            }
        }
        Err(StoreError("too much contention".into()))
    }

    /// What is under `key`, and what a write must say was there.
    async fn load<T: DeserializeOwned>(&self, key: &str) -> Result<(Option<T>, u64), StoreError> {
        match self.0.get(key).await? {
            Found::Value(value, at) => {
                let value = serde_json::from_slice(&value).map_err(|error| StoreError(error.to_string()))?;
                Ok((Some(value), at))
            }
            Found::Deleted(at) => Ok((None, at)),
            Found::Nothing => Ok((None, 0)),
        }
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError(error.to_string()))
}

fn sessions_key(app: AppId, user: &UserId) -> String {
    format!("sessions.{app}.{user}")
}

fn profile_key(ProfileKey { app, user }: &ProfileKey) -> String {
    format!("profile.{app}.{user}")
}
