use crate::support::{Client, HttpAnswer, http::request, now, user};
use call_protocol::Login;
use call_server::{AppKeys, sign};
use serde_json::Value;
use std::{
    future::Future,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub const APP: u32 = 7;
pub const OTHER_APP: u32 = 8;
pub const KEY: &str = "the first app's key";
pub const OTHER_KEY: &str = "the other app's key";
const SECRET: &str = "hush";

/// Longer than anything takes: only so that a broken test ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// The real program with an admin port, on the same ports and folder through all its lives.
pub struct Program {
    pub address: SocketAddr,
    pub admin: SocketAddr,
    arguments: Vec<String>,
    child: Child,
    dir: PathBuf,
}

impl Program {
    pub fn start(dir: &std::path::Path, arguments: &[&str]) -> Self {
        let data = dir.join("data");
        Self::start_with(dir, [&["--data", data.to_str().unwrap()], arguments].concat())
    }

    /// A node of the cluster of this name.
    pub fn join(dir: &std::path::Path, nats: &[String], name: &str, arguments: &[&str]) -> Self {
        let nats = nats.join(",");
        // Longer than a busy machine takes.
        let cluster = ["--cluster", &nats, "--cluster-name", name, "--cluster-deadline", "20000"];
        Self::start_with(dir, [&cluster, arguments].concat())
    }

    fn start_with(dir: &std::path::Path, arguments: Vec<&str>) -> Self {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let any = "127.0.0.1:0".parse().unwrap();
        let (child, address, admin) = spawn(dir, any, any, &arguments);
        Self { address, admin, arguments, child, dir: dir.to_owned() }
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn restart(&mut self) {
        let (child, ..) = spawn(&self.dir, self.address, self.admin, &self.arguments);
        self.child = child;
    }

    /// Asks it to end as an operator does, and waits for that.
    pub fn stop(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }

    pub async fn login(&self, name: &str) -> Client {
        let mut client = Client::connect(self.address).await;
        client.try_login(login(APP, SECRET, name)).await.unwrap();
        client
    }

    pub async fn login_to_other_app(&self, name: &str) -> Client {
        let mut client = Client::connect(self.address).await;
        client.try_login(login(OTHER_APP, SECRET, name)).await.unwrap();
        client
    }

    /// A request to the admin port with this app's key.
    pub async fn ask(&self, method: &str, path: &str) -> (u16, Value) {
        json(&self.ask_with(Some(KEY), method, path).await)
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn ask_with(&self, key: Option<&str>, method: &str, path: &str) -> HttpAnswer {
        let header = key.map(|key| format!("Authorization: Bearer {key}"));
        let headers: Vec<&str> = header.iter().map(String::as_str).collect();
        request(self.admin, method, path, &headers, "").await
    }

    /// Waits for the record of a call.
    pub async fn record(&self, call: impl AsRef<str>) -> Value {
        let path = format!("/v1/calls/{}", call.as_ref());
        until("a record", async || {
            let (status, body) = self.ask("GET", &path).await;
            (status == 200).then_some(body)
        })
        .await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the program's log:\n{}", std::fs::read_to_string(self.dir.join("log")).unwrap_or_default());
        }
    }
}

/// Asks until there is an answer.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what} in time");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub fn json(answer: &HttpAnswer) -> (u16, Value) {
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

pub fn sig(app: u32, name: &str) -> String {
    sign(&AppKeys::new(app, vec![SECRET.into()]).unwrap(), name, now(), 3600)
}

pub fn login(app: u32, secret: &str, name: &str) -> Login {
    let keys = AppKeys::new(app, vec![secret.into()]).unwrap();
    Login {
        app,
        user: user(name),
        sig: sign(&keys, name, now(), 3600),
        device: format!("device of {name}"),
        page: String::new(),
        multi_device: false,
        returns: false,
        resume: None,
    }
}

fn spawn(
    dir: &std::path::Path,
    listen: SocketAddr,
    admin: SocketAddr,
    arguments: &[String],
) -> (Child, SocketAddr, SocketAddr) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CALL_SERVER")) {
        command.env_remove(name);
    }
    let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("log")).unwrap();
    command
        .args(["--listen", &listen.to_string(), "--admin", &admin.to_string()])
        .args(["--app", &format!("{APP}:{SECRET},{OTHER_APP}:{SECRET}")])
        .args(["--admin-key", &format!("{APP}:{KEY},{OTHER_APP}:{OTHER_KEY}")])
        .env("CALL_SERVER_LIMITS", "off")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log);
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut address = |beginning: &str| -> SocketAddr {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        line.trim_end().strip_prefix(beginning).unwrap_or_else(|| panic!("{line}")).parse().unwrap()
    };
    let listen = address("listening on http://");
    let admin = address("admin on http://");
    (child, listen, admin)
}
