use crate::support::{Server, login};
use call_protocol::{ClientFrame, ClientMessage, ServerFrame, ServerMessage};
use call_server::{Config, Secrets, Tls, own_addresses};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};
use tokio_tungstenite::{client_async, tungstenite::Message};

fn with_tls(dir: &Path) -> impl FnOnce(&mut Config) {
    let tls = Tls::self_made(dir).unwrap();
    |config| config.secrets.exchange(Secrets { tls: Some(tls), ..(*config.secrets.current()).clone() })
}

/// A client that trusts this certificate and no other.
pub async fn connect(address: SocketAddr, trusted: &str, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

#[tokio::test]
async fn a_client_logs_in_over_tls_with_a_self_made_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Tls::self_made(dir.path()).unwrap().certificate;
    let server = Server::start_with(with_tls(dir.path())).await;
    let stream = connect(server.address, &certificate, "localhost").await.unwrap();
    let (mut socket, _) = client_async("wss://localhost/v1/ws", stream).await.unwrap();
    let frame = ClientFrame::<Value> { id: 1, body: ClientMessage::Login(login(&server, "ann", "phone", None)) };
    socket.send(Message::text(serde_json::to_string(&frame).unwrap())).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap().into_text().unwrap();
    let answer: ServerFrame<Value> = serde_json::from_str(&answer).unwrap();
    assert!(matches!(answer.body, ServerMessage::Welcome(_)), "{answer:?}");
}

#[tokio::test]
async fn the_certificate_speaks_for_this_machines_addresses_only() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = Tls::self_made(dir.path()).unwrap().certificate;
    let server = Server::start_with(with_tls(dir.path())).await;
    let own = own_addresses().into_iter().map(|address| address.to_string());
    for name in ["127.0.0.1".into(), "::1".into(), "localhost".into()].into_iter().chain(own) {
        connect(server.address, &certificate, &name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    connect(server.address, &certificate, "elsewhere.example").await.unwrap_err();
}

#[test]
fn a_self_made_certificate_is_kept_and_private() {
    let dir = tempfile::tempdir().unwrap();
    let first = Tls::self_made(dir.path()).unwrap().certificate;
    assert_eq!(Tls::self_made(dir.path()).unwrap().certificate, first);
    let kept = dir.path().join("dev-tls.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Of a machine that had another address, or from long ago: made anew.
    let mut content: Value = serde_json::from_str(&std::fs::read_to_string(&kept).unwrap()).unwrap();
    content["names"] = serde_json::json!(["elsewhere"]);
    std::fs::write(&kept, content.to_string()).unwrap();
    assert_ne!(Tls::self_made(dir.path()).unwrap().certificate, first);
    std::fs::write(&kept, "{").unwrap();
    assert!(Tls::self_made(dir.path()).unwrap_err().to_string().contains("dev-tls.json"));
}

#[test]
fn certificate_and_key_come_from_files() {
    let dir = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["calls.example".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["calls.example".to_owned()]).unwrap();
    let file = |name: &str, content: String| {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let certificate = file("certificate.pem", made.cert.pem());
    let key = file("key.pem", made.signing_key.serialize_pem());
    let other_key = file("other.pem", other.signing_key.serialize_pem());
    assert!(Tls::from_files(&certificate, &key).is_ok());
    assert!(Tls::from_files(&certificate, &other_key).is_err());
    assert!(Tls::from_files(&key, &certificate).is_err());
    let missing = Tls::from_files(&certificate, &dir.path().join("missing.pem")).unwrap_err();
    assert!(missing.to_string().contains("missing.pem"));
}

#[tokio::test]
async fn who_does_not_speak_tls_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_with(|config| {
        with_tls(dir.path())(config);
        config.timings.opening = Duration::from_millis(200);
    })
    .await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}
