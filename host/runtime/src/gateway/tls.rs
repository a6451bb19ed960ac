//! Makes a connection private and checks who is at its other end.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Once};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::version::TLS12;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DEFAULT_VERSIONS, Error, RootCertStore,
    SupportedProtocolVersion,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::authority::Authority;
use super::certificate::KeyKind;
use super::diagnosis::{Cause, Diagnosis};
use super::trust::{Pin, Trust};
use super::verifier::{Anyone, LastCertificate, Pinned, RecordingVerifier};

/// Shakes hands with one authority as its trust demands.
pub(crate) struct Tls {
    authority: Authority,
    connector: TlsConnector,
    /// For a pinned certificate whose RSA key is short: by TLS 1.2 alone it can sign what can
    /// be checked.
    for_short_keys: Option<TlsConnector>,
    /// The server has shown such a certificate.
    key_is_short: AtomicBool,
    last_certificate: LastCertificate,
    trust: Trust,
}

/// Why a connection is not private.
#[derive(Debug)]
pub(super) enum Unsecured {
    /// Another connection may be: the server's certificate asks for the other way.
    TryAgain,
    /// None will be.
    Failed(Diagnosis),
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
        let last_certificate = LastCertificate::default();
        let connector = |inner, versions: &[&'static SupportedProtocolVersion]| {
            let unusable = |error: Error| Diagnosis::new(Cause::Tls, format!("TLS setup: {error}"));
            let recording = RecordingVerifier {
                last_certificate: last_certificate.clone(),
                inner,
            };
            let config = ClientConfig::builder_with_provider(provider.clone())
                .with_protocol_versions(versions)
                .map_err(unusable)?
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(recording))
                .with_no_client_auth();
            Ok::<_, Diagnosis>(TlsConnector::from(Arc::new(config)))
        };
        let for_short_keys = match trust {
            Trust::Pin(pin) => Some(connector(pinned(*pin, &provider, true), &[&TLS12])?),
            _ => None,
        };
        Ok(Tls {
            connector: connector(verifier_of(&authority, trust, &provider)?, DEFAULT_VERSIONS)?,
            for_short_keys,
            key_is_short: AtomicBool::new(false),
            authority,
            last_certificate,
            trust: trust.clone(),
        })
    }

    /// Shakes hands over a fresh connection.
    ///
    /// # Errors
    ///
    /// Why the handshake failed, with the presented certificate's fingerprint and the cure.
    pub(super) async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> Result<TlsStream<S>, Unsecured> {
        let name = ServerName::try_from(self.authority.host().to_owned()).map_err(|_| {
            let message = format!(
                "{} is not a valid name for a certificate",
                self.authority.host()
            );
            Unsecured::Failed(Diagnosis::new(Cause::Certificate, message))
        })?;
        let for_short_keys = self
            .for_short_keys
            .as_ref()
            .filter(|_| self.key_is_short.load(Relaxed));
        let connector = for_short_keys.unwrap_or(&self.connector);
        connector.connect(name, stream).await.map_err(|error| {
            if for_short_keys.is_none() && self.asks_for_the_other_way() {
                self.key_is_short.store(true, Relaxed);
                return Unsecured::TryAgain;
            }
            Unsecured::Failed(self.diagnose(&error))
        })
    }

    /// The pinned certificate was presented, and its key is too short for the usual check.
    fn asks_for_the_other_way(&self) -> bool {
        let Trust::Pin(pin) = &self.trust else {
            return false;
        };
        let leaf = self.last_certificate.leaf();
        leaf.is_some_and(|leaf| {
            let is_pinned =
                self.last_certificate.pin() == Some(*pin) || pin.matches(&leaf.public_key_info);
            is_pinned && leaf.short_key().is_some() && !leaf.is_unusable()
        })
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
                    "{authority} does not use TLS; check the port, or use http:// if that is intended"
                ),
            ),
            Some(
                Error::AlertReceived(AlertDescription::ProtocolVersion)
                | Error::PeerIncompatible(_),
            ) if self.key_is_short.load(Relaxed) => {
                Diagnosis::new(Cause::Certificate, self.describe_short_key())
            }
            Some(
                Error::AlertReceived(AlertDescription::ProtocolVersion)
                | Error::PeerIncompatible(_),
            ) => Diagnosis::new(
                Cause::Tls,
                format!(
                    "{authority} supports no secure TLS version; enable TLS 1.2 or 1.3 there, which vCenter supports since 6.5, or correct host and port"
                ),
            ),
            Some(other) => Diagnosis::new(
                Cause::Tls,
                format!(
                    "TLS handshake with {authority} failed: {}; check host and port, and the TLS settings of the server or of a proxy in between",
                    in_words(other)
                ),
            ),
            // No word of TLS was said: a service that is starting or overloaded, a firewall.
            None => Diagnosis::new(
                Cause::Incomplete,
                format!(
                    "{authority} ended the connection during the TLS handshake: {error}; check that the service is running and supports TLS 1.2 or 1.3"
                ),
            ),
        }
    }

    fn describe(&self, reason: &CertificateError) -> String {
        let authority = &self.authority;
        let presented = self.last_certificate.pin().map(|pin| pin.to_string());
        let presented = presented.as_deref().unwrap_or("sha256:unknown");
        let certificate = format!("the certificate {presented} of {authority}");
        let pin = format!("pin it with --pin {presented}");
        if let CertificateError::ApplicationVerificationFailure = reason {
            return format!(
                "{authority} presented the certificate {presented}, which is not the pinned one; if the server's certificate was renewed, {pin}"
            );
        }
        let by_authorities = matches!(self.trust, Trust::System | Trust::Roots(_));
        match self.last_certificate.leaf() {
            _ if self.last_certificate.is_unreadable() => {
                return format!(
                    "{certificate} cannot be parsed, so that no trust option accepts it; replace it"
                );
            }
            Some(leaf) if leaf.is_unusable() || !(by_authorities || leaf.short_key().is_some()) => {
                let key = match leaf.kind {
                    KeyKind::Rsa(bits) => format!("an RSA key of {bits} bits"),
                    KeyKind::Other => "a key of a type".to_owned(),
                };
                return format!(
                    "{certificate} has {key} for which no signature can be verified, so that no trust option accepts it; replace it with one that has an RSA key of 2048 bits or more, or an ECDSA key on P-256 or P-384"
                );
            }
            Some(leaf) if leaf.short_key().is_some() && !by_authorities => {
                return self.describe_short_key();
            }
            Some(leaf) if leaf.is_version_1 => {
                return format!(
                    "{certificate} is of X.509 version 1, which cannot be verified by certificate authorities or --ca-file; replace it with one of version 3, or {pin}"
                );
            }
            Some(leaf) if let Some(bits) = leaf.short_key() => {
                return format!(
                    "{certificate} has an RSA key of {bits} bits, which is too short to be verified by a certificate authority; replace it with one of 2048 bits or more, or {pin}"
                );
            }
            Some(leaf) if leaf.is_authority => {
                return format!(
                    "{certificate} is marked as that of a certificate authority (CA:TRUE), which is not allowed for a server, so that --ca-file does not help; replace it, or {pin}"
                );
            }
            _ => {}
        }
        match reason {
            // An authority of the same name but another key shows as a bad signature.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
                "{certificate} is signed by an unknown authority; trust its CA with --ca-file, or {pin}"
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!(
                "{certificate} has expired; renew it and check this machine's clock, or {pin}"
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                format!("{certificate} is not valid yet; check this machine's clock, or {pin}")
            }
            CertificateError::NotValidForName => format!(
                "{certificate} is for another name; use that name as the endpoint, or {pin}"
            ),
            CertificateError::NotValidForNameContext {
                presented: names, ..
            } => format!(
                "{certificate} is for {}; use that name as the endpoint, or {pin}",
                named(names)
            ),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                format!(
                    "{certificate} is not valid for a server (by its extended key usage); replace it, or {pin}"
                )
            }
            CertificateError::UnhandledCriticalExtension => {
                format!("{certificate} has an unsupported critical extension; replace it, or {pin}")
            }
            _ => format!("{certificate} is rejected by the verification; replace it, or {pin}"),
        }
    }

    fn describe_short_key(&self) -> String {
        let presented = self.last_certificate.pin().map(|pin| pin.to_string());
        let presented = presented.as_deref().unwrap_or("sha256:unknown");
        let leaf = self.last_certificate.leaf();
        let bits = leaf.and_then(|leaf| leaf.short_key()).unwrap_or_default();
        format!(
            "the certificate {presented} of {} has an RSA key of {bits} bits, which can be used with TLS 1.2 only, and the server does not support that; enable TLS 1.2 there, or replace the certificate with one of 2048 bits or more",
            self.authority
        )
    }
}

