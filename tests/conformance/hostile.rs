//! Components that the conformance tests fail: every behaviour of `tests/hostile`, by its finding.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value;
use stocktake_tests::{hostile, server};

use crate::{test_component, wrongs};

/// A behaviour, the check that detects it, and the finding that reports it.
const CASES: &[(&str, &str, &str)] = &[
    ("honest", "own-session", "miscounts"),
    ("lists-one-invented-vm", "sound-server", "claims-complete"),
    ("invents-a-vm", "sound-server", "claims-complete"),
    ("withholds-a-vm", "sound-server", "claims-complete"),
    ("withholds-a-host", "sound-server", "claims-complete"),
    ("swaps-ids-between-kinds", "sound-server", "claims-complete"),
    ("swaps-two-vms", "sound-server", "claims-complete"),
    (
        "misreports-a-power-state",
        "sound-server",
        "claims-complete",
    ),
    ("renames-a-vm", "sound-server", "claims-complete"),
    ("shrinks-the-scope", "sound-server", "claims-complete"),
    ("widens-the-scope", "own-session", "gives-up"),
    ("spins-for-ever", "sound-server", "never-ends"),
    ("sleeps-for-ever", "sound-server", "never-ends"),
    ("waits-for-a-silent-server", "sound-server", "gives-up"),
    ("hogs-memory", "sound-server", "over-budget"),
    ("hoards-handles-of-the-host", "sound-server", "over-budget"),
    ("hoards-handles-of-its-own", "sound-server", "over-budget"),
    ("floods-empty-pages", "sound-server", "over-budget"),
    ("floods-ids", "sound-server", "over-budget"),
    ("opens-bodies-and-leaves-them", "sound-server", "never-ends"),
    ("warns-of-16-mib", "sound-server", "breaks-the-contract"),
    ("calls-as-instructed", "sound-server", "gives-up"),
    ("floods-pages-of-assets", "sound-server", "over-budget"),
    ("floods-requests", "sound-server", "over-budget"),
    ("hands-over-100-mib", "sound-server", "breaks-the-contract"),
    (
        "miscounts-the-assets-of-a-page",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "miscounts-the-relations-of-a-page",
        "sound-server",
        "breaks-the-contract",
    ),
    ("counts-a-kind-twice", "sound-server", "breaks-the-contract"),
    ("skips-a-page", "sound-server", "breaks-the-contract"),
    (
        "miscounts-in-the-summary",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "claims-completeness-without-evidence",
        "sound-server",
        "claims-complete",
    ),
    (
        "claims-completeness-of-a-part",
        "sound-server",
        "claims-complete",
    ),
    (
        "claims-completeness-of-nothing",
        "sound-server",
        "claims-complete",
    ),
    (
        "claims-completeness-with-errors",
        "sound-server",
        "claims-complete",
    ),
    (
        "claims-sessions-that-it-left",
        "own-session",
        "breaks-the-contract",
    ),
    (
        "fails-without-an-error",
        "sound-server",
        "breaks-the-contract",
    ),
    ("repeats-an-asset", "sound-server", "breaks-the-contract"),
    ("repeats-a-relation", "sound-server", "breaks-the-contract"),
    (
        "relates-what-is-not-there",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "emits-a-foreign-kind",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "emits-a-kind-not-asked-for",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "emits-an-invalid-normalized",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "reports-an-unknown-code",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "reports-a-context-that-is-no-object",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "writes-what-is-no-json",
        "sound-server",
        "breaks-the-contract",
    ),
    ("cuts-the-last-line", "sound-server", "breaks-the-contract"),
    ("nests-too-deep", "sound-server", "breaks-the-contract"),
    (
        "writes-raw-control-characters",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "writes-escaped-control-characters",
        "sound-server",
        "unprintable",
    ),
    (
        "writes-half-a-character",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "writes-carriage-returns",
        "sound-server",
        "breaks-the-contract",
    ),
    (
        "control-characters-in-errors",
        "sound-server",
        "breaks-the-contract",
    ),
    ("endless-errors", "sound-server", "runs-on"),
    ("asks-another-host", "sound-server", "trespasses"),
    ("asks-the-metadata-service", "sound-server", "trespasses"),
    ("asks-a-rebinding-name", "sound-server", "trespasses"),
    ("smuggles-headers", "sound-server", "smuggles-headers"),
    ("powers-off-a-vm", "sound-server", "trespasses"),
    ("sends-two-methods-at-once", "sound-server", "trespasses"),
    ("logs-in", "sound-server", "trespasses"),
    ("leaks-in-its-errors", "own-session", "tells-a-secret"),
    ("leaks-in-its-warnings", "own-session", "tells-a-secret"),
    ("leaks-in-its-assets", "own-session", "tells-a-secret"),
    ("traps-on-page-3", "sound-server", "traps"),
    ("traps-while-closing", "cancelled", "traps"),
    ("panics-in-the-constructor", "own-session", "tells-a-secret"),
];

/// What is wrong with the report on `behaviour`, if anything is.
fn untold(component: &str, &(behaviour, check, expected): &(&str, &str, &str)) -> Option<String> {
    let asked = format!("behaviour=\"{behaviour}\"");
    let (output, report) = test_component(&[
        component,
        "--check",
        check,
        "--config",
        &asked,
        "--config",
        "target=\"http://127.0.0.1:9/\"",
        "--timeout",
        "10",
    ]);
    let found = wrongs(&report);
    let findings = report["results"][0]["findings"].as_array()?;
    let is_whole = |finding: &Value| {
        let parts = ["place", "expected", "came", "cure"];
        parts.iter().all(|part| finding[part].is_string())
    };
    let streams = [&output.stdout, &output.stderr];
    let mut streams = streams.iter().map(|stream| String::from_utf8_lossy(stream));
    let is_told = found.contains(&expected)
        && findings.iter().all(is_whole)
        && output.status.code() == Some(1)
        && !streams.any(|text| text.contains(server::MARK));
    (!is_told).then(|| format!("{behaviour} by {check}: {report:#}"))
}

#[test]
fn every_misbehaviour_is_reported_by_its_name() {
    let file = hostile::file();
    let component = file.path().to_str().expect("UTF-8");
    let (one, other) = CASES.split_at(CASES.len() / 2);
    let untold = |cases: &[_]| -> Vec<String> {
        let untold = cases.iter().filter_map(|case| untold(component, case));
        untold.collect()
    };
    let (mut failures, others) = thread::scope(|scope| {
        let other = scope.spawn(|| untold(other));
        (untold(one), other.join().expect("a report of each"))
    });
    failures.extend(others);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The behaviours are listed by the component's source; each has a case.
#[test]
fn every_misbehaviour_has_a_finding_that_names_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(root.join("hostile/src/behaviour.rs")).expect("the behaviours");
    let (_, table) = source.split_once("BEHAVIOURS:").expect("the table");
    let (table, _) = table.split_once("\n];").expect("its end");
    let mut behaviours: BTreeSet<&str> = table.split('"').skip(1).step_by(2).collect();
    assert!(behaviours.len() > 50, "{behaviours:?}");
    behaviours.insert("panics-in-the-constructor");
    let cases = CASES.iter().map(|(behaviour, _, _)| *behaviour);
    assert_eq!(behaviours, cases.collect::<BTreeSet<&str>>());
}
