//! Whom this server trusts where it is the client.

use std::{path::Path, sync::Arc};
use tokio_rustls::rustls::{
    self, ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Certificates are checked against those that the system trusts; `SSL_CERT_FILE` names others.
pub fn client_tls() -> Result<ClientConfig, rustls::Error> {
    // What can't be read there is not trusted.
    client_tls_by(rustls_native_certs::load_native_certs().certs)
}

/// Certificates are checked against those of this file (PEM) and no others.
pub fn client_tls_by_file(path: &Path) -> Result<ClientConfig, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| told(&error))?;
    client_tls_by(certificates).map_err(|error| told(&error))
}

fn client_tls_by(trusted: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(config.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}
