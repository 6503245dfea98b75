//! Whom this server trusts where it is the client.

use std::sync::Arc;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, crypto::ring};

/// Certificates are checked against those that the system trusts; `SSL_CERT_FILE` names others.
pub fn client_tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    // What can't be read there is not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(config.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
}
