//! A Postgres that speaks TLS, with a certificate of a private authority.

use crate::{
    people::talk,
    postgres::{Postgres, give_to_postgres},
    program::Program,
};
use call_server::{Database, PostgresDatabase, Statement};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Writes the certificate of a new authority.
fn authority(path: &Path) -> Issuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    fs::write(path, params.self_signed(&key).unwrap().pem()).unwrap();
    Issuer::new(params, key)
}

/// Its certificate speaks for `localhost` alone.
fn settings(dir: &Path, authority: &Issuer<'static, KeyPair>) -> Vec<String> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".into()]).unwrap().signed_by(&key, authority).unwrap();
    let write = |name: &str, pem: String| -> PathBuf {
        let path = dir.join(name);
        fs::write(&path, pem).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        give_to_postgres(&path);
        path
    };
    let (certificate, key) = (write("server.crt", certificate.pem()), write("server.key", key.serialize_pem()));
    vec![
        "ssl=on".into(),
        format!("ssl_cert_file={}", certificate.display()),
        format!("ssl_key_file={}", key.display()),
        "listen_addresses=127.0.0.1".into(),
    ]
}

#[tokio::test]
async fn a_postgres_with_tls_must_be_the_one_that_is_meant() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    let (own, other) = (dir.path().join("own.pem"), dir.path().join("other.pem"));
    let issuer = authority(&own);
    authority(&other);
    let Some(postgres) = Postgres::start_with(port, |folder| settings(folder, &issuer)) else { return };
    postgres.database("records");
    let url = |host: &str, parameters: &str| format!("postgres://postgres@{host}:{port}/records?{parameters}");
    let trusting = |root: &Path| format!("sslmode=verify-full&sslrootcert={}", root.display());

    let good = url("localhost", &trusting(&own));
    let database = PostgresDatabase::open(&good).await.unwrap();
    let is_encrypted = "SELECT COUNT(*) FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()";
    assert_eq!(database.read(Statement::new(is_encrypted, [])).await.unwrap()[0][0].number(), Some(1));
    let program = Program::start(dir.path(), &["--records", &good]);
    let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
    let end = talk(&mut ann, &mut bob, |_| {}).await;
    program.record(&end.id).await;

    let missing = dir.path().join("missing.pem");
    for (url, problem) in [
        (url("localhost", &trusting(&other)), "invalid peer certificate"),
        (url("localhost", "sslmode=require"), "UnknownIssuer"),
        // Whoever speaks TLS is checked, even where it would not have to.
        (url("localhost", "sslmode=prefer"), "UnknownIssuer"),
        (url("127.0.0.1", &trusting(&own)), "certificate not valid for name \"127.0.0.1\""),
        (url("localhost", &trusting(&missing)), "missing.pem"),
        (url("localhost", "sslmode=perhaps"), "sslmode"),
    ] {
        let error = PostgresDatabase::open(&url).await.err().unwrap().to_string();
        assert!(error.contains(problem), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_postgres_without_tls_is_refused_where_tls_is_meant() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = |_: &Path| vec!["listen_addresses=127.0.0.1".into()];
    let Some(postgres) = Postgres::start_with(port, settings) else { return };
    postgres.database("records");
    let url = |mode: &str| format!("postgres://postgres@localhost:{port}/records?sslmode={mode}");
    PostgresDatabase::open(&url("prefer")).await.unwrap();
    for mode in ["require", "verify-full"] {
        let error = PostgresDatabase::open(&url(mode)).await.err().unwrap().to_string();
        assert!(error.contains("server does not support TLS"), "{error}");
    }
}
