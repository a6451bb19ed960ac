//! What compiled code was compiled from, and by what.

use std::hash::{Hash as _, Hasher};

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;

/// Behind the digits of an entry's name.
const SUFFIX: &str = ".compiled";
/// Of the engine's digest, enough to distinguish those of one machine: the entry holds all of it.
const ENGINE_DIGITS: usize = 16;
/// Of the component's digest: all, as `stocktake inspect` prints them.
const COMPONENT_DIGITS: usize = 64;

/// Equal for code that can stand in for each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// SHA-256 of the component.
    component: [u8; 32],
    /// SHA-256 of what the engine compiles by: wasmtime's exact version, target, CPU, settings.
    engine: [u8; 32],
}

impl Key {
    pub(super) const SIZE: usize = 64;

    pub(super) fn new(engine: &Engine, component: &[u8]) -> Self {
        let mut hasher = Sha256Hasher(Sha256::new());
        // What code says of its origin itself, and is checked when it is loaded, is wasmtime's major version only;
        // a fix of the code generator would go unnoticed.
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Key {
            component: Sha256::digest(component).into(),
            engine: hasher.0.finalize().into(),
        }
    }

    pub(super) fn bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        let (component, engine) = bytes.split_at_mut(self.component.len());
        component.copy_from_slice(&self.component);
        engine.copy_from_slice(&self.engine);
        bytes
    }

    pub(super) fn file_name(&self) -> String {
        let mut engine = hex(&self.engine);
        engine.truncate(ENGINE_DIGITS);
        format!("{}-{engine}{SUFFIX}", hex(&self.component))
    }
}

/// Whether a file is one of ours.
pub(super) fn is_file_name(name: &str) -> bool {
    let digits = |text: &str, count| {
        text.len() == count && text.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    name.strip_suffix(SUFFIX)
        .and_then(|name| name.split_once('-'))
        .is_some_and(|(component, engine)| {
            digits(component, COMPONENT_DIGITS) && digits(engine, ENGINE_DIGITS)
        })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The standard library's own hasher may change with its version.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the whole digest is requested instead")
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::{Config, Engine};

    use super::{Key, is_file_name};

    fn engine(fuel: bool) -> Engine {
        Engine::new(Config::new().consume_fuel(fuel)).expect("an engine")
    }

    #[test]
    fn the_key_is_that_of_component_and_configuration() {
        let key = Key::new(&engine(false), b"a component");
        assert_eq!(key, Key::new(&engine(false), b"a component"));
        for other in [
            Key::new(&engine(false), b"another component"),
            Key::new(&engine(true), b"a component"),
        ] {
            assert_ne!(key, other);
            assert_ne!(key.file_name(), other.file_name());
        }
    }

    #[test]
    fn entries_are_known_by_their_names() {
        let name = Key::new(&engine(false), b"a component").file_name();
        assert!(is_file_name(&name), "{name}");
        for other in [
            "",
            ".compiled",
            "notes.compiled",
            "a-b.compiled",
            &name[1..],
            &name[..name.len() - 1],
        ] {
            assert!(!is_file_name(other), "{other}");
        }
    }
}
