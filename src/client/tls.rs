//! TLS to deployed functions, which answer over https alone.
//!
//! rustls with ring: a binary that stands alone, where the system's library would have to be the
//! right one on each machine; ring and not aws-lc, which needs cmake and takes minutes to build.
//! The roots are the machine's own, so that a company's proxy and `SSL_CERT_FILE` work as they do
//! for curl; a list compiled in would know neither. The lock file grows by 14 packages for Linux:
//! three of them build ring, two come with hyper's client.

use crate::webhook::Missed;
use crate::webhook::Unreached;
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, RootCertStore};

/// Makes the connection to `host` secure.
pub(super) async fn secure(stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, Missed> {
    let failed = |text: String| Missed::new(Unreached::Tls, text);
    let name = ServerName::try_from(host.to_string())
        .map_err(|_| failed(format!("{host} is no name that a certificate can have")))?;
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // What cannot be read among hundreds of them is no fault of the server's.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(failed(
            "this machine has no root certificates: install the package ca-certificates, or name \
             a file of them in SSL_CERT_FILE"
                .to_string(),
        ));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|error| named(host, &error))
}

/// The fault by the names that Twilio has for it.
fn named(host: &str, error: &io::Error) -> Missed {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let cause = match inner {
        Some(Error::InvalidCertificate(fault)) => match fault {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Unreached::CertificateName
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Unreached::CertificateExpired
            }
            _ => Unreached::CertificateUntrusted,
        },
        _ => Unreached::Tls,
    };
    Missed::new(cause, format!("no secure connection to {host}: {error}"))
}
