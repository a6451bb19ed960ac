//! What it says.

use stocktake_tests::python;
use stocktake_tests::server;

use super::{CAGE, assert_refused, assert_valid};

/// What it does, the code that it gets, and what the message says.
const CASES: [(&str, &str, &str); 32] = [
    (
        "floods-empty-pages",
        "PLUGIN_BUDGET_EXCEEDED",
        "pages over budget: 201 pages of 200 allowed",
    ),
    (
        "floods-pages-of-assets",
        "PLUGIN_BUDGET_EXCEEDED",
        "over budget",
    ),
    (
        "hands-over-100-mib",
        "PLUGIN_RESPONSE_INVALID",
        "16777216 are allowed",
    ),
    (
        "miscounts-the-assets-of-a-page",
        "PLUGIN_RESPONSE_INVALID",
        "the batch holds",
    ),
    (
        "miscounts-the-relations-of-a-page",
        "PLUGIN_RESPONSE_INVALID",
        "says 0, the batch holds 2",
    ),
    (
        "counts-a-kind-twice",
        "PLUGIN_RESPONSE_INVALID",
        "counts \"vm\" twice",
    ),
    ("skips-a-page", "PLUGIN_RESPONSE_INVALID", "page 0 was due"),
    (
        "miscounts-in-the-summary",
        "PLUGIN_RESPONSE_INVALID",
        "were received",
    ),
    (
        "claims-completeness-without-evidence",
        "PLUGIN_RESPONSE_INVALID",
        "evidence.kinds",
    ),
    (
        "claims-completeness-of-a-part",
        "INVENTORY_INCOMPLETE",
        "announced",
    ),
    (
        "claims-completeness-of-nothing",
        "INVENTORY_INCOMPLETE",
        "nothing was received",
    ),
    (
        "claims-completeness-with-errors",
        "PLUGIN_RESPONSE_INVALID",
        "although there are 1 errors",
    ),
    ("fails-without-an-error", "PLUGIN_EXIT_NONZERO", ""),
    (
        "repeats-an-asset",
        "PLUGIN_RESPONSE_INVALID",
        "vm vm-1 was emitted before",
    ),
    (
        "repeats-a-relation",
        "PLUGIN_RESPONSE_INVALID",
        "a relation is emitted once",
    ),
    (
        "relates-what-is-not-there",
        "PLUGIN_RESPONSE_INVALID",
        "host host-2 is not among the assets",
    ),
    (
        "emits-a-foreign-kind",
        "PLUGIN_RESPONSE_INVALID",
        "\"toaster\" is not a kind",
    ),
    (
        "emits-a-kind-not-asked-for",
        "PLUGIN_RESPONSE_INVALID",
        "\"datastore\" was not asked for",
    ),
    (
        "emits-an-invalid-normalized",
        "SCHEMA_VALIDATION_FAILED",
        "hardware.memory_bytes",
    ),
    (
        "reports-an-unknown-code",
        "PLUGIN_RESPONSE_INVALID",
        "VCENTER_ON_FIRE",
    ),
    (
        "reports-a-context-that-is-no-object",
        "PLUGIN_RESPONSE_INVALID",
        "redacted-context",
    ),
    (
        "writes-what-is-no-json",
        "PLUGIN_OUTPUT_INVALID_JSON",
        "is not JSON",
    ),
    (
        "cuts-the-last-line",
        "PLUGIN_RESPONSE_INVALID",
        "the last line is cut off",
    ),
    ("nests-too-deep", "PLUGIN_RESPONSE_INVALID", "nested deeper"),
    (
        "writes-raw-control-characters",
        "PLUGIN_OUTPUT_INVALID_JSON",
        "control character",
    ),
    (
        "writes-half-a-character",
        "PLUGIN_RESPONSE_INVALID",
        "half a character",
    ),
    (
        "writes-carriage-returns",
        "PLUGIN_RESPONSE_INVALID",
        "carriage return",
    ),
    (
        "control-characters-in-errors",
        "PLUGIN_RESPONSE_INVALID",
        "not one of the contract",
    ),
    ("endless-errors", "VCENTER_NETWORK_ERROR", "xxx"),
    (
        "panics-in-the-constructor",
        "PLUGIN_TRAPPED",
        "its last words: ",
    ),
    ("traps-on-page-3", "PLUGIN_TRAPPED", "unreachable"),
    (
        "traps-while-closing",
        "PLUGIN_BUDGET_EXCEEDED",
        "pages over budget",
    ),
];

