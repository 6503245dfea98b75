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
    request(address, "GET", path, headers, "").await
}

/// As a page sends text to another origin.
pub async fn post(address: SocketAddr, path: &str, headers: &[&str], body: &str) -> HttpAnswer {
    let length = format!("Content-Length: {}", body.len());
    let headers = [headers, &["Content-Type: text/plain;charset=UTF-8", &length]].concat();
    request(address, "POST", path, &headers, body).await
}

pub async fn request(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> HttpAnswer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let host = if headers.iter().any(|line| line.starts_with("Host:")) {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let extra: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    stream.write_all(format!("{method} {path} HTTP/1.1\r\n{host}{extra}\r\n{body}").as_bytes()).await.unwrap();
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
