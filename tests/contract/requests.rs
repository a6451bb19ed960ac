//! Requests that are refused, by the executable as a ledger spawns it.

use serde_json::{Value, json};
use stocktake_tests::executable::{error_codes, plugin, response};
use stocktake_tests::server::Server;
use stocktake_tests::{python, request};

fn nowhere() -> Server {
    Server {
        url: "https://127.0.0.1:9".to_owned(),
        username: "user".to_owned(),
        password: "never-t0-be-seen".to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    }
}

fn refusal(request: &str) -> Value {
    let output = plugin(request, &[]);
    assert_eq!(output.status.code(), Some(1), "{request}");
    let told = response(&output);
    assert_eq!(python::schema_errors(&output.stdout), "", "{request}");
    assert_eq!(told["stats"]["inventory_complete"], false);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("never-t0-be-seen"));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("never-t0-be-seen"));
    told
}

#[test]
fn a_request_that_is_not_json_is_a_parse_error() {
    for text in ["", "{", "not json", "{\"a\":1}{"] {
        assert_eq!(
            error_codes(&refusal(text)),
            ["VCENTER_PARSE_ERROR"],
            "{text:?}"
        );
    }
}

#[test]
fn each_wrong_field_is_refused_by_its_name() {
    let good = request::to(&nowhere(), "collect");
    for (pointer, wrong) in [
        ("/schema_version", json!("collector-request-v2")),
        ("/source/source_type", json!("aws")),
        ("/source/config/endpoint", json!("vc.lan")),
        ("/request/mode", json!("destroy")),
        ("/source/credential", json!({})),
        ("/source/credential/password", json!("")),
        ("/source/config/preferred_vcenter_version", json!("9.x")),
        ("/source/config/page_size", json!(0)),
    ] {
        let mut request = good.clone();
        *request.pointer_mut(pointer).unwrap_or(&mut Value::Null) = wrong.clone();
        if request.pointer(pointer) != Some(&wrong) {
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            request.pointer_mut(parent).expect("its parent")[key] = wrong;
        }
        let told = refusal(&request.to_string());
        assert_eq!(error_codes(&told), ["VCENTER_CONFIG_INVALID"], "{pointer}");
        let field = pointer[1..].replace('/', ".");
        let message = told["errors"][0]["message"].as_str().expect("a message");
        assert!(message.starts_with(&field), "{pointer}: {message}");
    }
}

#[test]
fn more_than_one_tls_policy_is_refused() {
    let request = request::to(&nowhere(), "healthcheck").to_string();
    let output = plugin(
        &request,
        &[("STOCKTAKE_INSECURE", "1"), ("STOCKTAKE_PIN", "sha256:00")],
    );
    assert_eq!(error_codes(&response(&output)), ["VCENTER_CONFIG_INVALID"]);
}

#[test]
fn a_refused_connection_is_a_network_error_that_names_the_place() {
    let told = refusal(&request::to(&nowhere(), "healthcheck").to_string());
    assert_eq!(error_codes(&told), ["VCENTER_NETWORK_ERROR"]);
    let message = told["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("127.0.0.1:9"), "{message}");
    assert_eq!(told["errors"][0]["retryable"], true);
}
