//! The published package.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::{Value, json};
use stocktake_simulator::Fault;
use stocktake_tests::executable::response;
use stocktake_tests::{request, server};

use super::{Trust, answer, build, folder, node};

fn typescript(command: &mut Command) {
    let output = command.output().expect("node starts");
    let message = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{message}");
}

#[test]
fn the_example_and_the_package_keep_their_types() {
    let mut command = node();
    command
        .arg(build().join("node_modules/typescript/bin/tsc"))
        .args(["--project", "tsconfig.json", "--typeRoots"])
        .arg(build().join("node_modules/@types"));
    typescript(&mut command);
}

/// `stats.evidence` of a run against a server with this fault.
fn evidence(fault: Option<Fault>, scope: &Value) -> Value {
    let simulated = server::simulator(fault.as_slice());
    let asked = request::to(&simulated.server, "collect");
    let asked = request::with(asked, "evidence", true);
    let asked = request::with(asked, "inventory_scope", scope.clone());
    let output = answer(&asked, Trust::of(&simulated.server));
    response(&output)["stats"]["evidence"].clone()
}

#[test]
fn the_evidence_of_a_response_has_its_type_and_no_member_more() {
    let cluster = json!({"cluster_names": ["cluster-01"]});
    let cases = [
        evidence(None, &json!({})),
        evidence(None, &cluster),
        evidence(Some(Fault::LimitedRole), &json!({})),
        evidence(Some(Fault::LogoutFails), &json!({})),
    ];
    let members: BTreeSet<&String> = cases
        .iter()
        .flat_map(|case| case.as_object().expect("evidence").keys())
        .collect();
    for name in ["counted_by", "scope", "sessions_left"] {
        assert!(members.contains(&name.to_owned()), "{members:?}");
    }

    // An object literal may have no member that its type lacks.
    let mut module = "import type { ResponseEvidence } from 'stocktake-vcenter';\n".to_owned();
    for (nth, case) in cases.iter().enumerate() {
        module += &format!("export const case{nth}: ResponseEvidence = {case};\n");
    }
    let program = tempfile::tempdir().expect("a folder");
    symlink(
        folder().join("node_modules"),
        program.path().join("node_modules"),
    )
    .expect("the package");
    std::fs::write(program.path().join("evidence.mts"), module).expect("written");
    let mut command = node();
    command
        .current_dir(program.path())
        .arg(build().join("node_modules/typescript/bin/tsc"))
        .args(["--strict", "--noEmit", "--module", "nodenext"])
        .args(["--target", "es2022", "--lib", "es2022,esnext.disposable"])
        .args(["--types", "node", "--typeRoots"])
        .arg(build().join("node_modules/@types"))
        .arg("evidence.mts");
    typescript(&mut command);
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