#[test]
fn a_guest_that_lies_floods_or_traps_is_refused_by_the_code_of_what_it_does() {
    let simulated = server::simulator(&[]);
    let mut responses = Vec::new();
    for (behaviour, code, expected) in CASES {
        let ran = CAGE.run(&simulated.server, behaviour);
        assert_refused(behaviour, &ran, code);
        let message = &ran.outcome.errors[0].message;
        assert!(message.contains(expected), "{behaviour}: {message}");
        assert!(
            ran.response.len() < 4 << 20,
            "{behaviour}: {}",
            ran.response.len()
        );
        responses.extend(&ran.response);

        let after = CAGE.run(&simulated.server, "honest");
        assert!(
            after.outcome.proof().is_some(),
            "after {behaviour}: {:?}",
            after.outcome.errors
        );
    }
    assert_eq!(python::schema_errors(&responses), "");
    simulated.assert_clean();
}

/// In the host's session it has none to leave, and what it says of sessions does not count.
#[test]
fn a_guest_that_logs_in_and_not_out_is_refused() {
    let simulated = server::simulator(&[]);
    let behaviour = "claims-sessions-that-it-left";
    let ran = CAGE.run_in_the_know(&simulated.server, behaviour);
    assert_refused(behaviour, &ran, "PLUGIN_RESPONSE_INVALID");
    let message = &ran.outcome.errors[0].message;
    assert!(message.contains("1 sessions were made"), "{message}");
    let ran = CAGE.run(&simulated.server, behaviour);
    assert!(ran.outcome.proof().is_some(), "{:?}", ran.outcome.errors);
}

#[test]
fn what_was_sound_before_a_trap_is_answered_but_is_no_inventory() {
    let simulated = server::simulator(&[]);
    let document = CAGE.run(&simulated.server, "traps-on-page-3").document();
    assert_eq!(document["assets"].as_array().map(Vec::len), Some(3));
    assert_eq!(document["stats"]["inventory_complete"], false);
}

#[test]
fn errors_are_reported_up_to_a_bound_and_without_control_characters() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run(&simulated.server, "endless-errors");
    assert!(ran.outcome.errors.len() <= 100);
    let longest = ran
        .outcome
        .errors
        .iter()
        .map(|error| error.message.len())
        .max();
    assert!(longest < Some(4200), "{longest:?}");

    let ran = CAGE.run(&simulated.server, "control-characters-in-errors");
    let mut texts: Vec<String> = ran
        .outcome
        .errors
        .iter()
        .map(|error| error.message.clone())
        .collect();
    let evidence = ran.outcome.evidence.expect("evidence");
    texts.extend(evidence.kinds.into_iter().flat_map(|kind| {
        let mut texts = kind.missing_privileges;
        texts.push(kind.kind);
        texts
    }));
    let detection = ran.outcome.detection.expect("a detection");
    texts.extend([detection.target_version, detection.driver]);
    for text in texts {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
}

/// Sound JSON: the texts are data, and every byte of the document is printable.
#[test]
fn escaped_control_characters_of_items_stay_escaped() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "writes-escaped-control-characters");
    assert!(ran.outcome.proof().is_some(), "{:?}", ran.outcome.errors);
    assert_valid("writes-escaped-control-characters", &ran);
    let caption = &ran.document()["assets"][0]["normalized"]["identity"]["caption"];
    assert!(
        caption
            .as_str()
            .is_some_and(|text| text.starts_with("\u{1b}[2J"))
    );
}
