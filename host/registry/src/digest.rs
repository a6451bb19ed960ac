//! The SHA-256 of a blob.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a blob, as `sha256:` and 64 digits in lower case, as in the image
/// specification.
///
/// ```
/// use stocktake_registry::Digest;
///
/// let digest = Digest::of(b"");
/// let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// assert_eq!(digest.to_string(), text);
/// assert_eq!(text.parse(), Ok(digest));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// A text that is not `sha256:` and 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected sha256: and 64 hexadecimal digits in lower case")]
pub struct NoDigest;

const ALGORITHM: &str = "sha256:";

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Digest(format!("{ALGORITHM}{digits}"))
    }

    /// The digits alone, which name the file in a layout.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0[ALGORITHM.len()..]
    }

    /// Digest and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits = text.strip_prefix(ALGORITHM).ok_or(NoDigest)?;
        let sound = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if digits.len() != 64 || !digits.bytes().all(sound) {
            return Err(NoDigest);
        }
        Ok(Digest(text.to_owned()))
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
        digest.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, NoDigest};

    #[test]
    fn a_digest_is_read_in_its_one_spelling_and_nothing_else_is_one() {
        let digest = Digest::of(b"component");
        let text = digest.to_string();
        assert_eq!(text.parse(), Ok(digest.clone()));
        for wrong in [
            digest.digits().to_owned(),
            format!("sha256:{}", digest.digits().to_uppercase()),
            text[..text.len() - 1].to_owned(),
            format!("{text}0"),
            format!("sha256:../../{}", &digest.digits()[6..]),
            text.replace("sha256", "sha512"),
            format!("sha256:{}", "é".repeat(32)),
            String::new(),
        ] {
            assert_eq!(wrong.parse::<Digest>(), Err(NoDigest), "{wrong}");
        }
    }
}
