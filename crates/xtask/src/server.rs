//! A real server for the tests that run inside a browser page and cannot start one themselves.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Below the ports that systems hand out by themselves.
const FIRST_PORT: u16 = 18480;

pub struct TestServer {
    child: Child,
    pub url: String,
}

impl TestServer {
    /// The tests have the address compiled in: the port of the last run is taken again when it is free.
    pub fn start(ws: &Workspace) -> Result<Self> {
        let folder = ws.target.join("test-server");
        let data = folder.join("data");
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("cannot empty {}", data.display()))?;
        }
        fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let port_file = folder.join("port");
        let known = fs::read_to_string(&port_file).ok().and_then(|text| text.trim().parse().ok());
        let port = free_port(known.unwrap_or(FIRST_PORT))?;
        fs::write(&port_file, port.to_string())?;

        let log = folder.join("log");
        let mut child = Command::new(ws.server_binary())
            .args(["--dev", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).with_context(|| format!("cannot write {}", log.display()))?)
            .spawn()
            .context("cannot start call-server")?;
        let url = child.stdout.take().and_then(|stdout| listening_on(BufReader::new(stdout)));
        let server = Self { child, url: url.clone().unwrap_or_default() };
        if url.is_none() {
            eprint!("{}", fs::read_to_string(&log).unwrap_or_default());
            bail!("call-server ended before it was listening");
        }
        Ok(server)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port(first: u16) -> Result<u16> {
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..first.saturating_add(200)).find(free).with_context(|| format!("no free port from {first} on"))
}

fn listening_on(stdout: impl BufRead) -> Option<String> {
    stdout.lines().map_while(Result::ok).find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
}
