//! What a certificate is, beyond what the check by authorities can read.
//!
//! That check refuses whole classes of certificates before it looks at who signed them, and the
//! library behind it then cannot know whose key signed the handshake either. vCenters and the
//! appliances before them have such certificates: of X.509 version 1, with short RSA keys, marked
//! as an authority's. A pin by digest needs none of what they lack.

use rustls::pki_types::CertificateDer;
use x509_parser::asn1_rs::{Any, FromDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Version;

/// Bits below which the usual check of an RSA signature refuses the key.
const SHORT: usize = 2048;
/// Bits below which no check of an RSA signature is to be had.
const SHORTEST: usize = 1024;

/// A certificate, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// It is of version 1, which has no extensions: no names, no usage.
    pub(super) is_version_1: bool,
    /// It is marked as an authority's own.
    pub(super) is_authority: bool,
    /// What its key is.
    pub(super) kind: KeyKind,
    /// The algorithm of its key, as DER without the outer frame.
    pub(super) algorithm: Vec<u8>,
    /// The key itself.
    pub(super) key: Vec<u8>,
    /// Algorithm and key as DER, of which a pin may be.
    pub(super) public_key_info: Vec<u8>,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// RSA, of so many bits.
    Rsa(usize),
    /// Anything else.
    Other,
}

impl Leaf {
    /// Reads a certificate; `None` for anything else.
    pub(super) fn read(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        let info = parsed.public_key();
        let (_, outer) = Any::from_der(info.raw).ok()?;
        let (_, algorithm) = Any::from_der(outer.data).ok()?;
        let kind = match info.parsed() {
            Ok(PublicKey::RSA(key)) => KeyKind::Rsa(key.key_size()),
            _ => KeyKind::Other,
        };
        Some(Leaf {
            is_version_1: parsed.version() == X509Version::V1,
            is_authority: parsed.is_ca(),
            kind,
            algorithm: algorithm.data.to_vec(),
            key: info.subject_public_key.data.to_vec(),
            public_key_info: info.raw.to_vec(),
        })
    }

    /// Bits of an RSA key that is too short for the usual check.
    pub(super) fn short_key(&self) -> Option<usize> {
        match self.kind {
            KeyKind::Rsa(bits) if bits < SHORT => Some(bits),
            _ => None,
        }
    }

    /// There is no way to check what the key signs.
    pub(super) fn is_unusable(&self) -> bool {
        self.short_key().is_some_and(|bits| bits < SHORTEST)
    }
}
