//! Go, and any language without a runtime for components: the executable as a child process.

use std::env;
use std::os::unix::fs::symlink;
use std::process::{Command, Output};

use serde_json::Value;
use stocktake_tests::{executable, request, server};

/// The output of the example in Go.
pub(crate) fn answer(request: &Value, environment: &[(&str, &str)]) -> Output {
    let program = env::var_os("STOCKTAKE_EMBED_GO").expect(
        "STOCKTAKE_EMBED_GO names the example; run the tests by `cargo xtask test`, which builds it",
    );
    // The name needs no arguments.
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("stocktake-plugin");
    symlink(executable::path(), &link).expect("a link");
    let mut command = Command::new(program);
    command
        .arg(link)
        .env("STOCKTAKE_CACHE_DIR", executable::compiled())
        .envs(environment.iter().copied());
    executable::feed(&mut command, request.to_string().as_bytes())
}

#[test]
fn an_inventory_is_taken_asset_by_asset() {
    let vcenter = server::simulator(&[]);
    let asked = request::to(&vcenter.server, "collect");
    let ca_file = vcenter.server.ca_file.as_deref().expect("a CA file");
    let output = answer(
        &asked,
        &[("STOCKTAKE_CA_FILE", ca_file.to_str().expect("UTF-8"))],
    );
    assert_eq!(output.status.code(), Some(0));
    let counts = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(counts.starts_with("map[cluster:2 host:6 vm:"), "{counts}");
}

#[test]
fn a_failed_run_is_a_failure_of_the_program_too() {
    let vcenter = server::simulator(&[]);
    let asked = request::to(&vcenter.server, "collect");
    let output = answer(&asked, &[]);
    assert_eq!(output.status.code(), Some(1));
    let codes = executable::error_codes(&executable::response(&output));
    assert_eq!(codes, ["VCENTER_TLS_ERROR"]);
}
