use crate::profiles::{Profile, ProfileKey};
use call_core::{AppId, Key, SessionId, Value};
use call_protocol::{Login, Millis, UserId};
use serde::{Deserialize, Serialize};

/// What a record is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RecordKey {
    Core(Key),
    Session(SessionKey),
    Profile(ProfileKey),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Core(Value),
    Session(SavedSession),
    Profile(Profile),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    pub app: AppId,
    pub user: UserId,
    pub id: SessionId,
}

/// What lets a client go on as the same session after this process has died. Of the resume tokens only the hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSession {
    pub device: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
    pub sig_expires: Millis,
    pub token: String,
    /// Good until `token` is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_token: Option<String>,
}

impl SavedSession {
    /// Whether a login comes from where this session is.
    pub fn is_from(&self, login: &Login) -> bool {
        let same_page = self.page.is_empty() || login.page.is_empty() || self.page == login.page;
        self.device == login.device && same_page
    }

    /// Whether this hash is of a token that lets a client go on.
    pub fn knows(&self, token: &str) -> bool {
        self.token == token || self.previous_token.as_deref() == Some(token)
    }
}
