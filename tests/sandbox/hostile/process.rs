//! The same by the executable: what reaches stdout, stderr and files.

use std::fs;
use std::process::Output;

use serde_json::Value;
use stocktake_tests::executable::{command, error_codes, feed, response, run_against};
use stocktake_tests::hostile;
use stocktake_tests::python;
use stocktake_tests::request;
use stocktake_tests::server::{self, MARKED_PASSWORD, Simulated};

/// The output of a run of this request.
fn plugin(simulated: &Simulated, request: &Value) -> Output {
    let component = hostile::file();
    let mut command = command(&["plugin", "--credentials-to-guest", "--timeout", "60"]);
    command
        .arg("--component")
        .arg(component.path())
        .env(
            "STOCKTAKE_CA_FILE",
            simulated.server.ca_file.as_ref().expect("TLS"),
        )
        .env("STOCKTAKE_LOG", "debug");
    feed(&mut command, request.to_string().as_bytes())
}

/// Nothing that controls a terminal, forges a line or discloses the password.
fn assert_clean(text: &[u8]) {
    let text = String::from_utf8(text.to_vec()).expect("UTF-8");
    let steers = |character: char| character.is_control() && character != '\n' && character != '\t';
    assert!(!text.chars().any(steers), "{text:?}");
    assert!(
        !text.lines().any(|line| line.starts_with("error: forged")),
        "{text}"
    );
    assert!(!text.contains("M4RK"), "{text}");
    assert!(MARKED_PASSWORD.contains("M4RK"));
}

#[test]
fn a_ledger_gets_one_valid_document_whatever_its_plugin_does() {
    let simulated = server::simulator(&[]);
    for (behaviour, code) in [
        ("panics-in-the-constructor", "PLUGIN_TRAPPED"),
        ("leaks-in-its-errors", "PLUGIN_RESPONSE_INVALID"),
        ("control-characters-in-errors", "PLUGIN_RESPONSE_INVALID"),
        ("no-such-behaviour", "PLUGIN_TRAPPED"),
    ] {
        let output = plugin(&simulated, &hostile::request(&simulated.server, behaviour));
        assert_eq!(output.status.code(), Some(1), "{behaviour}");
        let answer = response(&output);
        assert_eq!(
            error_codes(&answer).first().map(String::as_str),
            Some(code),
            "{behaviour}"
        );
        assert_eq!(answer["stats"]["inventory_complete"], false, "{behaviour}");
        assert_eq!(python::schema_errors(&output.stdout), "", "{behaviour}");
        let mut validate = command(&["validate", "-"]);
        let validated = feed(&mut validate, &output.stdout);
        assert_eq!(
            validated.status.code(),
            Some(0),
            "{behaviour}: {validated:?}"
        );
        assert_clean(&output.stdout);
        assert_clean(&output.stderr);
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(log.contains("the run ended; used/allowed"), "{log}");
    }
    simulated.assert_clean();
}

/// Collects from a command line, which names the behaviour as a datacenter.
fn collect(simulated: &Simulated, behaviour: &str, arguments: &[&str]) -> Output {
    let component = hostile::file();
    let path = component.path().to_str().expect("UTF-8");
    let mut all = vec!["--component", path, "--scope-datacenter", behaviour];
    all.extend(["--preferred-version", "7.0-8.x"]);
    all.extend(arguments);
    run_against(&simulated.server, "collect", &all)
}

#[test]
fn a_file_from_a_good_run_outlives_a_hostile_one() {
    let simulated = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inventory");
    let path = file.to_str().expect("UTF-8");
    for behaviour in ["traps-on-page-3", "claims-completeness-of-a-part"] {
        for format in ["csv", "table", "ndjson", "json"] {
            fs::write(&file, "the last good one").expect("written");
            let output = collect(
                &simulated,
                behaviour,
                &["--format", format, "--output", path],
            );
            assert!(!output.status.success(), "{behaviour}");
            let kept = fs::read_to_string(&file).expect("the file");
            assert_eq!(kept, "the last good one", "{behaviour}, {format}");
        }
    }
    let left = fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 1);
    simulated.assert_clean();
}

#[test]
fn no_format_passes_control_characters_to_a_terminal() {
    let simulated = server::simulator(&[]);
    for (behaviour, code) in [
        ("writes-escaped-control-characters", 0),
        ("control-characters-in-errors", 1),
        ("leaks-in-its-warnings", 0),
    ] {
        for format in ["csv", "table", "ndjson", "json"] {
            let arguments = ["--credentials-to-guest", "--format", format];
            let output = collect(&simulated, behaviour, &arguments);
            assert_eq!(output.status.code(), Some(code), "{behaviour}: {output:?}");
            assert_clean(&output.stdout);
            assert_clean(&output.stderr);
        }
    }
}

#[test]
fn a_component_runs_only_when_it_is_on_the_list() {
    let simulated = server::simulator(&[]);
    let digest = stocktake_runtime::component::Digest::of(hostile::COMPONENT).to_string();
    let other = format!("sha256:{}", "0".repeat(64));
    let refused = collect(
        &simulated,
        "honest",
        &["--credentials-to-guest", "--allow-component", &other],
    );
    let answer = response(&refused);
    assert_eq!(error_codes(&answer), ["PLUGIN_EXEC_FAILED"]);
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains(&digest), "{message}");

    let listed = [&other, &digest].map(|digest| ["--allow-component", digest]);
    let listed = [&["--credentials-to-guest"], listed.as_flattened()].concat();
    let output = collect(&simulated, "honest", &listed);
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    for wrong in [
        &["--allow-component", &digest][..],
        &["--component", "file.wasm", "--allow-component", "sha256:no"],
    ] {
        let output = run_against(&simulated.server, "collect", wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn usage_is_in_the_document_only_when_asked_for() {
    let simulated = server::simulator(&[]);
    let own = "--credentials-to-guest";
    let silent = response(&collect(&simulated, "honest", &[own]));
    assert_eq!(silent["stats"].get("usage"), None);
    let asked = response(&collect(&simulated, "honest", &[own, "--usage"]));
    assert_eq!(asked["stats"]["usage"]["pages"]["used"], 1);
    let request = hostile::request(&simulated.server, "honest");
    let asked = response(&plugin(&simulated, &request::with(request, "usage", true)));
    assert_eq!(asked["stats"]["usage"]["pages"]["used"], 1);
    assert_eq!(asked["stats"].get("evidence"), None);
    let asked = response(&collect(&simulated, "honest", &[own, "--usage"]));
    assert_eq!(asked["stats"]["usage"]["wall_ms"]["allowed"], 285_000);
}
