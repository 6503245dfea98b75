//! The project's verbs. Each sets up what it needs, so that a fresh machine with Rust, Node and npm can run any of them.

mod bench;
mod build;
mod check;
mod demo;
mod imports;
mod long;
mod process;
mod server;
mod setup;
mod source;
mod stamp;
mod suite;
mod summary;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};
use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask VERB

  demo [--lan]   build everything and serve the demo; --lan: over HTTPS, for a phone in the same network
  test           every test; the last line is 'N passed, N failed, N skipped'
  build          the npm package in pkg/ and target/release/call-server
  check          formatting, clippy (native and wasm32), the import rule
  e2e [--firefox] [FILES]   the end-to-end tests only, in Chromium or in Firefox
  pack           the npm package as a tarball
  long NAME      a long run by name
  bench NAME     a benchmark by name: core, load, server
  env            shell exports for using cargo, wasm-bindgen and wasm-pack by hand: eval \"$(cargo xtask env)\"";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let (verb, rest) = match arguments.split_first() {
        Some((verb, rest)) => (verb.as_str(), rest),
        None => ("help", arguments),
    };
    let ws = Workspace::find()?;
    match verb {
        "demo" => demo::run(&ws, rest),
        "test" => no_arguments(rest).and_then(|()| test::everything(&ws)),
        "build" => no_arguments(rest).and_then(|()| build::everything(&ws)).map(|()| ExitCode::SUCCESS),
        "check" => no_arguments(rest).and_then(|()| check::run(&ws)),
        "e2e" => test::end_to_end(&ws, rest),
        "pack" => no_arguments(rest).and_then(|()| build::pack(&ws)).map(|()| ExitCode::SUCCESS),
        "long" => long::run(&ws, rest),
        "bench" => bench::run(&ws, rest),
        "env" => no_arguments(rest).and_then(|()| setup::print_exports(&ws)).map(|()| ExitCode::SUCCESS),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no verb '{other}'\n{USAGE}"),
    }
}

fn no_arguments(rest: &[String]) -> Result<()> {
    match rest.first() {
        Some(first) => bail!("unexpected argument '{first}'"),
        None => Ok(()),
    }
}
