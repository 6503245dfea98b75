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
}

/// The app in `dir`, made at the first start: pages that were logged in stay so when the server restarts.
pub fn app_kept_in(dir: &Path) -> Result<AppKeys, ConfigError> {
    let kept = match files::read_json(dir, FILE)? {
        Some(kept) => kept,
        None => {
            let made = DevApp { app: random_app_id(), secret: random::hex(&random::bytes::<32>()) };
            files::write_json(dir, FILE, &made)?;
            made
        }
    };
    AppKeys::new(kept.app, vec![kept.secret]).map_err(|error| ConfigError::file(dir.join(FILE), error))
}

/// Ten digits that start with 19: looks like an SDKAppID, and no vendor's app has it by accident.
fn random_app_id() -> u32 {
    1_900_000_000 + u32::from_le_bytes(random::bytes()) % 100_000_000
}
