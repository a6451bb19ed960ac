//! What it discloses of its request. A collector that logs in itself knows the password.

use stocktake_tests::server;

use super::{CAGE, assert_refused, assert_valid};

#[test]
fn a_guest_in_a_session_of_the_hosts_has_no_password_to_tell() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run(&simulated.server, "panics-in-the-constructor");
    assert_refused("panics-in-the-constructor", &ran, "PLUGIN_TRAPPED");
    let message = &ran.outcome.errors[0].message;
    assert!(message.contains("\"credential\":{}"), "{message}");
    assert!(!message.contains("[redacted]"), "{message}");
}

#[test]
fn a_password_in_errors_detection_and_evidence_is_redacted() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "leaks-in-its-errors");
    assert_refused("leaks-in-its-errors", &ran, "PLUGIN_RESPONSE_INVALID");
    let message = format!("{:?}", ran.outcome);
    assert!(!message.contains("M4RK"), "{message}");
    assert!(message.contains("[redacted]"), "{message}");
}

#[test]
fn a_password_in_warnings_is_redacted_and_the_inventory_stands() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "leaks-in-its-warnings");
    assert!(ran.outcome.proof().is_some(), "{:?}", ran.outcome.errors);
    assert_valid("leaks-in-its-warnings", &ran);
    let document = ran.document();
    let warnings = document["stats"]["warnings"].as_array().expect("warnings");
    assert_eq!(warnings.len(), 9);
    for warning in warnings {
        let message = warning["message"].as_str().expect("a message");
        assert!(
            message.contains("[redacted]") && !message.contains("M4RK"),
            "{message}"
        );
    }
}

#[test]
fn an_asset_that_holds_the_password_is_refused() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "leaks-in-its-assets");
    assert_refused("leaks-in-its-assets", &ran, "PLUGIN_RESPONSE_INVALID");
    assert!(ran.outcome.errors[0].message.contains("holds the password"));
    assert_eq!(ran.document()["assets"], serde_json::json!([]));
}

#[test]
fn a_password_in_last_words_is_redacted() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "panics-in-the-constructor");
    assert_refused("panics-in-the-constructor", &ran, "PLUGIN_TRAPPED");
    let message = &ran.outcome.errors[0].message;
    assert!(message.contains("[redacted]"), "{message}");
    assert!(!message.chars().any(char::is_control), "{message:?}");
}
