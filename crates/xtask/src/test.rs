//! `test` and `e2e`, and what else runs in Node against the built package and server.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::build;
use crate::process::{cargo, run};
use crate::server::TestServer;
use crate::setup::{self, BrowserBuild, TestPrograms, wasm32};
use crate::suite::Report;
use crate::summary::Runner;
use crate::workspace::Workspace;

/// What `test` runs in Firefox, too; `e2e --firefox` runs all.
const FIREFOX_SAMPLE: [&str; 2] = ["tests/e2e/call.test.mjs", "tests/e2e/outlives-server.test.mjs"];

pub fn everything(ws: &Workspace) -> Result<ExitCode> {
    let ws = &ws.with_debug_server();
    let tools = setup::for_browser_build(ws)?;
    let programs = setup::for_tests(ws)?;
    let mut report = Report::default();

    // First, because the server cannot be compiled without the package that it carries.
    let built = build::package(ws, &tools);
    let packaged = built.is_ok();
    if let Err(error) = built {
        report.broken("build of the package", &format!("{error:#}"));
    }

    if !native_tests(ws, &programs, &mut report) {
        return Ok(report.finish());
    }
    browser_tests(ws, &tools, &programs, &mut report);
    if packaged {
        node_tests(ws, "tests for back ends", &ws.root.join("tests/back-end"), &[], &programs, &mut report);
        node_tests(ws, "tests of the deployment", &ws.root.join("tests/deploy"), &[], &programs, &mut report);
        node_tests(ws, "package tests", &ws.root.join("tests/package"), &[], &programs, &mut report);
        node_tests(ws, "conformance tests", &ws.root.join("tests/conformance"), &[], &programs, &mut report);
        node_tests(ws, "end-to-end tests", &ws.root.join("tests/e2e"), &[], &programs, &mut report);
        node_tests(ws, "tests of the vendor's UI kits", &ws.root.join("tests/uikit"), &[], &programs, &mut report);
        node_tests(ws, "network tests", &ws.root.join("tests/networks"), &[], &programs, &mut report);
        firefox_tests(ws, &FIREFOX_SAMPLE.map(String::from), &programs, &mut report);
    }
    Ok(report.finish())
}

/// `--firefox` in front of the files: in Firefox.
pub fn end_to_end(ws: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let programs = setup::for_tests(ws)?;
    build::everything(ws)?;
    let mut report = Report::default();
    match arguments.split_first() {
        Some((first, files)) if first == "--firefox" => firefox_tests(ws, files, &programs, &mut report),
        _ => node_tests(ws, "end-to-end tests", &ws.root.join("tests/e2e"), arguments, &programs, &mut report),
    }
    Ok(report.finish())
}

/// A program of the tests' that is none itself, with what it needs built before.
pub fn node_program(ws: &Workspace, script: &str, arguments: &[String]) -> Result<()> {
    let programs = setup::for_tests(ws)?;
    build::everything(ws)?;
    let mut command = Command::new("node");
    command.current_dir(&ws.root).arg(script).args(arguments);
    with_programs(&mut command, ws, &programs);
    run(&mut command)
}

/// False: nothing could be compiled, the server neither.
fn native_tests(ws: &Workspace, programs: &TestPrograms, report: &mut Report) -> bool {
    let name = "cargo tests";
    let test = || {
        let mut command = cargo();
        command.current_dir(&ws.root).args(["test", "--workspace", "--no-fail-fast"]);
        // The same run every time; `cargo test` alone looks somewhere else each time.
        command.env("BOLERO_RANDOM_SEED", "20261120");
        with_programs(&mut command, ws, programs);
        command
    };
    // Compiling shows its progress; only the run is recorded and has a limit.
    if let Err(error) = run(test().arg("--no-run")) {
        report.broken(name, &format!("{error:#}"));
        return false;
    }
    report.run(name, Runner::Cargo, &mut test());
    true
}

fn browser_tests(ws: &Workspace, tools: &BrowserBuild, programs: &TestPrograms, report: &mut Report) {
    let name = "browser tests";
    let server = match TestServer::start(ws) {
        Ok(server) => server,
        Err(error) => return report.broken(name, &format!("{error:#}")),
    };
    let test = || {
        let mut command = tools.rust.cargo();
        command.current_dir(&ws.root).args(["test", "--target", wasm32::TARGET]);
        command.args(["--package", "open-call-engine", "--test", "web"]);
        with_programs(&mut command, ws, programs);
        command
            .env("TUICALL_TEST_SERVER", &server.url)
            .env("CHROMEDRIVER", &programs.chromedriver)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &tools.bindgen.test_runner);
        command
    };
    if let Err(error) = run(test().arg("--no-run")) {
        return report.broken(name, &format!("{error:#}"));
    }
    report.run(name, Runner::Cargo, &mut test());
}

/// The same tests as in Chromium; without files all of them.
fn firefox_tests(ws: &Workspace, files: &[String], programs: &TestPrograms, report: &mut Report) {
    let name = "end-to-end tests in Firefox";
    match node_command(ws, &ws.root.join("tests/e2e"), files, programs) {
        Ok(mut command) => report.run(name, Runner::Node, command.env("BROWSER", "firefox")),
        Err(error) => report.broken(name, &format!("{error:#}")),
    }
}

/// Without files: all that are called `*.test.mjs` below the folder.
fn node_tests(
    ws: &Workspace,
    name: &str,
    folder: &Path,
    files: &[String],
    programs: &TestPrograms,
    report: &mut Report,
) {
    match node_command(ws, folder, files, programs) {
        Ok(mut command) => report.run(name, Runner::Node, &mut command),
        Err(error) => report.broken(name, &format!("{error:#}")),
    }
}

fn node_command(ws: &Workspace, folder: &Path, files: &[String], programs: &TestPrograms) -> Result<Command> {
    let files = if files.is_empty() { test_files(folder)? } else { files.iter().map(PathBuf::from).collect() };
    // One file at a time: browsers and encoders need the cores.
    let mut command = Command::new("node");
    command.current_dir(&ws.root).args(["--test", "--test-reporter=spec", "--test-concurrency=1"]).args(files);
    with_programs(&mut command, ws, programs);
    Ok(command)
}

fn with_programs(command: &mut Command, ws: &Workspace, programs: &TestPrograms) {
    command
        .env("CALL_SERVER", ws.server_binary())
        .env("PKG_DIR", ws.package())
        .env("SCREENSHOTS", ws.root.join("tests/e2e/screenshots"))
        .env("CHROMIUM", &programs.chromium)
        .env("FIREFOX", &programs.firefox)
        .env("TURNSERVER", &programs.turnserver)
        .env("NATS_SERVER", &programs.nats_server);
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    if files.is_empty() {
        bail!("{} has no *.test.mjs", folder.display());
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" {
            collect(&path, files)?;
        } else if name.ends_with(".test.mjs") || name.ends_with(".test.js") {
            files.push(path);
        }
    }
    Ok(())
}
