use crate::config::ConfigError;
use serde::Deserialize;
use std::{collections::HashMap, fmt, path::Path, str::FromStr};

/// An app and the one or two secrets that may sign its userSigs. The first one signs.
#[derive(Clone, PartialEq, Eq)]
pub struct AppKeys {
    /// SDKAppID.
    pub id: u32,
    secrets: Vec<String>,
}

impl AppKeys {
    pub fn new(id: u32, secrets: Vec<String>) -> Result<Self, ConfigError> {
        if id == 0 {
            return Err(ConfigError::BadApp(id.to_string()));
        }
        if !(1..=2).contains(&secrets.len()) || secrets.iter().any(String::is_empty) {
            return Err(ConfigError::BadSecrets(id));
        }
        Ok(Self { id, secrets })
    }

    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }
}

// By hand, so that no log line can ever show a secret.
impl fmt::Debug for AppKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppKeys").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FromStr for AppKeys {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let mut parts = text.trim().split(':');
        let id = parts.next().unwrap_or_default();
        // The error names the id at most: what follows is secret.
        let id = id.parse().map_err(|_| ConfigError::BadApp(id.into()))?;
        Self::new(id, parts.map(str::to_owned).collect())
    }
}

#[derive(Debug, Clone, Default)]
pub struct Apps(HashMap<u32, AppKeys>);

impl Apps {
    pub fn new(apps: impl IntoIterator<Item = AppKeys>) -> Result<Self, ConfigError> {
        let mut map = HashMap::new();
        for app in apps {
            let id = app.id;
            if map.insert(id, app).is_some() {
                return Err(ConfigError::DoubledApp(id));
            }
        }
        if map.is_empty() { Err(ConfigError::NoApp) } else { Ok(Self(map)) }
    }

    pub fn get(&self, id: u32) -> Option<&AppKeys> {
        self.0.get(&id)
    }
}

/// A table of `--apps-file`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileApp {
    id: u32,
    secrets: Vec<String>,
    admin_key: Option<OneOrTwo>,
    #[serde(default)]
    pub administrators: Vec<String>,
    pub webhook: Option<String>,
    webhook_secret: Option<OneOrTwo>,
}

/// A secret, or the new one and the one that it follows.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrTwo {
    One([String; 1]),
    Two([String; 2]),
    Bare(String),
}

impl FileApp {
    pub fn id(&self) -> u32 {
        self.id
    }

    pub fn keys(&self) -> Result<AppKeys, ConfigError> {
        AppKeys::new(self.id, self.secrets.clone())
    }

    pub fn admin_keys(&self) -> &[String] {
        self.admin_key.as_ref().map_or(&[], OneOrTwo::secrets)
    }

    /// The newest first.
    pub fn webhook_secrets(&self) -> &[String] {
        self.webhook_secret.as_ref().map_or(&[], OneOrTwo::secrets)
    }
}

impl OneOrTwo {
    fn secrets(&self) -> &[String] {
        match self {
            Self::One(list) => list,
            Self::Two(list) => list,
            Self::Bare(secret) => std::slice::from_ref(secret),
        }
    }
}

pub fn read_apps_file(path: &Path) -> Result<Vec<FileApp>, ConfigError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        app: Vec<FileApp>,
    }
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::file(path, error))?;
    // Not the error's own text: it quotes what it found, and that may be a secret.
    let file: File = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        ConfigError::file(
            path,
            format_args!("line {line}: expected tables [[app]] with `id` and `secrets`, see --help"),
        )
    })?;
    Ok(file.app)
}
