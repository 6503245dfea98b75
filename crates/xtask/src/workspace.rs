//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target folder, wherever the person has put it.
    pub target: PathBuf,
    /// Cargo's folder in it that has the server to use.
    server_profile: &'static str,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.ancestors().nth(2).context("xtask is not two folders below the workspace")?.to_path_buf();
        let executable = std::env::current_exe().context("where is xtask itself?")?;
        let target = executable
            .ancestors()
            .find(|folder| folder.join("CACHEDIR.TAG").is_file())
            .map_or_else(|| root.join("target"), Path::to_path_buf);
        Ok(Self { root, target, server_profile: "release" })
    }

    /// Tools that the set-up builds or collects; they survive `rm -rf target/debug target/release`.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The built npm package.
    pub fn package(&self) -> PathBuf {
        self.root.join("pkg")
    }

    pub fn server_binary(&self) -> PathBuf {
        self.target.join(self.server_profile).join("call-server")
    }

    /// The same with the server that `cargo test` builds for its own tests: another one would take minutes more.
    pub fn with_debug_server(&self) -> Self {
        Self { root: self.root.clone(), target: self.target.clone(), server_profile: "debug" }
    }

    pub fn node_binary(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// The version of a crate that Cargo.lock has settled on.
    pub fn locked_version(&self, name: &str) -> Result<String> {
        let lock = self.root.join("Cargo.lock");
        let text = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        locked_version(&text, name).with_context(|| format!("Cargo.lock has no {name}"))
    }
}

pub fn locked_version(lock: &str, name: &str) -> Option<String> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines();
    lines.by_ref().find(|line| *line == wanted)?;
    let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
#[path = "workspace_test.rs"]
mod workspace_test;
