use super::AppKeys;
use crate::config::ConfigError;
use call_core::AppId;
use call_protocol::UserId;
use std::{collections::HashSet, fmt};
use subtle::ConstantTimeEq;

const SHORTEST_KEY: usize = 16;

/// Who may ask for an app's calls, and change them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Admins {
    /// For the admin port.
    keys: Vec<(AppId, String)>,
    /// Users whose userSig opens the vendor's own interface.
    administrators: HashSet<(AppId, UserId)>,
}

impl Admins {
    pub fn add_key(&mut self, app: AppId, key: &str) -> Result<(), ConfigError> {
        // A key says which app it is for.
        if key.len() < SHORTEST_KEY || self.keys.iter().any(|(_, known)| known == key) {
            return Err(ConfigError::BadAdminKey(app));
        }
        self.keys.push((app, key.to_owned()));
        Ok(())
    }

    pub fn add_administrator(&mut self, app: AppId, user: UserId) {
        self.administrators.insert((app, user));
    }

    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The app that `key` is for. How long this takes tells nothing about the keys but their length.
    pub fn app_of_key(&self, key: &str) -> Option<AppId> {
        let mut found = None;
        for (app, known) in &self.keys {
            if known.as_bytes().ct_eq(key.as_bytes()).into() {
                found = Some(*app);
            }
        }
        found
    }

    pub fn is_administrator(&self, app: AppId, user: &UserId) -> bool {
        self.administrators.contains(&(app, user.clone()))
    }

    /// `ID:REST`, where the id is that of one of `apps`.
    pub fn split<'a>(
        text: &'a str,
        apps: &[AppKeys],
        flag: &'static str,
        what: &'static str,
    ) -> Result<(AppId, &'a str), ConfigError> {
        let parts = text.split_once(':').and_then(|(app, rest)| Some((app.parse().ok()?, rest)));
        let known = parts.filter(|(app, rest)| !rest.is_empty() && apps.iter().any(|known| known.id == *app));
        known.ok_or(ConfigError::BadAdmin { flag, what })
    }
}

// By hand, so that no log line can ever show a key.
impl fmt::Debug for Admins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admins").field("administrators", &self.administrators).finish_non_exhaustive()
    }
}
