//! The runtime as a library, by its example.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use stocktake_tests::executable::{self, feed};
use stocktake_tests::request;
use stocktake_tests::server::{self, Server};

/// The response of the example to `request` when the component logs in.
pub(crate) fn answer_of_guest(request: &Value) -> Output {
    let mut command = command(None);
    command.arg("--credentials-to-guest");
    feed(&mut command, request.to_string().as_bytes())
}

/// The response of the example to `request`; it trusts only the authorities of `ca_file`.
fn answer(request: &Value, ca_file: Option<&Path>) -> Output {
    feed(&mut command(ca_file), request.to_string().as_bytes())
}

fn command(ca_file: Option<&Path>) -> Command {
    let mut command = executable::isolated(Command::new(executable::named("embed")));
    if let Some(file) = ca_file {
        command.arg("--ca-file").arg(file);
    }
    command
}

/// Asserts that example and executable write the same bytes, and returns the exit code of both.
fn assert_same(server: &Server, request: &Value) -> Option<i32> {
    let ca_file = server.ca_file.as_deref();
    let setting = ca_file.map(|file| ("STOCKTAKE_CA_FILE", file.to_str().expect("UTF-8")));
    let environment: Vec<(&str, &str)> = setting.into_iter().collect();
    let ours = answer(request, ca_file);
    let plugins = executable::plugin(&request.to_string(), &environment);
    let case = &request["request"]["mode"];
    assert_eq!(
        String::from_utf8_lossy(&ours.stdout),
        String::from_utf8_lossy(&plugins.stdout),
        "{case}"
    );
    assert_eq!(ours.status.code(), plugins.status.code(), "{case}");
    ours.status.code()
}

#[test]
fn the_example_answers_every_mode_like_the_plugin() {
    let simulated = server::simulator(&[]);
    for mode in [
        "healthcheck",
        "detect",
        "collect",
        "collect_hosts",
        "collect_vms",
    ] {
        let asked = request::with(request::to(&simulated.server, mode), "page_size", 7);
        assert_eq!(assert_same(&simulated.server, &asked), Some(0), "{mode}");
    }
    simulated.assert_clean();
}

#[test]
fn the_example_refuses_like_the_plugin() {
    let simulated = server::simulator(&[]);
    let sound = request::to(&simulated.server, "collect");
    let mut unauthorized = sound.clone();
    unauthorized["source"]["credential"]["password"] = "wrong".into();
    let mut unknown = sound.clone();
    unknown["request"]["mode"] = "destroy".into();
    for asked in [unauthorized, unknown, Value::Null] {
        assert_eq!(assert_same(&simulated.server, &asked), Some(1), "{asked}");
    }
    let stranger = answer(&sound, None);
    let response = executable::response(&stranger);
    assert_eq!(executable::error_codes(&response), ["VCENTER_TLS_ERROR"]);
    simulated.assert_clean();
}

#[test]
fn the_example_answers_wrong_usage_by_a_document_too() {
    let output = feed(command(None).arg("--ca"), b"{}");
    assert_eq!(output.status.code(), Some(1));
    let response = executable::response(&output);
    assert_eq!(
        executable::error_codes(&response),
        ["VCENTER_CONFIG_INVALID"]
    );
}
