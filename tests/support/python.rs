//! The independent JSON Schema validator: Python's jsonschema.

use std::env;
use std::process::Command;

use crate::executable::feed;

/// What Python's jsonschema finds wrong with a response and its assets; empty when nothing.
///
/// # Panics
/// When `STOCKTAKE_PYTHON` names no Python with jsonschema.
#[must_use]
pub fn schema_errors(response: &[u8]) -> String {
    let python = env::var_os("STOCKTAKE_PYTHON")
        .expect("STOCKTAKE_PYTHON names a Python with jsonschema; run the tests by `cargo xtask test`, which makes one");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = Command::new(python);
    command
        .arg(format!("{root}/tests/support/programs/schema_errors.py"))
        .arg(format!("{root}/wit/schemas"));
    let output = feed(&mut command, response);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "the validator failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}
