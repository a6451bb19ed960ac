//! Makes a connection private and checks who is at its other end.

use std::sync::{Arc, Once};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::authority::Authority;
use super::diagnosis::{Cause, Diagnosis};
use super::trust::Trust;
use super::verifier::{Presented, Unchained, Witness};

/// Shakes hands with one authority as its trust demands.
pub(crate) struct Tls {
    authority: Authority,
    connector: TlsConnector,
    presented: Presented,
    pinned: bool,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// Loads what the trust needs.
    ///
    /// # Errors
    ///
    /// When this machine has no certificate authorities, or those given cannot be used.
    pub(crate) fn new(authority: Authority, trust: &Trust) -> Result<Self, Diagnosis> {
        let provider = Arc::new(ring::default_provider());
        let presented = Presented::default();
        let judge = judge(&authority, trust, &provider)?;
        let witness = Witness {
            presented: presented.clone(),
            judge,
        };
        let unusable = |error: Error| Diagnosis::new(Cause::Tls, format!("TLS set-up: {error}"));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(witness))
            .with_no_client_auth();
        Ok(Tls {
            authority,
            connector: TlsConnector::from(Arc::new(config)),
            presented,
            pinned: matches!(trust, Trust::Pin(_)),
        })
    }

    /// Shakes hands over a fresh connection.
    ///
    /// # Errors
    ///
    /// Why the handshake failed, with the presented certificate's fingerprint and the cure.
    pub(crate) async fn secure(
        &self,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Diagnosis> {
        let name = ServerName::try_from(self.authority.host().to_owned()).map_err(|_| {
            let message = format!(
                "{} is no name a certificate can hold",
                self.authority.host()
            );
            Diagnosis::new(Cause::Certificate, message)
        })?;
        self.connector
            .connect(name, stream)
            .await
            .map_err(|error| self.diagnose(&error))
    }

    fn diagnose(&self, error: &std::io::Error) -> Diagnosis {
        let authority = &self.authority;
        let tls = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Error>());
        match tls {
            Some(Error::InvalidCertificate(reason)) => {
                Diagnosis::new(Cause::Certificate, self.describe(reason))
            }
            Some(Error::InvalidMessage(_)) => Diagnosis::new(
                Cause::Tls,
                format!(
                    "{authority} does not speak TLS; check the port, or use http:// if that is meant"
                ),
            ),
            Some(
                Error::AlertReceived(AlertDescription::ProtocolVersion)
                | Error::PeerIncompatible(_),
            ) => Diagnosis::new(
                Cause::Tls,
                format!(
                    "{authority} speaks no TLS that is safe; enable TLS 1.2 or 1.3 there, which vCenter has since 6.5, or correct host and port"
                ),
            ),
            Some(other) => Diagnosis::new(
                Cause::Tls,
                format!(
                    "TLS handshake with {authority} failed: {other}; check host and port, and the TLS settings of the server or of a proxy in between"
                ),
            ),
            // No word of TLS was said: a service that is starting or overloaded, a firewall.
            None => Diagnosis::new(
                Cause::Incomplete,
                format!(
                    "{authority} ended the connection during the TLS handshake: {error}; check that the service behind the port is up and speaks TLS 1.2 or 1.3"
                ),
            ),
        }
    }

    fn describe(&self, reason: &CertificateError) -> String {
        let authority = &self.authority;
        let presented = self.presented.pin().map(|pin| pin.to_string());
        let presented = presented.as_deref().unwrap_or("sha256:unknown");
        let pin = format!("pin it with --pin {presented}");
        match reason {
            CertificateError::ApplicationVerificationFailure if self.pinned => format!(
                "{authority} presented the certificate {presented}, which is not the pinned one; if the server's certificate was renewed, {pin}"
            ),
            // An authority of the same name but another key shows as a bad signature.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
                "the certificate {presented} of {authority} is signed by an unknown authority; trust its CA with --ca-file, or {pin}"
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!(
                "the certificate {presented} of {authority} has expired; renew it and check this machine's clock, or {pin}"
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => format!(
                "the certificate {presented} of {authority} is not valid yet; check this machine's clock, or {pin}"
            ),
            CertificateError::NotValidForName => format!(
                "the certificate {presented} of {authority} is for another name; use that name as the endpoint, or {pin}"
            ),
            CertificateError::NotValidForNameContext {
                presented: names, ..
            } => format!(
                "the certificate {presented} of {authority} is for {}; use that name as the endpoint, or {pin}",
                named(names)
            ),
            other => format!(
                "the certificate {presented} of {authority} is not acceptable: {other}; replace it, or {pin}"
            ),
        }
    }
}

/// The names of a certificate, which a server may have filled with anything.
fn named(names: &[String]) -> String {
    if names.is_empty() {
        return "no name at all".to_owned();
    }
    let shown: Vec<String> = names
        .iter()
        .take(5)
        .map(|name| crate::quote::printable(name, 100))
        .collect();
    shown.join(", ")
}

fn judge(
    authority: &Authority,
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Diagnosis> {
    let unchained = |pin| {
        let provider = provider.clone();
        Ok::<_, Diagnosis>(Arc::new(Unchained { pin, provider }) as Arc<dyn ServerCertVerifier>)
    };
    let roots = match trust {
        Trust::Pin(pin) => return unchained(Some(*pin)),
        Trust::Insecure => {
            // A process may make many connections, and knows after the first warning.
            static WARNED: Once = Once::new();
            WARNED.call_once(|| {
                tracing::warn!(%authority, "certificates are not checked: whoever is in between can read the password");
            });
            return unchained(None);
        }
        Trust::Roots(roots) => roots.0.clone(),
        Trust::System => Arc::new(system_roots()?),
    };
    WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| Diagnosis::new(Cause::Tls, format!("certificate authorities: {error}")))
}

fn system_roots() -> Result<RootCertStore, Diagnosis> {
    let loaded = rustls_native_certs::load_native_certs();
    for error in &loaded.errors {
        tracing::warn!("a system certificate authority was skipped: {error}");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(loaded.certs);
    if roots.is_empty() {
        return Err(Diagnosis::new(
            Cause::Tls,
            "this machine has no certificate authorities; install them (ca-certificates), or use --ca-file or --pin",
        ));
    }
    Ok(roots)
}
