//! Features of builds: they decide whether a dependency is compiled a second time.

use std::collections::BTreeSet;
use std::path::Path;

use crate::process;
use crate::workspace;

/// Dependencies with the features that a build of these packages gives them.
fn dependencies(packages: &[&str]) -> BTreeSet<String> {
    let mut cargo = workspace::cargo();
    cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .args(["tree", "--locked", "--edges", "normal,build"])
        .args(["--prefix", "none", "--no-dedupe", "--format", "{p} {f}"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    let tree = process::output(&mut cargo).expect("cargo tree");
    let foreign = tree
        .lines()
        .filter(|line| !line.is_empty() && !line.contains("(/"));
    foreign.map(str::to_owned).collect()
}

#[test]
fn the_rust_example_compiles_nothing_that_the_demo_has_not() {
    let demo = dependencies(&["stocktake-dev"]);
    let both = dependencies(&["stocktake", "stocktake-dev", "stocktake-example"]);
    assert!(demo.iter().any(|line| line.starts_with("wasmtime v")));
    let again: Vec<_> = both.difference(&demo).collect();
    assert!(again.is_empty(), "{again:#?}");
}

#[test]
fn only_the_runtime_of_the_tests_has_the_sender_of_wasmtime() {
    let sends = |line: &String| {
        line.starts_with("wasmtime-wasi-http v") && line.contains("default-send-request")
    };
    assert!(dependencies(&["stocktake-plain-runtime"]).iter().any(sends));
    assert!(!dependencies(&["stocktake"]).iter().any(sends));
}
