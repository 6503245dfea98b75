use std::{collections::HashMap, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub struct HttpAnswer {
    pub status: u16,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// One request on a connection of its own. `headers` are whole lines.
pub async fn get(address: SocketAddr, path: &str, headers: &[&str]) -> HttpAnswer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let host = if headers.iter().any(|line| line.starts_with("Host:")) {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let extra: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    stream.write_all(format!("GET {path} HTTP/1.1\r\n{host}{extra}\r\n").as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    loop {
        if let Some(answer) = parse(&bytes) {
            return answer;
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "a whole answer");
    }
}

fn parse(bytes: &[u8]) -> Option<HttpAnswer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let is_whole = headers.get("content-length").is_none_or(|length: &String| body.len() >= length.parse().unwrap());
    is_whole.then(|| HttpAnswer { status, headers, body: body.to_owned() })
}
