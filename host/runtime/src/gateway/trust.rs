//! Which certificates are trusted.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use stocktake_contract::{ErrorCode, Problem};

/// Which certificates are trusted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Trust {
    /// The certificate authorities of this machine.
    #[default]
    System,
    /// These certificate authorities and no others.
    Roots(Roots),
    /// This certificate or key and nothing else; neither name nor date matter.
    Pin(Pin),
    /// Any certificate. Anyone on the path can read the password; each run warns of it.
    Insecure,
}

impl Trust {
    /// Trusts the certificate authorities of a PEM file and no others.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` when the file cannot be read or holds no usable certificate.
    pub fn ca_file(path: &Path) -> Result<Self, Problem> {
        let refused = |reason: String| {
            let message = format!("ca file {}: {reason}", path.display());
            Problem::new(ErrorCode::VcenterConfigInvalid, message)
        };
        let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        Trust::ca_pem(&pem).map_err(|error| refused(error.to_string()))
    }

    /// Trusts the certificate authorities of a PEM text and no others.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn ca_pem(pem: &[u8]) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| TrustError::Damaged)?;
            roots.add(certificate).map_err(|_| TrustError::Damaged)?;
        }
        if roots.is_empty() {
            return Err(TrustError::Empty);
        }
        Ok(Trust::Roots(Roots(Arc::new(roots))))
    }

    /// Trusts one certificate or key, named as `sha256:HEX`, and nothing else.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` when the text is not of that form.
    pub fn pin(text: &str) -> Result<Self, Problem> {
        text.parse().map(Trust::Pin).map_err(|error: TrustError| {
            Problem::new(ErrorCode::VcenterConfigInvalid, format!("pin: {error}"))
        })
    }
}

/// Certificate authorities, as [`Trust::ca_file`] and [`Trust::ca_pem`] read them.
#[derive(Clone)]
pub struct Roots(pub(super) Arc<RootCertStore>);

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots")
            .field("authorities", &self.0.len())
            .finish()
    }
}

/// Why a text names nothing to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// No PEM block of a certificate.
    #[error("it contains no certificate; expected PEM text with -----BEGIN CERTIFICATE-----")]
    Empty,
    /// A block that does not decode.
    #[error("it contains a damaged certificate; export it again as PEM")]
    Damaged,
    /// Not `sha256:` and 64 hexadecimal digits.
    #[error("expected sha256: and 64 hexadecimal digits, with or without colons between them")]
    Pin,
}

/// The SHA-256 of a certificate's DER encoding, or of its public key's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pin([u8; 32]);

impl Pin {
    /// The pin of an encoded certificate or public key.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Pin(Sha256::digest(der).into())
    }

    /// Compares in a time that does not depend on where the two differ.
    #[must_use]
    pub fn matches(&self, der: &[u8]) -> bool {
        let other = Pin::of(der);
        let pairs = self.0.iter().zip(&other.0);
        pairs.fold(0, |difference, (left, right)| difference | (left ^ right)) == 0
    }
}

/// `sha256:` and the digits in lower case, as `--pin` takes it.
impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Pin {
    type Err = TrustError;

    fn from_str(text: &str) -> Result<Self, TrustError> {
        let (kind, digits) = text.trim().split_once(':').ok_or(TrustError::Pin)?;
        if !kind.eq_ignore_ascii_case("sha256") {
            return Err(TrustError::Pin);
        }
        // Browsers and openssl write colons between the bytes.
        let digits: Vec<char> = digits.chars().filter(|&digit| digit != ':').collect();
        let mut pin = [0; 32];
        if digits.len() != 2 * pin.len() {
            return Err(TrustError::Pin);
        }
        for (byte, pair) in pin.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: char| {
                digit
                    .to_digit(16)
                    .and_then(|value| u8::try_from(value).ok())
            };
            let (high, low) = value(pair[0]).zip(value(pair[1])).ok_or(TrustError::Pin)?;
            *byte = high << 4 | low;
        }
        Ok(Pin(pin))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pin, Trust, TrustError};

    #[test]
    fn a_pin_reads_back_in_every_spelling() {
        let pin = Pin::of(b"a certificate");
        let text = pin.to_string();
        assert_eq!(text.parse(), Ok(pin));
        assert_eq!(text.to_uppercase().parse(), Ok(pin));
        let (kind, digits) = text.split_once(':').expect("a kind");
        let pairs: Vec<&str> = (0..32).map(|at| &digits[2 * at..2 * at + 2]).collect();
        assert_eq!(format!("{kind}:{}", pairs.join(":")).parse(), Ok(pin));
        assert!(pin.matches(b"a certificate"));
        assert!(!pin.matches(b"another certificate"));
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        let short = "sha256:".to_owned() + &"a".repeat(63);
        let wrong_kind = "sha1:".to_owned() + &"a".repeat(64);
        let wrong_digit = "sha256:".to_owned() + &"g".repeat(64);
        let wide = "sha256:".to_owned() + &"é".repeat(64);
        for text in ["", "sha256:", &short, &wrong_kind, &wrong_digit, &wide] {
            assert_eq!(text.parse::<Pin>(), Err(TrustError::Pin), "{text}");
        }
    }

    #[test]
    fn a_ca_file_without_certificates_or_missing_is_reported_by_its_name() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "hello").expect("a file");
        let problem = Trust::ca_file(file.path()).expect_err("empty");
        assert!(
            problem.message.contains("contains no certificate"),
            "{problem}"
        );
        let missing = file.path().with_extension("missing");
        let problem = Trust::ca_file(&missing).expect_err("missing");
        assert!(problem.message.contains("missing"), "{problem}");
    }
}
