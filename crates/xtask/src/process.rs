//! Child processes.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What an installed program is called on this machine, if it is there.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Where programs for root are, which others don't have on their PATH.
    let folders = || std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    names.iter().find_map(|name| folders().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// The cargo that runs this xtask.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    forget_own_environment(&mut command);
    command
}

/// What cargo and rustup told xtask about itself is not for its children: they may be another toolchain.
pub fn forget_own_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let own =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if own {
            command.env_remove(name);
        }
    }
    command.env_remove("CARGO").env_remove("LD_LIBRARY_PATH");
}

/// Runs with the terminal's own output; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs quietly and gives back stdout; when it fails, its output is shown.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{} failed ({})", name(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs quietly, in silence even when it fails.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

pub fn name(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned()
}

pub struct Finished {
    /// stdout and stderr, line by line as they came.
    pub output: String,
    /// None: it was ended because it took longer than its limit.
    pub status: Option<ExitStatus>,
    pub elapsed: Duration,
}

/// Runs to the end or to the limit, and keeps all it prints.
pub fn record(command: &mut Command, limit: Duration) -> Result<Finished> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);

    let mut output = String::new();
    let mut exit = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => output.push_str(&line),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            // A grandchild can hold the pipe open for ever: once the child itself is gone, silence is the end.
            Err(mpsc::RecvTimeoutError::Timeout) if exit.is_some() => break,
            Err(mpsc::RecvTimeoutError::Timeout) => exit = child.try_wait()?,
        }
        if started.elapsed() > limit {
            kill_tree(child.id());
            child.wait()?;
            output.push_str(&format!("ended after {} s without a result\n", limit.as_secs()));
            return Ok(Finished { output, status: None, elapsed: started.elapsed() });
        }
    }
    let status = child.wait()?;
    Ok(Finished { output, status: Some(status), elapsed: started.elapsed() })
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// Browsers and servers are grandchildren: ending only the child would leave them running.
pub fn kill_tree(process: u32) {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    for child in children.split_whitespace().filter_map(|id| id.parse().ok()) {
        kill_tree(child);
    }
    succeeds(Command::new("kill").args(["-9", &process.to_string()]));
}