/// What a handshake failed by.
fn in_words(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => {
            let name = alert.as_str().unwrap_or("Unknown");
            format!("the server sent the alert \"{}\"", spaced(name))
        }
        Error::PeerMisbehaved(_) | Error::InappropriateMessage { .. } => {
            "the server violates the protocol".to_owned()
        }
        Error::InappropriateHandshakeMessage { .. } => {
            "the server sent the messages of the handshake in the wrong order".to_owned()
        }
        Error::NoCertificatesPresented => "the server presented no certificate".to_owned(),
        Error::DecryptError => "a message of the server cannot be decrypted".to_owned(),
        Error::NoApplicationProtocol => {
            "the server supports no common application protocol".to_owned()
        }
        Error::PeerSentOversizedRecord => "the server sent a record that is too long".to_owned(),
        Error::HandshakeNotComplete => "it was not completed".to_owned(),
        _ => "there are no common parameters".to_owned(),
    }
}

/// `HandshakeFailure` as `handshake failure`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
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

fn verifier_of(
    authority: &Authority,
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Diagnosis> {
    let roots = match trust {
        Trust::Pin(pin) => return Ok(pinned(*pin, provider, false)),
        Trust::Insecure => {
            // A process may make many connections, and knows after the first warning.
            static WARNED: Once = Once::new();
            WARNED.call_once(|| {
                tracing::warn!(%authority, "certificates are not verified: an attacker on the network can read the password");
            });
            let provider = provider.clone();
            return Ok(Arc::new(Anyone { provider }));
        }
        Trust::Roots(roots) => roots.0.clone(),
        Trust::System => Arc::new(system_roots()?),
    };
    WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| Diagnosis::new(Cause::Tls, format!("certificate authorities: {error}")))
}

fn pinned(
    pin: Pin,
    provider: &Arc<CryptoProvider>,
    for_short_keys: bool,
) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Pinned {
        pin,
        provider: provider.clone(),
        for_short_keys,
    })
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
