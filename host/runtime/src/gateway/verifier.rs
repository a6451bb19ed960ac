//! Decides over the certificate that a server presents.

use std::sync::{Arc, Mutex, PoisonError};

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    UnparsedPublicKey,
};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::certificate::Leaf;
use super::trust::Pin;

/// Signatures that no check of ours can read, of servers that anyone may be.
const UNCHECKED: [SignatureScheme; 3] = [
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED448,
    SignatureScheme::RSA_PKCS1_SHA1,
];

/// Signatures by which a short RSA key can be checked.
const BY_SHORT_KEYS: [SignatureScheme; 2] = [
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// The certificate that was presented last.
#[derive(Clone, Debug, Default)]
pub(super) struct LastCertificate(Arc<Mutex<Option<CertificateDer<'static>>>>);

impl LastCertificate {
    pub(super) fn pin(&self) -> Option<Pin> {
        self.certificate().map(|certificate| Pin::of(&certificate))
    }

    pub(super) fn leaf(&self) -> Option<Leaf> {
        Leaf::read(&self.certificate()?)
    }

    /// There is a certificate, and it cannot be read.
    pub(super) fn is_unreadable(&self) -> bool {
        self.certificate()
            .is_some_and(|certificate| Leaf::read(&certificate).is_none())
    }

    fn certificate(&self) -> Option<CertificateDer<'static>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    fn set(&self, certificate: &CertificateDer<'_>) {
        let kept = certificate.clone().into_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }
}

/// Remembers what was presented, so that a refusal can name it, and asks another verifier.
#[derive(Debug)]
pub(super) struct RecordingVerifier {
    pub(super) last_certificate: LastCertificate,
    pub(super) inner: Arc<dyn ServerCertVerifier>,
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.last_certificate.set(end_entity);
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Accepts one certificate or key, whatever else it is.
///
/// The handshake's signature is checked by the key of that certificate: without that, anyone who
/// has seen the certificate could present it.
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) pin: Pin,
    pub(super) provider: Arc<CryptoProvider>,
    /// The handshake is one in which a short RSA key can sign: of TLS 1.2.
    pub(super) for_short_keys: bool,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let leaf = Leaf::read(end_entity);
        let by_certificate = self.pin.matches(end_entity);
        let by_key = leaf
            .as_ref()
            .is_some_and(|leaf| self.pin.matches(&leaf.public_key_info));
        if !(by_certificate | by_key) {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        match leaf {
            None => Err(CertificateError::BadEncoding.into()),
            Some(leaf) if leaf.is_unusable() => Err(CertificateError::InvalidPurpose.into()),
            // Found out soon enough to shake hands in the other way.
            Some(leaf) if leaf.short_key().is_some() && !self.for_short_keys => {
                Err(CertificateError::InvalidPurpose.into())
            }
            Some(_) => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, certificate, signed, usize::MAX)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let is_of_old = matches!(
            signed.scheme,
            SignatureScheme::RSA_PKCS1_SHA1
                | SignatureScheme::RSA_PKCS1_SHA256
                | SignatureScheme::RSA_PKCS1_SHA384
                | SignatureScheme::RSA_PKCS1_SHA512
        );
        if is_of_old {
            return Err(CertificateError::BadSignature.into());
        }
        // TLS 1.3 ties each scheme to one algorithm.
        self.verify(message, certificate, signed, 1)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        if self.for_short_keys {
            return BY_SHORT_KEYS.to_vec();
        }
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl Pinned {
    /// Verifies a signature by the key of the certificate and one of the first `most` algorithms
    /// of its scheme.
    fn verify(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        most: usize,
    ) -> Result<HandshakeSignatureValid, Error> {
        let leaf = Leaf::read(certificate).ok_or(CertificateError::BadEncoding)?;
        let verified = match leaf.short_key() {
            Some(_) => {
                let algorithm = match signed.scheme {
                    SignatureScheme::RSA_PKCS1_SHA256 => {
                        &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
                    }
                    SignatureScheme::RSA_PKCS1_SHA512 => {
                        &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
                    }
                    _ => return Err(CertificateError::InvalidPurpose.into()),
                };
                let key = UnparsedPublicKey::new(algorithm, &leaf.key);
                key.verify(message, signed.signature()).is_ok()
            }
            None => {
                let mapping = self.provider.signature_verification_algorithms.mapping;
                let known = mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
                let (_, algorithms) = known.ok_or(CertificateError::BadSignature)?;
                let fitting = algorithms.iter().take(most).find(|algorithm| {
                    algorithm.public_key_alg_id().as_ref() == leaf.algorithm.as_slice()
                });
                let algorithm = fitting.ok_or(CertificateError::InvalidPurpose)?;
                let signature = signed.signature();
                algorithm
                    .verify_signature(&leaf.key, message, signature)
                    .is_ok()
            }
        };
        if verified {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }
}

/// Accepts any certificate. Anyone on the path can present one of their own, so that checking
/// what its key signs would not keep them out.
#[derive(Debug)]
pub(super) struct Anyone {
    pub(super) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let mut schemes = algorithms.supported_schemes();
        schemes.extend(UNCHECKED);
        schemes
    }
}
