//! The production executable contains no simulator.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

const FOR_DEVELOPMENT: [&str; 3] = [
    "stocktake-fixture",
    "stocktake-conformance",
    "stocktake-simulator",
];

/// The packages of the workspace; no other package can depend on one of them.
fn workspace() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .expect("cargo starts");
    let message = String::from_utf8_lossy(&output.stderr);
    let mut metadata: Value = serde_json::from_slice(&output.stdout).expect(&message);
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("no list of packages: {other}"),
    }
}

/// Packages of the workspace that `name` is built with, directly or not.
fn built_with(workspace: &[Value], name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        let package = workspace.iter().find(|package| package["name"] == *name);
        let Some(package) = package else { continue };
        let dependencies = package["dependencies"].as_array().expect("a list");
        for dependency in dependencies.iter().filter(|of| of["kind"] != "dev") {
            let name = dependency["name"].as_str().expect("a name").to_owned();
            if found.insert(name.clone()) {
                open.push(name);
            }
        }
    }
    found
}

#[test]
fn the_production_executable_is_built_without_simulator_recordings_and_kit() {
    let workspace = workspace();
    let production = built_with(&workspace, "stocktake");
    assert!(production.contains("stocktake-runtime"), "{production:?}");
    let development = built_with(&workspace, "stocktake-dev");
    for name in FOR_DEVELOPMENT {
        assert!(!production.contains(name), "stocktake is built with {name}");
        assert!(development.contains(name), "stocktake-dev lacks {name}");
    }
}
