//! The component of world `command` under a plain runtime: wasmtime with WASI and its own HTTP.

use std::env;
use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use stocktake_contract::request::Mode;
use stocktake_simulator::Simulator;
use stocktake_tests::executable::{self, error_codes, feed, plugin, response};
use stocktake_tests::server::{self, Simulated};
use stocktake_tests::{components, request};

/// A runtime's own HTTP trusts public authorities only, so these vCenters do not use TLS.
pub(crate) fn vcenter(vms: u32) -> Simulated {
    server::start(Simulator::builder().vms(vms).hosts(6).plain_http())
}

/// The output of the component for `input`.
pub(crate) fn answer(input: &[u8]) -> Output {
    feed(&mut wasmtime(), input)
}

/// The runtime of `tests/plain`, or the `wasmtime` that `STOCKTAKE_WASMTIME` names.
fn wasmtime() -> Command {
    let mut command = match env::var_os("STOCKTAKE_WASMTIME") {
        Some(program) => {
            let mut command = Command::new(program);
            command.args(["run", "-S", "http"]);
            command
        }
        None => Command::new(executable::named("plain-runtime")),
    };
    command.arg(components::path("vcenter-command.wasm"));
    command
}

#[test]
fn every_mode_is_answered_as_by_the_plugin() {
    let vcenter = vcenter(40);
    for mode in Mode::ALL {
        let asked = request::to(&vcenter.server, mode.as_str());
        let asked = request::with(asked, "page_size", 9).to_string();
        let output = answer(asked.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{mode}");
        assert!(
            output.stdout == plugin(&asked, &[]).stdout,
            "{mode} differs"
        );
    }
    vcenter.assert_clean();
}

#[test]
fn evidence_is_there_for_those_who_ask() {
    let vcenter = vcenter(40);
    let asked = request::to(&vcenter.server, "collect");
    let asked = request::with(asked, "evidence", true).to_string();
    let output = answer(asked.as_bytes());
    assert_eq!(response(&output)["stats"]["evidence"]["logins"], 1);
    // Whose session it is decides who can count.
    let own = [("STOCKTAKE_CREDENTIALS_TO_GUEST", "1")];
    assert!(output.stdout == plugin(&asked, &own).stdout);
}

#[test]
fn what_is_refused_is_reported_by_the_document_and_the_exit_code() {
    let vcenter = vcenter(1);
    let mut wrong = request::to(&vcenter.server, "collect");
    wrong["source"]["credential"]["password"] = json!("wrong");
    let mut empty = wrong.clone();
    empty["source"]["credential"] = json!({});
    let long = " ".repeat((1 << 20) + 1);
    for (input, code) in [
        (&b"{"[..], "VCENTER_PARSE_ERROR"),
        (b"\xff", "VCENTER_PARSE_ERROR"),
        (long.as_bytes(), "VCENTER_PARSE_ERROR"),
        (b"{}", "VCENTER_CONFIG_INVALID"),
        (wrong.to_string().as_bytes(), "VCENTER_AUTH_FAILED"),
        (empty.to_string().as_bytes(), "VCENTER_CONFIG_INVALID"),
    ] {
        let output = answer(input);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(error_codes(&response(&output)), [code]);
    }
}

#[test]
fn a_reader_that_goes_away_leaves_nothing_on_the_server() {
    let vcenter = vcenter(3000);
    let asked: Value = request::to(&vcenter.server, "collect");
    let mut child = wasmtime()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("wasmtime starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(asked.to_string().as_bytes())
        .expect("written");
    drop(stdin);
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 100]).expect("a beginning");
    drop(stdout);
    let status = child.wait().expect("it ends");
    assert_ne!(status.code(), Some(0));
    vcenter.assert_clean();
}
