//! The conformance tests for collectors: what they fail, and what they pass.

mod hostile;
mod sound;
mod template;

use std::process::Output;

use serde_json::Value;
use stocktake_tests::executable::command;

/// Runs `stocktake-dev test-component` and returns its report in JSON.
fn test_component(arguments: &[&str]) -> (Output, Value) {
    let mut all = vec!["test-component", "--format", "json"];
    all.extend(arguments);
    let output = command(&all).output().expect("stocktake starts");
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output, report)
}

/// Names of the findings of a report, in order.
fn wrongs(report: &Value) -> Vec<&str> {
    let results = report["results"].as_array().expect("results").iter();
    let findings = results.flat_map(|result| result["findings"].as_array().expect("findings"));
    findings
        .map(|finding| finding["wrong"].as_str().expect("a name"))
        .collect()
}
