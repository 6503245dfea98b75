//! The import rule: imports point only downward, and only those files that are meant to see the browser, the network, the
//! clock and chance name them. The tables are the rule; a new module of the SDK needs a place in them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::source::{NamedPath, named_paths};

/// The SDK's modules (`src/`), from the top down: one may use those of lower rows only.
const SDK_ROWS: &[&[&str]] = &[
    &["engine"],
    &["driver"],
    &["arguments", "local_media"],
    &["views"],
    &["signaling", "media_session", "media_devices", "emitter", "page"],
    &["peer_connection", "dialect"],
    &["wire"],
    &["error"],
    &["web"],
    &["json"],
];

/// Names that may be used in no file but the given.
struct Ban {
    /// A path, which bans all below it as well.
    names: &'static [&'static str],
    /// Beginnings of file names to which the ban applies.
    within: &'static [&'static str],
    /// Beginnings of file names that are free of it.
    except: &'static [&'static str],
    reason: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        names: &["tokio", "rand", "getrandom", "std::net", "std::thread", "std::fs"],
        within: &["crates/core/src/", "crates/protocol/src/"],
        except: &[],
        reason: "the core does no input or output and draws no lots",
    },
    Ban {
        names: &["std::time::Instant", "std::time::SystemTime", "time::Instant", "time::SystemTime", "std::time::*"],
        within: &["crates/core/src/", "crates/protocol/src/"],
        except: &[],
        reason: "the core has no clock: time is an argument",
    },
    Ban {
        names: &["web_sys", "js_sys", "wasm_bindgen"],
        within: &["crates/", "src/dialect"],
        except: &[],
        reason: "only the SDK's browser files know the browser",
    },
    Ban {
        names: &["call_core", "call_server", "open_call_engine"],
        within: &["crates/protocol/"],
        except: &[],
        reason: "the protocol is the lowest layer",
    },
    Ban { names: &["open_call_engine"], within: &["crates/"], except: &[], reason: "nothing imports the SDK" },
    Ban {
        names: &["call_server"],
        within: &["src/", "crates/core/"],
        except: &[],
        reason: "nothing imports the server",
    },
    Ban {
        names: &["async_nats"],
        within: &["crates/", "src/"],
        except: &["crates/server/src/cluster/"],
        reason: "only what makes many servers one knows NATS",
    },
];

const LONGEST_FILE: usize = 500;
const COUNTED: &[&str] = &["rs", "js", "mjs", "cjs", "ts", "css", "html"];
const NOT_OURS: &[&str] = &["target", "pkg", "node_modules", "dist", ".git", "screenshots"];

/// A file of the project: its path from the root, with slashes, and its text.
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

pub fn check_tree(root: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    read_tree(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(check(&files))
}

pub fn check(files: &[SourceFile]) -> Vec<String> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Vec<String> {
    let mut violations = Vec::new();
    let lines = file.text.lines().count();
    if lines > LONGEST_FILE {
        violations.push(format!("{}: {lines} lines, {LONGEST_FILE} are the most", file.path));
    }
    if !file.path.ends_with(".rs") {
        return violations;
    }
    let paths = named_paths(&file.text);
    violations.extend(banned_names(file, &paths));
    violations.extend(upward_imports(file, &paths));
    violations.dedup();
    violations
}

fn banned_names(file: &SourceFile, paths: &[NamedPath]) -> Vec<String> {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| file.path.starts_with(beginning));
    let bans = BANS.iter().filter(|ban| begins(ban.within) && !begins(ban.except));
    let mut violations = Vec::new();
    for ban in bans {
        for path in paths {
            let named = path.segments.join("::");
            if ban.names.iter().any(|name| is_or_is_below(&named, name)) {
                violations.push(format!("{}:{}: names {named}: {}", file.path, path.line, ban.reason));
            }
        }
    }
    violations
}

fn is_or_is_below(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn upward_imports(file: &SourceFile, paths: &[NamedPath]) -> Vec<String> {
    let Some(place) = sdk_module(&file.path) else { return Vec::new() };
    let Some(module) = place.first() else { return Vec::new() };
    let Some(own_row) = row(module) else {
        return vec![format!(
            "{}: the module {module} has no row in the import rule (SDK_ROWS in crates/xtask/src/imports.rs)",
            file.path
        )];
    };
    let mut violations = Vec::new();
    for path in paths {
        let Some(used) = used_module(&place, &path.segments) else { continue };
        let upward = row(used).is_some_and(|used_row| used_row <= own_row);
        if used != *module && upward {
            violations
                .push(format!("{}:{}: {module} may not use {used}: imports point only downward", file.path, path.line));
        }
    }
    violations
}

/// `src/dialect/web.rs` is the module dialect::web; the root of the crate, which lists the modules, is none.
fn sdk_module(path: &str) -> Option<Vec<&str>> {
    let inner = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    // The tests of a module are part of it.
    let inner = inner.strip_suffix("_test").unwrap_or(inner);
    let mut place: Vec<&str> = inner.split('/').collect();
    if matches!(place.last(), Some(&("mod" | "lib"))) {
        place.pop();
    }
    Some(place)
}

/// The module of the crate's root that a path leads into.
fn used_module<'a>(place: &[&str], segments: &'a [String]) -> Option<&'a str> {
    let mut rest = segments.iter().map(String::as_str);
    let first = rest.next()?;
    if first == "crate" {
        return rest.next();
    }
    if first != "super" {
        return None;
    }
    let more = segments.iter().skip(1).take_while(|segment| *segment == "super").count();
    let levels = more + 1;
    (levels >= place.len()).then(|| segments.get(levels).map(String::as_str)).flatten()
}

fn row(module: &str) -> Option<usize> {
    SDK_ROWS.iter().position(|row| row.contains(&module))
}

fn read_tree(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
            read_tree(&path, &format!("{prefix}{name}/"), files)?;
        }
        let counted = path.extension().is_some_and(|extension| COUNTED.iter().any(|known| extension == *known));
        if kind.is_file() && counted {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push(SourceFile { path: format!("{prefix}{name}"), text });
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "imports_test.rs"]
mod imports_test;
