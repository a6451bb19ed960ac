//! Independent implementations: Python's jsonschema, and pyVmomi, VMware's own SDK.

use std::env;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::executable::feed;
use crate::server::Server;

/// The errors of Python's jsonschema for a response and its assets, or with several, each on a
/// line; empty when nothing.
///
/// # Panics
/// When `STOCKTAKE_PYTHON` names no Python with jsonschema.
#[must_use]
pub fn schema_errors(responses: &[u8]) -> String {
    let mut command = program("schema_errors.py");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/schemas"));
    answer(&mut command, responses)
}

/// The properties that pyVmomi reads from `server`; see `reference.py` for the arguments.
///
/// # Panics
/// When `STOCKTAKE_PYTHON` names no Python with pyVmomi, or pyVmomi fails.
#[must_use]
pub fn reference(server: &Server, arguments: &[&str]) -> Value {
    let mut command = program("reference.py");
    let command = with_account(&mut command, server).args(arguments);
    serde_json::from_str(&answer(command, b"")).expect("JSON")
}

/// `details` of every object by kind and id, as pyVmomi reads them from `server`; see `details.py`.
///
/// # Panics
/// When `STOCKTAKE_PYTHON` names no Python with pyVmomi, or pyVmomi fails.
#[must_use]
pub fn details(server: &Server) -> Value {
    let mut command = program("details.py");
    let command = with_account(&mut command, server);
    serde_json::from_str(&answer(command, b"")).expect("JSON")
}

/// Categories and names of the tags of each of these VMs that has any, as Python's own HTTP client reads them; see
/// `tags.py` for the arguments.
///
/// # Panics
/// When `STOCKTAKE_PYTHON` names no Python, or the server refuses a request.
#[must_use]
pub fn tags(server: &Server, vms: &[String], arguments: &[&str]) -> Value {
    let mut command = program("tags.py");
    let command = with_account(&mut command, server).args(arguments);
    let vms = serde_json::to_vec(vms).expect("JSON");
    serde_json::from_str(&answer(command, &vms)).expect("JSON")
}

/// How many objects have each property, as managed object type and path; see `property_types.py`.
///
/// # Panics
/// When pyVmomi cannot read a value, or declares another type for it.
#[must_use]
pub fn property_types(server: &Server, properties: &[(&str, &str)]) -> Value {
    let mut command = program("property_types.py");
    let command = with_account(&mut command, server);
    let properties = serde_json::to_vec(properties).expect("JSON");
    serde_json::from_str(&answer(command, &properties)).expect("JSON")
}

fn with_account<'c>(command: &'c mut Command, server: &Server) -> &'c mut Command {
    command
        .env("STOCKTAKE_URL", &server.url)
        .env("STOCKTAKE_USERNAME", &server.username)
        .env("STOCKTAKE_PASSWORD", &server.password)
}

pub(crate) fn program(name: &str) -> Command {
    let python = env::var_os("STOCKTAKE_PYTHON").expect(
        "STOCKTAKE_PYTHON names a Python with the tests' packages; run the tests by `cargo xtask test`, which makes one",
    );
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/programs");
    let mut command = Command::new(python);
    // A test must leave nothing in the tree.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.arg(programs.join(name));
    command
}

fn answer(command: &mut Command, input: &[u8]) -> String {
    let output = feed(command, input);
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
