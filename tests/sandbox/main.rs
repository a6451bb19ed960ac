//! What a component may not do.

mod hostile;

use serde_json::Value;
use stocktake_runtime::Policy;
use stocktake_tests::executable::{error_codes, response, run, run_against};
use stocktake_tests::recording::record_under;
use stocktake_tests::{request, server};

/// A component that wants to open files, in the text form.
const WANTS_FILES: &str = r#"
(component
  (import "wasi:filesystem/preopens@0.2.0" (instance
    (export "get-directories" (func (result (list u32))))
  ))
)
"#;

fn component_file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), wat::parse_str(text).expect("a component")).expect("written");
    file
}

#[test]
fn a_component_that_imports_a_filesystem_is_refused_before_it_runs() {
    let component = component_file(WANTS_FILES);
    let path = component.path().to_str().expect("UTF-8");

    let inspected = run(&["inspect", path]);
    assert_eq!(inspected.status.code(), Some(1));
    let reported = String::from_utf8_lossy(&inspected.stdout);
    assert!(
        reported.contains("wasi:filesystem/preopens@0.2.0   <- not available"),
        "{reported}"
    );

    let simulated = server::simulator(&[]);
    let output = run_against(&simulated.server, "collect", &["--component", path]);
    assert_eq!(output.status.code(), Some(1));
    let answer = response(&output);
    assert_eq!(error_codes(&answer), ["PLUGIN_EXEC_FAILED"]);
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("wasi:filesystem/preopens"), "{message}");
    assert_eq!(
        simulated.simulator.counters().requests,
        0,
        "it reached the vCenter"
    );
}

#[test]
fn what_is_no_component_is_refused_with_what_it_is() {
    let module = component_file("(module)");
    let path = module.path().to_str().expect("UTF-8");
    let output = run(&["inspect", path]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("PLUGIN_EXEC_FAILED") && message.contains("module"),
        "{message}"
    );
}

/// The policy is for one place, the component asks for another.
#[test]
fn a_component_that_asks_for_another_host_is_denied_and_the_reason_reported() {
    let allowed = server::simulator(&[]);
    let other = server::simulator(&[]);
    let policy = Policy::for_request(&request::parsed(&request::to(&allowed.server, "collect")));
    let recording = record_under(
        &other.server,
        &request::to(&other.server, "collect"),
        policy,
    );
    let answer: Value = serde_json::from_slice(&recording.response).expect("JSON");
    let codes = error_codes(&answer);
    assert_eq!(
        codes.first().map(String::as_str),
        Some("EGRESS_DENIED"),
        "{codes:?}"
    );
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    let asked = other.simulator.address().to_string();
    let permitted = allowed.simulator.address().to_string();
    assert!(
        message.contains(&asked) && message.contains(&permitted),
        "{message}"
    );
    assert_eq!(other.simulator.counters().requests, 0);
    assert_eq!(answer["stats"]["inventory_complete"], false);
}

#[test]
fn the_built_in_component_imports_what_its_world_says_and_nothing_else() {
    let output = run(&["inspect", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let imports = answer["imports"].as_array().expect("imports");
    let allowed = [
        "wasi:http/",
        "wasi:io/",
        "wasi:clocks/monotonic-clock@",
        "wasi:cli/stderr@",
    ];
    for import in imports {
        let import = import.as_str().expect("a name");
        assert!(
            allowed.iter().any(|allowed| import.starts_with(allowed)),
            "{import}"
        );
    }
    assert_eq!(answer["foreign"], serde_json::json!([]));
    assert_eq!(answer["description"]["name"], "vcenter");
    assert_eq!(
        answer["description"]["modes"].as_array().map(Vec::len),
        Some(5)
    );
}
