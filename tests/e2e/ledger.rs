//! The plugin as a ledger drives it.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::Value;
use stocktake_tests::executable::{self, error_codes, response};
use stocktake_tests::server::{self, MARKED_PASSWORD, Simulated};
use stocktake_tests::{python, request};

fn environment(simulated: &Simulated) -> [(&str, &str); 1] {
    let ca_file = simulated.server.ca_file.as_ref().expect("a CA");
    [("STOCKTAKE_CA_FILE", ca_file.to_str().expect("UTF-8"))]
}

#[test]
fn every_mode_answers_one_ascii_line_that_keeps_the_schemas() {
    let simulated = server::simulator(&[]);
    for mode in [
        "healthcheck",
        "detect",
        "collect",
        "collect_hosts",
        "collect_vms",
    ] {
        let asked = request::to(&simulated.server, mode).to_string();
        let output = executable::plugin(&asked, &environment(&simulated));
        let answer = response(&output);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{mode}: {}",
            answer["errors"]
        );
        assert_eq!(python::schema_errors(&output.stdout), "", "{mode}");
        assert_eq!(
            answer["stats"]["inventory_complete"],
            mode.starts_with("collect"),
            "{mode}"
        );
        assert_eq!(
            answer["stats"].get("evidence"),
            None,
            "extensions only when asked for"
        );
        assert!(!String::from_utf8_lossy(&output.stdout).contains(MARKED_PASSWORD));
    }
    simulated.assert_clean();
}

#[test]
fn the_evidence_is_in_the_response_when_asked_for() {
    let simulated = server::simulator(&[]);
    let asked = request::with(request::to(&simulated.server, "collect"), "evidence", true);
    let output = executable::plugin(&asked.to_string(), &environment(&simulated));
    let evidence = &response(&output)["stats"]["evidence"];
    assert_eq!(evidence["drained"], true);
    assert_eq!(evidence["kinds"][0]["kind"], "vm");
    assert_eq!(
        evidence["kinds"][0]["announced"],
        evidence["kinds"][0]["returned"]
    );
}

#[cfg(unix)]
#[test]
fn under_its_plugin_name_it_needs_no_arguments_and_small_reads_do() {
    let simulated = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("stocktake-plugin");
    std::os::unix::fs::symlink(executable::path(), &link).expect("a link");
    let mut child = std::process::Command::new(&link)
        .envs(environment(&simulated))
        .env("STOCKTAKE_CACHE_DIR", executable::compiled())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the plugin starts");
    let asked = request::to(&simulated.server, "collect").to_string();
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(asked.as_bytes())
        .expect("taken");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut text = String::new();
    let mut chunk = [0; 61];
    loop {
        let read = stdout.read(&mut chunk).expect("read");
        if read == 0 {
            break;
        }
        // Decoded chunk by chunk, as a careless ledger does.
        text += &String::from_utf8_lossy(&chunk[..read]);
    }
    assert!(child.wait().expect("an end").success());
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    let captions: Vec<&str> = answer["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .filter_map(|asset| asset["normalized"]["identity"]["caption"].as_str())
        .collect();
    assert!(
        !captions.iter().any(|caption| caption.contains('\u{fffd}')),
        "a character was split"
    );
}

#[test]
fn a_wrong_password_fails_with_its_code_and_leaves_no_session() {
    let simulated = server::simulator(&[]);
    let mut asked = request::to(&simulated.server, "collect");
    asked["source"]["credential"]["password"] = "wr0ng-M4RK".into();
    let output = executable::plugin(&asked.to_string(), &environment(&simulated));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(error_codes(&response(&output)), ["VCENTER_AUTH_FAILED"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("wr0ng-M4RK"));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("wr0ng-M4RK"));
    simulated.assert_clean();
}
