//! `demo`.

use std::net::UdpSocket;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::build;
use crate::server::free_port;
use crate::workspace::Workspace;

const PORT: u16 = 8480;

pub fn run(ws: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let lan = match arguments.as_slice() {
        [] => false,
        ["--lan"] => true,
        other => bail!("demo understands --lan, not '{}'", other.join(" ")),
    };
    build::everything(ws)?;

    let port = free_port(PORT)?;
    let mut server = Command::new(ws.server_binary());
    server.args(["--dev", "--data"]).arg(ws.target.join("demo"));
    if lan {
        let address = lan_address().context("this machine is in no network: leave out --lan")?;
        server.args(["--dev-tls", "--listen", &format!("0.0.0.0:{port}")]);
        println!(
            "\nOpen https://{address}:{port} on two devices in this network. The certificate is self-made: accept the"
        );
        println!("browser's warning. Log in under two names, and call one from the other. Ctrl-C ends the demo.\n");
    } else {
        server.args(["--listen", &format!("127.0.0.1:{port}")]);
        println!("\nOpen http://127.0.0.1:{port} in two windows, log in under two names, and call one from the other.");
        println!("Ctrl-C ends the demo. A phone in the same network: cargo xtask demo --lan\n");
    }
    // The server takes the place of this process, so that every signal reaches it.
    Err(server.exec()).context("cannot start call-server")
}

/// The address under which others in the network see this machine. Connecting a UDP socket sends nothing.
fn lan_address() -> Option<std::net::IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}
