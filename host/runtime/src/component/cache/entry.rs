//! The bytes of an entry: a mark, the key, the digest of the code, the code.

use sha2::{Digest as _, Sha256};

use super::key::Key;

/// Ends with the version of this layout.
const MARK: &[u8; 16] = b"stocktake code\0\x01";
const DIGEST: usize = 32;
pub(super) const HEADER: usize = MARK.len() + Key::SIZE + DIGEST;

/// Code that is byte for byte what was written for its key.
pub(super) struct Verified<'a>(&'a [u8]);

impl<'a> Verified<'a> {
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.0
    }
}

/// Why an entry is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Damage {
    #[error("it is cut short")]
    Short,
    #[error("it is for another component, engine or version of the cache")]
    Foreign,
    #[error("its digest does not match")]
    Altered,
}

/// What stands before the code.
pub(super) fn header(key: &Key, code: &[u8]) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER);
    header.extend(MARK);
    header.extend(key.bytes());
    header.extend(Sha256::digest(code));
    header
}

/// The code of an entry.
pub(super) fn verify<'a>(entry: &'a [u8], key: &Key) -> Result<Verified<'a>, Damage> {
    let (mark, rest) = entry.split_first_chunk().ok_or(Damage::Short)?;
    let (of, rest) = rest.split_first_chunk().ok_or(Damage::Short)?;
    let (digest, code) = rest.split_first_chunk::<DIGEST>().ok_or(Damage::Short)?;
    if mark != MARK || *of != key.bytes() {
        return Err(Damage::Foreign);
    }
    if <[u8; DIGEST]>::from(Sha256::digest(code)) != *digest {
        return Err(Damage::Altered);
    }
    Ok(Verified(code))
}

#[cfg(test)]
mod tests {
    use wasmtime::{Config, Engine};

    use super::{Damage, HEADER, header, verify};
    use crate::component::cache::key::Key;

    fn key(component: &[u8]) -> Key {
        Key::new(&Engine::new(&Config::new()).expect("an engine"), component)
    }

    #[test]
    fn what_was_written_is_read() {
        let key = key(b"a component");
        let entry = [header(&key, b"code"), b"code".to_vec()].concat();
        assert_eq!(
            verify(&entry, &key).map(|code| code.bytes()),
            Ok(&b"code"[..])
        );
    }

    #[test]
    fn a_flip_of_any_bit_is_noticed() {
        let key = key(b"a component");
        let mut entry = [header(&key, b"code"), b"code".to_vec()].concat();
        for bit in 0..entry.len() * 8 {
            entry[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(&entry, &key).is_err(), "bit {bit}");
            entry[bit / 8] ^= 1 << (bit % 8);
        }
    }

    #[test]
    fn an_entry_cut_anywhere_is_noticed() {
        let key = key(b"a component");
        let entry = [header(&key, b"code"), b"code".to_vec()].concat();
        for length in 0..entry.len() {
            let expected = if length < HEADER {
                Damage::Short
            } else {
                Damage::Altered
            };
            let found = verify(&entry[..length], &key).map(|code| code.bytes());
            assert_eq!(found, Err(expected), "{length} bytes");
        }
    }

    #[test]
    fn an_entry_for_another_component_is_noticed() {
        let entry = [header(&key(b"another"), b"code"), b"code".to_vec()].concat();
        let found = verify(&entry, &key(b"a component")).map(|code| code.bytes());
        assert_eq!(found, Err(Damage::Foreign));
    }
}
