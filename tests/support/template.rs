//! The template collector: `plugin/template`, built and wrapped by this package's
//! build script.

use std::fs;
use std::path::{Path, PathBuf};

/// The component.
pub const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/template.wasm"));

/// Where its source, its guide and its fixtures are.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin/template")
}

/// The component as a file, for a command line.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn file() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), COMPONENT).expect("written");
    file
}
