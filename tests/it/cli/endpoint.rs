//! A port of this machine behind TLS, with a certificate for `localhost` by an authority that only
//! these tests know. Its key is of no use anywhere else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const AUTHORITY: &[u8] = include_bytes!("tls/ca.der");
const LEAF: &[u8] = include_bytes!("tls/localhost.der");
const KEY: &[u8] = include_bytes!("tls/key.der");

/// The port, and who serves it; dropping it ends that.
pub(crate) struct Endpoint {
    pub(crate) port: u16,
    _runtime: Runtime,
}

impl Endpoint {
    /// `serve` takes the connections, on a thread of its own.
    pub(crate) fn start<S>(serve: impl FnOnce(TcpListener, TlsAcceptor) -> S) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(serve(listener, acceptor()));
        Endpoint {
            port,
            _runtime: runtime,
        }
    }
}

/// Takes connections as `localhost`.
fn acceptor() -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(LEAF)], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Writes the authority's certificate into `folder`.
pub(crate) fn authority(folder: &Path) -> PathBuf {
    write(folder, "authority.pem", AUTHORITY)
}

/// Writes the certificate for `localhost` itself, which is no authority.
pub(crate) fn leaf(folder: &Path) -> PathBuf {
    write(folder, "leaf.pem", LEAF)
}

fn write(folder: &Path, name: &str, certificate: &[u8]) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, pem(certificate)).unwrap();
    file
}

/// A certificate as text.
fn pem(certificate: &[u8]) -> String {
    let text = STANDARD.encode(certificate);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
