//! What `--dev` adds: an app of its own.

use crate::{auth::AppKeys, config::ConfigError, files, random};
use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: &str = "dev.json";

/// How long the userSigs of `/dev/usersig` are good for, in seconds.
pub const SIG_LIFE: u64 = 7 * 24 * 3600;

#[derive(Serialize, Deserialize)]
struct DevApp {
    #[serde(rename = "SDKAppID")]
    app: u32,
    secret: String,
    /// For the admin port. Made when it is needed first.
    #[serde(rename = "adminKey", default, skip_serializing_if = "Option::is_none")]
    admin_key: Option<String>,
}

/// What `--dev` knows of its app.
pub struct Dev {
    pub keys: AppKeys,
    pub admin_key: Option<String>,
}

/// The app in `dir`, made at the first start: pages that were logged in stay so when the server restarts.
pub fn app_kept_in(dir: &Path, needs_admin_key: bool) -> Result<Dev, ConfigError> {
    let random_secret = || random::hex(&random::bytes::<32>());
    let mut kept = match files::read_json(dir, FILE)? {
        Some(kept) => kept,
        None => {
            let made = DevApp { app: random_app_id(), secret: random_secret(), admin_key: None };
            files::write_json(dir, FILE, &made)?;
            made
        }
    };
    if needs_admin_key && kept.admin_key.is_none() {
        kept.admin_key = Some(random_secret());
        files::write_json(dir, FILE, &kept)?;
    }
    let keys = AppKeys::new(kept.app, vec![kept.secret]).map_err(|error| ConfigError::file(dir.join(FILE), error))?;
    Ok(Dev { keys, admin_key: kept.admin_key })
}

/// Ten digits that start with 19: looks like an SDKAppID, and no vendor's app has it by accident.
fn random_app_id() -> u32 {
    1_900_000_000 + u32::from_le_bytes(random::bytes()) % 100_000_000
}
