//! The program itself.

use crate::support::get;
use call_server::Flags;
use clap::CommandFactory;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::spawn,
    time::Duration,
};

/// Longer than anything takes: only so that a broken test ends.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-server"));
    // Whoever runs the tests may have set some.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CALL_SERVER")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

pub struct Running {
    child: Child,
    pub address: SocketAddr,
    pub scheme: String,
    stdout: BufReader<ChildStdout>,
    log: Receiver<String>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let (scheme, address) = line.trim_end().strip_prefix("listening on ").unwrap().split_once("://").unwrap();
        let log = lines_of(child.stderr.take().unwrap());
        Self { child, address: address.parse().unwrap(), scheme: scheme.into(), stdout, log }
    }

    /// Where the admin port is, of a program that was told to open one.
    pub fn admin(&mut self) -> SocketAddr {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().strip_prefix("admin on http://").unwrap().parse().unwrap()
    }

    /// Asks it to read its secrets again, and waits for the line of the log that says what came of it.
    pub fn reload(&self, expected: &str) -> String {
        self.signal("-HUP");
        loop {
            let line = self.log.recv_timeout(PATIENCE).expect("a line of the log in time");
            if line.contains("secrets are ") {
                assert!(line.contains(expected), "{line}");
                return line;
            }
        }
    }

    /// Of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Asks it to end as an operator does; answers with its exit code and the rest of its output and of its log.
    pub fn stop(mut self) -> (Option<i32>, String, String) {
        self.signal("-TERM");
        let log: String = self.log.iter().collect();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest, log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Read at once, for a program whose log nobody reads stops when the pipe is full.
fn lines_of(log: ChildStderr) -> Receiver<String> {
    let (lines, received) = channel();
    spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if lines.send(line + "\n").is_err() {
                return;
            }
        }
    });
    received
}

fn dev(dir: &Path) -> Command {
    let mut command = program();
    command.args(["--dev", "--listen", "127.0.0.1:0", "--data"]).arg(dir);
    command
}

#[tokio::test]
async fn prints_one_line_serves_and_ends_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let running = Running::start(&mut dev(dir.path()));
    assert_eq!(running.scheme, "http");
    assert_eq!(get(running.address, "/healthz", &[]).await.status, 200);
    let (code, rest, log) = running.stop();
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    assert!(log.contains("ANYBODY") && log.contains("EVERY Origin"), "{log}");
}

#[tokio::test]
async fn the_dev_app_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let running = Running::start(&mut dev(dir.path()));
        let answer = get(running.address, "/dev/usersig?userID=ann", &[]).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let kept = std::fs::read_to_string(dir.path().join("dev.json")).unwrap();
        seen.push((body["SDKAppID"].as_u64().unwrap(), kept));
        running.stop();
    }
    assert_eq!(seen[0], seen[1]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = dir.path().join("dev.json").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn serves_https_when_told_by_the_environment() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program();
    command
        .env("CALL_SERVER_DEV_TLS", "1")
        .env("CALL_SERVER_LISTEN", "127.0.0.1:0")
        .env("CALL_SERVER_DATA", dir.path());
    command.env("CALL_SERVER_APPS", "1:one,2:two:second").env("CALL_SERVER_DEV", "false");
    let running = Running::start(&mut command);
    assert_eq!(running.scheme, "https");
    assert!(!dir.path().join("dev.json").exists());
}

#[test]
fn every_flag_has_a_variable_and_help_names_both() {
    let help = String::from_utf8(program().arg("--help").output().unwrap().stdout).unwrap();
    let command = Flags::command();
    let flags: Vec<_> = command.get_arguments().collect();
    assert!(flags.len() > 10);
    for flag in flags {
        let name = flag.get_long().unwrap();
        let variable = flag.get_env().unwrap_or_else(|| panic!("--{name} has no variable")).to_str().unwrap();
        assert!(help.contains(&format!("--{name}")), "{name}");
        let shown = [format!("[env: {variable}="), format!("[env: {variable}]")];
        assert!(shown.iter().any(|shown| help.contains(shown)), "{variable}");
        assert!(flag.get_help().is_some(), "--{name} is explained");
    }
    for path in ["/v1/ws", "/healthz", "/pkg/", "listening on"] {
        assert!(help.contains(path), "{path}");
    }
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn says_what_it_can_not_start_with() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 11] = [
        (&[], "--app ID:SECRET"),
        (&["--app", "x:hush"], "app `x`"),
        (&["--app", "0:hush"], "app `0`"),
        (&["--app", "7"], "app 7"),
        (&["--app", "7:"], "app 7"),
        (&["--app", "7:a:b:c"], "app 7"),
        (&["--app", "7:hush", "--app", "7:hush"], "twice"),
        (&["--app", "7:hush", "--turn-url", "turn:x"], "--turn-secret"),
        (&["--app", "7:hush", "--allow-origin", "example.com"], "origin `example.com`"),
        (&["--app", "7:hush", "--apps-file", "missing.toml"], "missing.toml"),
        (&["--app", "7:hush", "--listen", "nowhere"], "nowhere"),
    ];
    for (arguments, expected) in cases {
        let output = program().arg("--data").arg(dir.path()).args(arguments).output().unwrap();
        let log = refused(&output);
        assert!(log.contains(expected), "{arguments:?}: {log}");
        assert!(!log.contains("hush"), "{log}");
    }
}

#[test]
fn reads_apps_from_a_file_and_keeps_its_secrets_to_itself() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("apps.toml");
    let start = |content: &str| {
        std::fs::write(&file, content).unwrap();
        let mut command = program();
        command.args(["--listen", "127.0.0.1:0", "--apps-file"]).arg(&file);
        command
    };
    let running =
        Running::start(&mut start("[[app]]\nid = 7\nsecrets = ['hush', 'old']\n\n[[app]]\nid = 8\nsecrets = ['x']\n"));
    assert_eq!(running.stop().0, Some(0));
    let bad = [
        "[[app]]\nid = 7\nsecrets = 'hush'\n",
        "[[app]]\nid = 7\nsecrets = ['hush'\n",
        "[[app]]\nid = 7\nsecret = ['hush']\n",
        "[[app]]\nid = 7\nsecrets = []\n",
    ];
    for content in bad {
        let log = refused(&start(content).output().unwrap());
        assert!(log.contains("[[app]]") != log.contains("app 7") && !log.contains("hush"), "{log}");
    }
}
