//! The server's certificate: an ECDSA P-256 leaf under a small authority of its own, made anew for every simulator.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PublicKeyData as _, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

/// A kind of server certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateKind {
    /// Valid for `127.0.0.1`, `::1` and `localhost`.
    #[default]
    Valid,
    /// Expired.
    Expired,
    /// Not yet valid.
    NotYetValid,
    /// Valid for `vcenter.example.com` only.
    WrongName,
    /// Self-signed.
    SelfSigned,
}

/// Why no certificate could be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// The certificate could not be generated.
    #[error("the certificate could not be generated: {0}")]
    Generate(#[from] rcgen::Error),
    /// The TLS library rejected it.
    #[error("the certificate was rejected: {0}")]
    Refused(#[from] rustls::Error),
}

/// A certificate, what a client needs to trust it, and its TLS configuration.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) ca_pem: String,
    /// `sha256:` and the digest of the leaf in lower-case hexadecimal.
    pub(crate) fingerprint: String,
    /// The same of its public key.
    pub(crate) key_fingerprint: String,
    pub(crate) config: Arc<ServerConfig>,
}

impl Identity {
    pub(crate) fn generate(kind: CertificateKind) -> Result<Self, CertificateProblem> {
        let ca_key = KeyPair::generate()?;
        let mut ca = CertificateParams::default();
        ca.distinguished_name = common_name("Stocktake simulator authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_certificate = ca.self_signed(&ca_key)?;

        let leaf_key = KeyPair::generate()?;
        let leaf = match kind {
            CertificateKind::SelfSigned => leaf_params(kind)?.self_signed(&leaf_key)?,
            _ => leaf_params(kind)?.signed_by(&leaf_key, &Issuer::new(ca, ca_key))?,
        };
        let leaf_der: CertificateDer<'static> = leaf.der().clone();
        let key_fingerprint = fingerprint(&leaf_key.subject_public_key_info());
        let fingerprint = fingerprint(&leaf_der);
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf_der], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            ca_pem: ca_certificate.pem(),
            fingerprint,
            key_fingerprint,
            config: Arc::new(config),
        })
    }
}

fn leaf_params(kind: CertificateKind) -> Result<CertificateParams, rcgen::Error> {
    let names: &[&str] = match kind {
        CertificateKind::WrongName => &["vcenter.example.com"],
        _ => &["localhost", "127.0.0.1", "::1"],
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name = common_name("Stocktake simulator");
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let years = match kind {
        CertificateKind::Expired => Some((2010, 2012)),
        CertificateKind::NotYetValid => Some((3010, 3012)),
        _ => None,
    };
    if let Some((first, last)) = years {
        leaf.not_before = date_time_ymd(first, 1, 1);
        leaf.not_after = date_time_ymd(last, 1, 1);
    }
    Ok(leaf)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn fingerprint(der: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(der) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
