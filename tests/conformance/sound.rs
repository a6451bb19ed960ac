//! Components that the conformance tests pass.

use std::path::Path;

use stocktake_tests::{fixture, template};

use crate::{test_component, wrongs};

/// Asserts that a component passes every check that was run; returns their number.
fn assert_sound(component: &Path, fixtures: &Path) -> usize {
    let component = component.to_str().expect("UTF-8");
    let fixtures = fixtures.to_str().expect("UTF-8");
    // Others may be busy on the machine; none of the checks is about speed.
    let (output, report) = test_component(&[component, "--fixtures", fixtures, "--timeout", "300"]);
    assert_eq!(wrongs(&report), [""; 0], "{report:#}");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let results = report["results"].as_array().expect("results").iter();
    results.filter(|result| result["omitted"].is_null()).count()
}

/// RE-5
#[test]
fn the_kit_passes_the_vcenter_collector_with_every_fixture_and_every_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vcenter.wasm");
    std::fs::write(&file, stocktake_vcenter_artifact::COMPONENT).expect("written");
    let run = assert_sound(&file, &fixture::root());
    assert_eq!(
        run,
        stocktake_conformance::Check::all().len(),
        "checks were left out"
    );
}

/// RE-5: contract tests from recorded exchanges, for a collector of another platform.
#[test]
fn the_kit_passes_the_template_with_its_fixture() {
    let run = assert_sound(
        template::file().path(),
        &template::folder().join("fixtures"),
    );
    let server = |check: &stocktake_conformance::Check| {
        check.group() == stocktake_conformance::Group::Server
    };
    let all = stocktake_conformance::Check::all();
    let expected = all.iter().filter(|check| !server(check)).count();
    assert_eq!(run, expected, "checks were left out");
}

#[test]
fn test_component_names_its_checks_and_refuses_wrong_usage() {
    let listed = stocktake_tests::executable::run(&["test-component", "--list"]);
    let text = String::from_utf8(listed.stdout).expect("UTF-8");
    assert_eq!(
        text.lines().count(),
        stocktake_conformance::Check::all().len()
    );
    let component = template::file();
    let component = component.path().to_str().expect("UTF-8");
    for wrong in [
        &["test-component"][..],
        &["test-component", component, "--check", "no-such"],
        &["test-component", component, "--config", "key"],
        &["test-component", component, "--source-type", "vcenter"],
        &["test-component", component, "--fixtures", "/nowhere"],
    ] {
        let output = stocktake_tests::executable::run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {output:?}");
    }
}
