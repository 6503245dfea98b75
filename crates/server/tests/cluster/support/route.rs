use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::{sleep, spawn},
    time::Duration,
};

/// How far into a connection its maker says its name.
const GREETING: usize = 16 * 1024;

/// The way to one server of NATS from the others, which can be closed.
pub struct Route {
    pub address: SocketAddr,
    held: Arc<Mutex<Held>>,
}

/// What stays on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Nothing,
    All,
    /// What this server has begun.
    From(usize),
}

impl Route {
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let held = Arc::new(Mutex::new(Held::Nothing));
        let all_held = held.clone();
        // Ends with the process: there are few.
        spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", port)) {
                    pass(&stream, &server, &all_held);
                }
            }
        });
        Self { address, held }
    }

    pub fn hold(&self, what: Held) {
        *self.held.lock().unwrap() = what;
    }
}

/// Both ways.
fn pass(maker: &TcpStream, server: &TcpStream, held: &Arc<Mutex<Held>>) {
    let name = Arc::new(Mutex::new(None));
    // Small messages that somebody waits for.
    let _ = (maker.set_nodelay(true), server.set_nodelay(true));
    for (from, to, is_maker) in [(maker, server, true), (server, maker, false)] {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let (held, name) = (held.clone(), name.clone());
        spawn(move || {
            let (mut buffer, mut greeting) = ([0; 16 * 1024], Vec::new());
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                if is_maker && name.lock().unwrap().is_none() && greeting.len() < GREETING {
                    greeting.extend(&buffer[..count]);
                    *name.lock().unwrap() = name_in(&greeting);
                }
                while is_held(*held.lock().unwrap(), *name.lock().unwrap()) {
                    sleep(Duration::from_millis(10));
                }
                if to.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(std::net::Shutdown::Both);
            let _ = from.shutdown(std::net::Shutdown::Both);
        });
    }
}

fn is_held(held: Held, maker: Option<usize>) -> bool {
    match held {
        Held::Nothing => false,
        Held::All => true,
        Held::From(number) => maker == Some(number),
    }
}

/// Servers are called n0, n1, n2.
fn name_in(greeting: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(greeting);
    let (_, name) = text.split_once("\"server_name\":\"n")?;
    name.split('"').next()?.parse().ok()
}
