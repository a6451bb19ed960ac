//! What is published.

use serde_json::Value;

use super::{build, folder, node};

#[test]
fn the_example_and_the_package_keep_their_types() {
    let mut command = node();
    command
        .arg(build().join("node_modules/typescript/bin/tsc"))
        .args(["--project", "tsconfig.json", "--typeRoots"])
        .arg(build().join("node_modules/@types"));
    let output = command.output().expect("node starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
}

#[test]
fn the_package_has_the_workspaces_version_and_depends_on_nothing() {
    let manifest = folder().join("node_modules/stocktake-vcenter/package.json");
    let manifest = std::fs::read(manifest).expect("the package");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["license"], "Apache-2.0");
    assert_eq!(manifest["dependencies"], Value::Null);
    assert_eq!(manifest["devDependencies"], Value::Null);
    let component = manifest["stocktake"]["component"].as_str();
    assert!(component.is_some_and(|digest| digest.starts_with("sha256:")));
}
