//! `SHA256SUMS`, as `sha256sum --check` reads it.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// The sums of these files of `folder`, a line each, in the order of their names.
///
/// # Errors
///
/// When one cannot be read.
pub fn of(folder: &Path, names: &[&str]) -> io::Result<String> {
    let mut names = names.to_vec();
    names.sort_unstable();
    let mut lines = String::new();
    for name in names {
        let hash = Sha256::digest(fs::read(folder.join(name))?);
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push_str(&format!("{digits}  {name}\n"));
    }
    Ok(lines)
}
