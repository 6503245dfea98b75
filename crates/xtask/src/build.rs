//! From sources to the npm package and the server.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{capture, cargo, run};
use crate::setup::{self, BrowserBuild, npm, wasm32};
use crate::stamp;
use crate::workspace::Workspace;

/// What rustc's wasm32 uses; wasm-opt is told, because a stripped file does not say.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Smaller after compression than with `-Oz`, or with the compiler's own control flow. Memory starts with the stack, which
/// ends long before its first kilobyte, and it is all zero before the module's data come in.
const WASM_PASSES: &[&str] = &[
    "--flatten",
    "--rereloop",
    "-Os",
    "--converge",
    "--low-memory-unused",
    "--zero-filled-memory",
    "--optimize-instructions",
    "--vacuum",
    "--reorder-locals",
    "--strip-target-features",
];

/// Bytes. Rust's default of a mebibyte is as much memory for nothing, and makes every address in the code a byte longer.
const STACK: usize = 128 * 1024;

pub fn everything(ws: &Workspace) -> Result<()> {
    let tools = setup::for_browser_build(ws)?;
    package(ws, &tools)?;
    print!("{}", fs::read_to_string(sizes(ws)).context("the package has no table of sizes")?);
    server(ws)
}

/// The npm package in `pkg/`.
pub fn package(ws: &Workspace, tools: &BrowserBuild) -> Result<()> {
    let wasm = compile(ws, tools)?;
    let glue = make_glue(ws, tools, wasm)?;
    assemble(ws, glue)
}

/// After the package: the server carries it, and the demo, inside.
pub fn server(ws: &Workspace) -> Result<()> {
    run(cargo().current_dir(&ws.root).args(["build", "--release", "--package", "call-server"]))
}

pub fn pack(ws: &Workspace) -> Result<()> {
    let tools = setup::for_browser_build(ws)?;
    package(ws, &tools)?;
    let folder = ws.target.join("package");
    let printed = capture(
        npm::npm(ws).current_dir(ws.package()).args(["pack", "--loglevel=error", "--pack-destination"]).arg(&folder),
    )?;
    let name = printed.lines().last().context("npm pack did not say what it has made")?;
    println!("{}", folder.join(name).display());
    Ok(())
}

fn compile(ws: &Workspace, tools: &BrowserBuild) -> Result<PathBuf> {
    let mut command = tools.rust.cargo();
    command.env("CARGO_ENCODED_RUSTFLAGS", rust_flags(ws)?);
    command.current_dir(&ws.root).args(["rustc", "--profile", "wasm", "--target", wasm32::TARGET]);
    command.args(["--package", "open-call-engine", "--lib"]);
    // Cargo optimises at link time only where no rlib, which the tests link, is made in the same run.
    command.args(["--crate-type", "cdylib", "--"]);
    command.args(["-C", &format!("link-arg=-zstack-size={STACK}")]);
    run(&mut command)?;
    Ok(ws.target.join(wasm32::TARGET).join("wasm/open_call_engine.wasm"))
}

/// Panics carry the path of their source file. The package shall not tell where it was built, nor weigh more for it.
fn rust_flags(ws: &Workspace) -> Result<String> {
    let home = wasm32::cargo_home().context("neither CARGO_HOME nor HOME is set")?;
    let mut folders = vec![ws.root.clone()];
    // One folder for each registry. xtask itself is made of crates from there.
    for registry in fs::read_dir(home.join("registry/src")).context("cargo's home holds no sources of crates")? {
        folders.push(registry?.path());
    }
    let flags: Vec<String> =
        folders.iter().map(|folder| format!("--remap-path-prefix={}=.", folder.display())).collect();
    Ok(flags.join("\x1f"))
}

/// The JavaScript around the wasm, and the wasm made small.
fn make_glue(ws: &Workspace, tools: &BrowserBuild, wasm: PathBuf) -> Result<PathBuf> {
    let glue = ws.target.join("package/glue");
    let optimizer = ws.node_binary("wasm-opt");
    let version = ws.locked_version("wasm-bindgen")?;
    let drop_panics = ws.root.join("tools/drop-panics.mjs");
    let inputs = [wasm.clone(), ws.root.join("package-lock.json"), drop_panics.clone()];
    let current = stamp::fingerprint(&inputs, &[&version, &WASM_FEATURES.concat(), &WASM_PASSES.concat()])?;
    stamp::when_changed(&ws.target.join("package/glue.stamp"), &current, &glue.join("engine.js"), || {
        if glue.exists() {
            fs::remove_dir_all(&glue).with_context(|| format!("cannot remove {}", glue.display()))?;
        }
        let mut bindgen = Command::new(&tools.bindgen.bindgen);
        bindgen.args(["--target", "web", "--omit-default-module-path", "--no-typescript", "--encode-into", "always"]);
        bindgen.args(["--remove-producers-section", "--out-name", "engine", "--out-dir"]);
        run(bindgen.arg(&glue).arg(&wasm))?;

        let module = glue.join("engine_bg.wasm");
        let small = glue.join("engine_bg.wasm.small");
        // Needs the names of the functions, which the optimizer then leaves out.
        run(Command::new("node").current_dir(&ws.root).arg(&drop_panics).arg(&module).arg(&small))?;
        let mut optimize = Command::new(&optimizer);
        optimize.args(WASM_PASSES).args(WASM_FEATURES).arg(&small).arg("-o").arg(&small);
        run(&mut optimize)?;
        fs::rename(&small, &module).with_context(|| format!("cannot replace {}", module.display()))
    })?;
    Ok(glue)
}

fn assemble(ws: &Workspace, glue: PathBuf) -> Result<()> {
    let script = ws.root.join("tools/build-package.mjs");
    if !script.is_file() {
        bail!("tools/build-package.mjs is missing: it puts the package together");
    }
    let inputs = [glue.clone(), ws.root.join("pkg-template"), ws.root.join("tools"), ws.root.join("package-lock.json")];
    let current = stamp::fingerprint(&inputs, &[])?;
    let complete = ws.package().join("package.json");
    stamp::when_changed(&ws.target.join("package/pkg.stamp"), &current, &complete, || {
        let printed = capture(Command::new("node").current_dir(&ws.root).arg(&script).arg(&glue).arg(ws.package()))?;
        fs::write(sizes(ws), printed).context("cannot keep the table of sizes")
    })
}

/// What putting the package together has printed: how large it is.
fn sizes(ws: &Workspace) -> PathBuf {
    ws.target.join("package/sizes.txt")
}
