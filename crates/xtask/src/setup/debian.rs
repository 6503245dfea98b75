//! A wasm32 toolchain from Debian packages. Debian ships the compiler and the library's source but no library for wasm32, so
//! that is built once. The result is a folder of its own, laid out as rustc expects it: nothing under /usr changes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{apt, put_first, say, wasm32};
use crate::process::{capture, name};
use crate::workspace::Workspace;

const SOURCE: &str = "/usr/lib/rustlib/src";

pub fn find_or_build(ws: &Workspace) -> Result<PathBuf> {
    let compiler = installed_compiler()?;
    let lld = linker(&compiler)?;
    let folder = ws.tools().join(format!("rust-{}", compiler.release));
    if !wasm32::has_core(&folder) {
        say(&format!("builds Rust's standard library for {} (about a minute, once)", wasm32::TARGET));
        assemble(ws, &compiler, &lld, &folder)?;
    }
    Ok(folder)
}

struct Compiler {
    release: String,
    host: String,
    llvm: String,
}

fn installed_compiler() -> Result<Compiler> {
    let packages = [
        ("rustc-web", "/usr/bin/rustc"),
        ("cargo-web", "/usr/bin/cargo"),
        ("rust-web-src", "/usr/lib/rustlib/src/rust/library/Cargo.lock"),
        ("rust-web-clippy", "/usr/bin/cargo-clippy"),
        ("rustfmt-web", "/usr/bin/cargo-fmt"),
    ];
    let mut missing: Vec<&str> =
        packages.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(package, _)| *package).collect();
    if missing.is_empty() {
        let compiler = ask_compiler()?;
        if new_enough(&compiler.release) {
            return Ok(compiler);
        }
        missing = packages.iter().map(|(package, _)| *package).collect();
    }
    apt::install(&missing)?;
    let compiler = ask_compiler()?;
    if !new_enough(&compiler.release) {
        bail!("Debian's rustc {} is too old; install by hand: rustup target add {}", compiler.release, wasm32::TARGET);
    }
    Ok(compiler)
}

fn ask_compiler() -> Result<Compiler> {
    let text = capture(Command::new("/usr/bin/rustc").arg("-vV").env_remove("LD_LIBRARY_PATH"))?;
    parse_version(&text).context("/usr/bin/rustc -vV does not tell its release, host and LLVM")
}

fn parse_version(text: &str) -> Option<Compiler> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    let llvm = field("LLVM version:")?.split('.').next()?.to_owned();
    Some(Compiler { release: field("release:")?, host: field("host:")?, llvm })
}

fn new_enough(release: &str) -> bool {
    numbers(release) >= numbers(env!("CARGO_PKG_RUST_VERSION"))
}

fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// The compiler reads bitcode made by its own LLVM, and so must the linker.
fn linker(compiler: &Compiler) -> Result<PathBuf> {
    let lld = PathBuf::from(format!("/usr/lib/llvm-{}/bin/lld", compiler.llvm));
    if !lld.exists() {
        apt::install(&[&format!("lld-{}", compiler.llvm)])?;
    }
    Ok(lld)
}

fn assemble(ws: &Workspace, compiler: &Compiler, lld: &Path, folder: &Path) -> Result<()> {
    let build = ws.tools().join("build-std");
    let library = build_library(&build)?;
    let mut scratch = folder.as_os_str().to_owned();
    scratch.push(".part");
    let scratch = PathBuf::from(scratch);
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }

    let rustlib = scratch.join("lib/rustlib");
    let target = rustlib.join(wasm32::TARGET).join("lib");
    fs::create_dir_all(&target)?;
    for file in library {
        let file_name = file.file_name().context("a library without a name")?;
        fs::copy(&file, target.join(file_name))?;
    }
    let host = rustlib.join(&compiler.host);
    fs::create_dir_all(host.join("bin"))?;
    symlink(lld, host.join("bin/rust-lld"))?;
    symlink(Path::new("/usr/lib/rustlib").join(&compiler.host).join("lib"), host.join("lib"))?;
    symlink(SOURCE, rustlib.join("src"))?;
    write_programs(&scratch.join("bin"), folder)?;

    // Only what is complete gets the name.
    fs::rename(&scratch, folder)?;
    fs::remove_dir_all(&build)?;
    Ok(())
}

/// rustc and rustdoc with this folder as their sysroot; cargo-clippy hands it to clippy by environment.
fn write_programs(bin: &Path, sysroot: &Path) -> Result<()> {
    fs::create_dir_all(bin)?;
    let sysroot = sysroot.display();
    for program in ["rustc", "rustdoc"] {
        script(&bin.join(program), &format!("exec /usr/bin/{program} --sysroot \"{sysroot}\" \"$@\""))?;
    }
    script(&bin.join("cargo-clippy"), &format!("SYSROOT=\"{sysroot}\" exec /usr/bin/cargo-clippy \"$@\""))?;
    for program in ["cargo", "cargo-fmt", "rustfmt"] {
        symlink(Path::new("/usr/bin").join(program), bin.join(program))?;
    }
    Ok(())
}

fn script(path: &Path, line: &str) -> Result<()> {
    fs::write(path, format!("#!/bin/sh\n{line}\n"))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// The library is a dependency of an empty crate; gives back its files.
fn build_library(folder: &Path) -> Result<Vec<PathBuf>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(folder.join("Cargo.toml"), "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n")?;

    let mut command = Command::new("/usr/bin/cargo");
    put_first(&mut command, &[PathBuf::from("/usr/bin")]);
    command
        .current_dir(folder)
        .args(["build", "--quiet", "--release", "--target", wasm32::TARGET])
        .arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        // Without bitcode in it a crate with `lto = true` cannot use the library.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("RUSTUP_TOOLCHAIN");
    capture(&mut command).with_context(|| format!("{} could not build the standard library", name(&command)))?;

    let built = folder.join("target").join(wasm32::TARGET).join("release/deps");
    let files = fs::read_dir(&built)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    let is_library = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.ends_with(".rlib") && !name.starts_with("libempty-")
    };
    Ok(files.into_iter().filter(is_library).collect())
}

#[cfg(test)]
#[path = "debian_test.rs"]
mod debian_test;
