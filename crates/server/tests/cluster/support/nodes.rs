use super::{new_name, person::Servers};
use crate::sockets::{Client, http::request};
use call_protocol::{Login, Welcome};
use call_server::{AppKeys, sign};
use serde_json::Value;
use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

const APP: u32 = 1_400_000_001;
const SECRET: &str = "a secret of the tests";
const ADMIN_KEY: &str = "a key of the tests";

/// Real servers that work as one.
pub struct Nodes {
    pub nodes: Vec<Node>,
    name: String,
    deadline: u32,
    dir: TempDir,
}

pub struct Node {
    child: Option<Child>,
    pub address: SocketAddr,
    admin: SocketAddr,
    arguments: Vec<String>,
    log: PathBuf,
}

/// The servers as somebody sees them who asks this one first.
pub struct From<'a>(&'a Nodes, usize);

impl Nodes {
    /// `deadline`: in milliseconds, for one operation of the store.
    pub fn start(nats: Vec<String>, count: usize, deadline: u32) -> Self {
        let mut nodes = Self { nodes: Vec::new(), name: new_name(), deadline, dir: tempfile::tempdir().unwrap() };
        (0..count).for_each(|_| nodes.join(nats.clone()));
        nodes
    }

    /// One more node, with these servers of NATS.
    pub fn join(&mut self, nats: Vec<String>) {
        let deadline = self.deadline.to_string();
        let options = ["--cluster-name", &self.name, "--cluster-deadline", &deadline, "--limits", "off"];
        let mut arguments = vec!["--cluster".to_owned(), nats.join(","), "--app".into(), format!("{APP}:{SECRET}")];
        arguments.extend(options.map(String::from));
        arguments.extend(["--admin-key".to_owned(), format!("{APP}:{ADMIN_KEY}")]);
        let log = self.dir.path().join(format!("log{}", self.nodes.len()));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut node = Node { child: None, address: any, admin: any, arguments, log };
        node.start();
        self.nodes.push(node);
    }

    pub fn from(&self, number: usize) -> From<'_> {
        From(self, number % self.nodes.len())
    }
}

impl Node {
    pub fn start(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-server"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CALL_SERVER")) {
            command.env_remove(name);
        }
        let log = OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        command.args(&self.arguments).args(["--listen", &self.address.to_string()]);
        command.args(["--admin", &self.admin.to_string()]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut address = |beginning: &str| -> SocketAddr {
            let mut line = String::new();
            said.read_line(&mut line).unwrap();
            let address = line.trim_end().strip_prefix(beginning);
            address.unwrap_or_else(|| panic!("it says `{line}`\n{}", self.log())).parse().unwrap()
        };
        let (listen, admin) = (address("listening on http://"), address("admin on http://"));
        (self.address, self.admin, self.child) = (listen, admin, Some(child));
    }

    /// A bare client, which says and hears what a test wants.
    pub async fn login(&self, name: &str) -> Client {
        self.login_beside(name, &format!("device of {name}")).await
    }

    /// The same, beside other devices of this user.
    pub async fn login_beside(&self, name: &str, device: &str) -> Client {
        self.login_again(name, device, None).await.0
    }

    /// Goes on with a session, if there is a token of one, on this node.
    pub async fn login_again(&self, name: &str, device: &str, resume: Option<String>) -> (Client, Welcome<Value>) {
        let mut client = Client::connect(self.address).await;
        let login = Login {
            app: APP,
            user: super::user(name),
            sig: sig(name),
            device: device.into(),
            page: String::new(),
            multi_device: true,
            returns: false,
            resume,
        };
        let welcome = client.try_login(login).await.unwrap();
        (client, welcome)
    }

    /// Asks its REST interface.
    pub async fn ask(&self, method: &str, path: &str) -> (u16, Value) {
        let key = format!("Authorization: Bearer {ADMIN_KEY}");
        let answer = request(self.admin, method, path, &[&key], "").await;
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    /// As `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Servers for From<'_> {
    fn addresses(&self) -> Vec<SocketAddr> {
        let mut addresses: Vec<SocketAddr> = self.0.nodes.iter().map(|node| node.address).collect();
        addresses.rotate_left(self.1);
        addresses
    }

    async fn sig(&self, user: &str) -> (u32, String) {
        (APP, sig(user))
    }
}

fn sig(user: &str) -> String {
    let keys = AppKeys::new(APP, vec![SECRET.into()]).unwrap();
    sign(&keys, user, super::person::now(), 86_400)
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for (number, node) in self.nodes.iter_mut().enumerate() {
            node.kill();
            if std::thread::panicking() {
                let log = node.log();
                let tail: Vec<&str> = log.lines().rev().take(80).collect();
                eprintln!("the end of node {number}'s log:");
                tail.iter().rev().for_each(|line| eprintln!("{line}"));
            }
        }
    }
}
