#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;

use super::{fingerprint, when_changed};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
    fs::create_dir_all(folder.join("inner")).unwrap();
    folder
}

#[test]
fn content_names_and_parameters_count() {
    let folder = folder("fingerprint");
    fs::write(folder.join("inner/a"), "1").unwrap();
    let paths = [folder.clone()];
    let first = fingerprint(&paths, &["-Oz"]).unwrap();
    assert_eq!(first, fingerprint(&paths, &["-Oz"]).unwrap());
    assert_ne!(first, fingerprint(&paths, &["-O3"]).unwrap());

    fs::write(folder.join("inner/a"), "2").unwrap();
    assert_ne!(first, fingerprint(&paths, &["-Oz"]).unwrap());

    fs::remove_file(folder.join("inner/a")).unwrap();
    fs::write(folder.join("inner/b"), "1").unwrap();
    assert_ne!(first, fingerprint(&paths, &["-Oz"]).unwrap());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_step_runs_again_after_a_change_a_failure_or_a_loss_only() {
    let folder = folder("steps");
    let stamp = folder.join("stamp");
    let output = folder.join("output");
    let runs = Cell::new(0);
    let step = || {
        runs.set(runs.get() + 1);
        Ok(fs::write(&output, "made")?)
    };
    when_changed(&stamp, "one", &output, step).unwrap();
    when_changed(&stamp, "one", &output, step).unwrap();
    assert_eq!(runs.get(), 1);

    when_changed(&stamp, "two", &output, || anyhow::bail!("broken")).unwrap_err();
    when_changed(&stamp, "one", &output, step).unwrap();
    assert_eq!(runs.get(), 2);

    fs::remove_file(&output).unwrap();
    when_changed(&stamp, "one", &output, step).unwrap();
    assert_eq!(runs.get(), 3);
    fs::remove_dir_all(folder).unwrap();
}
