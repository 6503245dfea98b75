use super::route::{Held, Route};
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Longer than anything takes: only so that a broken test ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// Three nats-servers that keep what they are given together, each in a folder of its own.
pub struct NatsCluster {
    pub servers: Vec<NatsServer>,
    routes: Vec<Route>,
    _dir: TempDir,
}

/// A real nats-server. It ends with the process that has started it, however that ends.
pub struct NatsServer {
    dir: PathBuf,
    port: u16,
    monitor: u16,
    child: Option<Child>,
}

impl NatsCluster {
    pub fn start() -> Self {
        Self::start_by(|_| Vec::new())
    }

    /// Servers that can be [cut off](Self::cut_off) from each other.
    pub fn start_divisible() -> Self {
        Self::start_by(|ports| ports.iter().map(|port| Route::to(*port)).collect())
    }

    fn start_by(routes_to: impl Fn(&[u16]) -> Vec<Route>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ports = free_ports(9);
        let (own, clients, monitors) = (&ports[..3], &ports[3..6], &ports[6..]);
        let routes = routes_to(own);
        let way_to = |number: usize| match routes.get(number) {
            Some(route) => route.address.to_string(),
            None => format!("127.0.0.1:{}", own[number]),
        };
        let servers = (0..3).map(|number| {
            let dir = dir.path().join(format!("n{number}"));
            fs::create_dir_all(&dir).unwrap();
            let others = (0..3).filter(|other| *other != number);
            let others: Vec<String> = others.map(|other| format!("\"nats://{}\"", way_to(other))).collect();
            let config = [
                format!("server_name: n{number}"),
                format!("listen: 127.0.0.1:{}", clients[number]),
                format!("http: 127.0.0.1:{}", monitors[number]),
                format!("jetstream {{ store_dir: {:?} }}", dir.join("store")),
                "cluster {".into(),
                format!("name: test, listen: 127.0.0.1:{}", own[number]),
                format!("cluster_advertise: \"{}\", no_advertise: true", way_to(number)),
                format!("routes: [{}]", others.join(", ")),
                "}".into(),
            ];
            fs::write(dir.join("nats.conf"), config.join("\n")).unwrap();
            let mut server = NatsServer { dir, port: clients[number], monitor: monitors[number], child: None };
            server.start();
            server
        });
        let servers = servers.collect();
        Self { servers, routes, _dir: dir }
    }

    /// Where the servers are, in the order of their numbers.
    pub fn urls(&self) -> Vec<String> {
        self.servers.iter().map(NatsServer::url).collect()
    }

    /// This server does not reach the others any more, nor they it: what they send stays on the way.
    pub fn cut_off(&self, number: usize) {
        for (to, route) in self.routes.iter().enumerate() {
            route.hold(if to == number { Held::All } else { Held::From(number) });
        }
    }

    pub fn heal(&self) {
        self.routes.iter().for_each(|route| route.hold(Held::Nothing));
    }

    /// Waits until all servers have caught up with each other.
    pub fn until_whole(&self) {
        let began = Instant::now();
        while !self.servers.iter().all(NatsServer::is_healthy) {
            let logs = || self.servers.iter().map(|server| log(&server.dir)).collect::<String>();
            assert!(began.elapsed() < PATIENCE, "the servers do not catch up: {}", logs());
            sleep(Duration::from_millis(50));
        }
    }
}

impl NatsServer {
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub fn start(&mut self) {
        // The shell lives as long as its input is open: as long as this process.
        let script = r#""$0" --config "$1/nats.conf" --pid "$1/pid" --log "$1/log" & read _; kill -9 $!"#;
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(program()).arg(&self.dir);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "nats-server does not start: {}", log(&self.dir));
            sleep(Duration::from_millis(20));
        }
    }

    /// As `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.stdin.take().map(|mut input| input.write_all(b"\n"));
            let _ = child.wait();
        }
    }

    /// It is there and does nothing, until it is [continued](Self::go_on).
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = fs::read_to_string(self.dir.join("pid")).unwrap();
        assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    }

    fn is_healthy(&self) -> bool {
        self.monitor("/healthz").is_some_and(|answer| answer.contains(" 200 "))
    }

    /// Whether nodes are connected to this one.
    pub fn has_clients(&self) -> bool {
        let answer = self.monitor("/connz").unwrap_or_default();
        answer.contains("\"num_connections\"") && !answer.contains("\"num_connections\": 0")
    }

    fn monitor(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.monitor)).ok()?;
        let mut answer = String::new();
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).ok()?;
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program() -> String {
    let program = std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".into());
    let said = Command::new(&program).arg("--version").stdout(Stdio::null()).status();
    assert!(said.is_ok(), "no {program}: `cargo xtask test` brings one, or name yours by NATS_SERVER");
    program
}

fn log(dir: &Path) -> String {
    fs::read_to_string(dir.join("log")).unwrap_or_default()
}

/// Nobody has them now.
fn free_ports(count: usize) -> Vec<u16> {
    let held: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
