//! The name of a component: the SHA-256 of its bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a component's bytes.
///
/// ```
/// use stocktake_runtime::component::Digest;
///
/// let digest = Digest::of(b"");
/// let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// assert_eq!(digest.to_string(), text);
/// assert_eq!(text.parse(), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is not `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected sha256: and 64 hexadecimal digits, as `stocktake inspect` prints them")]
pub struct NoDigest;

impl Digest {
    /// The digest of a component.
    #[must_use]
    pub fn of(component: &[u8]) -> Self {
        Digest(Sha256::digest(component).into())
    }

    /// The digits alone, in lower case.
    #[must_use]
    pub fn digits(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// `sha256:` and the digits in lower case.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.digits())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits = text.strip_prefix("sha256:").ok_or(NoDigest)?;
        if digits.len() != 64 {
            return Err(NoDigest);
        }
        let mut digest = [0; 32];
        let (pairs, _) = digits.as_bytes().as_chunks();
        for (byte, &[high, low]) in digest.iter_mut().zip(pairs) {
            *byte = nibble(high)? << 4 | nibble(low)?;
        }
        Ok(Digest(digest))
    }
}

fn nibble(digit: u8) -> Result<u8, NoDigest> {
    let value = char::from(digit).to_digit(16);
    value
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(NoDigest)
}

#[cfg(test)]
mod tests {
    use super::{Digest, NoDigest};

    #[test]
    fn a_digest_is_read_in_either_case_and_nothing_else_is_one() {
        let digest = Digest::of(b"component");
        let text = digest.to_string();
        assert_eq!(text.parse(), Ok(digest));
        let upper = format!("sha256:{}", digest.digits().to_uppercase());
        assert_eq!(upper.parse(), Ok(digest));
        for wrong in [
            digest.digits(),
            text[..text.len() - 1].to_owned(),
            format!("{text}0"),
            text.replace(&text[10..11], "g"),
            format!("sha256:{}", "é".repeat(32)),
            String::new(),
        ] {
            assert_eq!(wrong.parse::<Digest>(), Err(NoDigest), "{wrong}");
        }
    }
}
