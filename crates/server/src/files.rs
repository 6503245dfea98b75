use crate::config::ConfigError;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

/// The JSON value in `dir/name`, if there is such a file.
pub fn read_json<T: DeserializeOwned>(dir: &Path, name: &str) -> Result<Option<T>, ConfigError> {
    let path = dir.join(name);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ConfigError::file(path, error)),
    };
    // Not the error's own text: it may quote a secret.
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|_| ConfigError::file(path, "not readable as JSON with the expected members; delete it to start anew"))
}

/// Writes `dir/name` whole or not at all, readable by its owner only.
pub fn write_json(dir: &Path, name: &str, value: &impl Serialize) -> Result<(), ConfigError> {
    let path = dir.join(name);
    let failed = |error: std::io::Error| ConfigError::file(&path, error);
    fs::create_dir_all(dir).map_err(failed)?;
    let draft = dir.join(format!("{name}.{}.tmp", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft).map_err(failed)?;
    let json = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    file.write_all(&json).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&draft, &path).map_err(failed)
}
