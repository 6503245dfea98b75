use crate::{config::ConfigError, files};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    fmt,
    net::IpAddr,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

const FILE: &str = "dev-tls.json";
const DAY: u64 = 24 * 3600;

/// A certificate and key, ready to serve.
#[derive(Clone)]
pub struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The certificate chain, PEM.
    pub certificate: String,
}

/// Whom a self-made certificate speaks for, so that it is made anew when this machine moves.
#[derive(Serialize, Deserialize)]
struct Kept {
    names: BTreeSet<String>,
    /// Seconds since the Unix epoch.
    made_at: u64,
    certificate: String,
    key: String,
}

impl Tls {
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, ConfigError> {
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| ConfigError::file(path, error));
        let (certificate_pem, key_pem) = (read(certificate)?, read(key)?);
        Self::from_pem(certificate_pem, &key_pem)
            .map_err(|error| ConfigError::file(certificate, format_args!("with the key {}: {error}", key.display())))
    }

    /// A certificate for this machine's host name and addresses, kept in `dir`.
    pub fn self_made(dir: &Path) -> Result<Self, ConfigError> {
        let names = own_names();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let good = |kept: &Kept| names.is_subset(&kept.names) && now < kept.made_at + 365 * DAY;
        let kept = match files::read_json::<Kept>(dir, FILE)?.filter(good) {
            Some(kept) => kept,
            None => {
                let made = make(names, now)?;
                files::write_json(dir, FILE, &made)?;
                made
            }
        };
        Self::from_pem(kept.certificate, &kept.key)
    }

    fn from_pem(certificate: String, key: &str) -> Result<Self, ConfigError> {
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| ConfigError::Tls(format!("certificate: {error}")))?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| ConfigError::Tls(format!("private key: {error}")))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| ConfigError::Tls(error.to_string()))?;
        // WebSockets are asked for by HTTP/1.1 here.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

fn make(names: BTreeSet<String>, now: u64) -> Result<Kept, ConfigError> {
    let failed = |error: rcgen::Error| ConfigError::Tls(format!("making a certificate: {error}"));
    let mut params = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>()).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "call-server --dev-tls");
    let at = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    // A day back for phones whose clock is late; phones refuse certificates that are good for more than 398 days.
    params.not_before = at(now.saturating_sub(DAY));
    params.not_after = at(now + 396 * DAY);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(Kept { names, made_at: now, certificate: certificate.pem(), key: key.serialize_pem() })
}

/// What this machine can be called by from its own network.
fn own_names() -> BTreeSet<String> {
    let host = gethostname::gethostname().to_string_lossy().to_ascii_lowercase();
    let host_names = [host.clone(), format!("{host}.local")].into_iter().filter(|name| is_dns_name(name));
    let addresses = own_addresses().into_iter().map(|address| address.to_string());
    ["localhost".into(), "127.0.0.1".into(), "::1".into()].into_iter().chain(host_names).chain(addresses).collect()
}

/// The addresses under which others in the network reach this machine.
pub fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let is_link_local = |address: &IpAddr| matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
    interfaces.iter().map(if_addrs::Interface::ip).filter(|ip| !ip.is_loopback() && !is_link_local(ip)).collect()
}

fn is_dns_name(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}
