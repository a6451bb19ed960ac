//! The vCenter component of each world, as files.

use std::env;
use std::path::PathBuf;

/// Their names.
pub const FILES: [&str; 3] = [
    "vcenter.wasm",
    "vcenter-transport.wasm",
    "vcenter-command.wasm",
];

/// The file of one.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn path(file: &str) -> PathBuf {
    let folder = env::var_os("STOCKTAKE_COMPONENTS").expect(
        "STOCKTAKE_COMPONENTS names the folder of the components; run the tests by `cargo xtask test`, which builds them",
    );
    let file = PathBuf::from(folder).join(file);
    assert!(file.is_file(), "{} is missing", file.display());
    file
}
