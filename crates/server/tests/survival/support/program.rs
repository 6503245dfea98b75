use super::person::Servers;
use serde_json::Value;
use std::{
    collections::HashMap,
    fs::OpenOptions,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The real program, on one port and one folder through all its lives.
pub struct Program {
    dir: PathBuf,
    pub address: SocketAddr,
    child: Child,
    sigs: Mutex<HashMap<String, (u32, String)>>,
    /// What starts it, if not it itself.
    wrapper: Option<&'static str>,
}

impl Program {
    pub fn start(dir: &Path) -> Self {
        Self::start_by(dir, None)
    }

    /// `wrapper`: a shell script that ends with `exec "$@"`.
    pub fn start_by(dir: &Path, wrapper: Option<&'static str>) -> Self {
        let (child, address) = spawn(dir, "127.0.0.1:0", wrapper);
        Self { dir: dir.to_owned(), address, child, sigs: Mutex::default(), wrapper }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    pub async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts it anew; answers with how long that took.
    pub async fn restart(&mut self) -> Duration {
        let began = Instant::now();
        let (dir, address, wrapper) = (self.dir.clone(), self.address.to_string(), self.wrapper);
        let (child, address) = tokio::task::spawn_blocking(move || spawn(&dir, &address, wrapper)).await.unwrap();
        assert_eq!(address, self.address);
        self.child = child;
        began.elapsed()
    }

    /// What becomes of another one on the same folder, while this one runs.
    pub fn second(&self) -> Output {
        command(&self.dir, "127.0.0.1:0", None).output().unwrap()
    }

    /// Whether it says that people may be sent to it.
    pub async fn is_ready(&self) -> bool {
        get(self.address, "/readyz").await.0 == 200
    }

    /// What it has logged, in all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("log")).unwrap()
    }
}

impl Servers for Program {
    fn addresses(&self) -> Vec<SocketAddr> {
        vec![self.address]
    }

    /// As the program gives them away.
    async fn sig(&self, user: &str) -> (u32, String) {
        if let Some(known) = self.sigs.lock().unwrap().get(user) {
            return known.clone();
        }
        let (_, body) = get(self.address, &format!("/dev/usersig?userID={user}")).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        let app = u32::try_from(body["SDKAppID"].as_u64().unwrap()).unwrap();
        let sig = (app, body["userSig"].as_str().unwrap().to_owned());
        self.sigs.lock().unwrap().insert(user.to_owned(), sig.clone());
        sig
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(200).collect();
            eprintln!("the end of the program's log:");
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}

fn command(dir: &Path, listen: &str, wrapper: Option<&str>) -> Command {
    let program = env!("CARGO_BIN_EXE_call-server");
    let mut command = match wrapper {
        Some(script) => {
            let mut command = Command::new("sh");
            command.args(["-c", script, "sh", program]);
            command
        }
        None => Command::new(program),
    };
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CALL_SERVER")) {
        command.env_remove(name);
    }
    command.args(["--dev", "--listen", listen, "--data"]).arg(dir.join("data")).stdin(Stdio::null());
    command
}

fn spawn(dir: &Path, listen: &str, wrapper: Option<&str>) -> (Child, SocketAddr) {
    let log = OpenOptions::new().create(true).append(true).open(dir.join("log")).unwrap();
    let mut child = command(dir, listen, wrapper).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("it says `{line}`"));
    (child, address.parse().unwrap())
}

/// The status and the body.
async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
