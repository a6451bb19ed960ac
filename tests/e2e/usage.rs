//! Typing errors are wrong usage, and name the option.

use std::process::Output;

use stocktake_tests::executable::{command, error_codes, feed, plugin, response, run, run_against};
use stocktake_tests::request;
use stocktake_tests::server;

/// Every command that connects to a vCenter.
const COMMANDS: [&str; 5] = ["collect", "sync", "detect", "healthcheck", "record"];

/// Runs each command with these options and a password.
fn every_command(options: &[&str], mut look: impl FnMut(&str, Output, String)) {
    let folder = tempfile::tempdir().expect("a folder");
    let fixture = folder.path().join("fixture");
    for name in COMMANDS {
        let mut arguments = vec![name, "--username", "u", "--password-env", "TEST_PASSWORD"];
        arguments.extend(options);
        if name == "record" {
            arguments.extend(["--output", fixture.to_str().expect("UTF-8")]);
        }
        let mut command = command(&arguments);
        let output = feed(command.env("TEST_PASSWORD", "s3cret"), b"");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        look(name, output, message);
    }
}

#[test]
fn typing_errors_in_endpoints_and_files_are_wrong_usage_in_every_command() {
    let endpoint = ["--endpoint", "https://vc.invalid"];
    for (options, option) in [
        (vec!["--endpoint", "vc.invalid"], "--endpoint: "),
        (
            vec!["--endpoint", "https://vc.invalid:99999"],
            "--endpoint: ",
        ),
        (vec!["--endpoint", "https://vc.invalid:0"], "--endpoint: "),
        (vec!["--endpoint", "ftp://vc.invalid"], "--endpoint: "),
        (vec!["--endpoint", "http://vc.invalid"], "--plain-http"),
        (
            [&endpoint[..], &["--ca-file", "/nowhere/ca.pem"]].concat(),
            "--ca-file /nowhere/ca.pem: ",
        ),
        (
            [&endpoint[..], &["--ca-file", "/dev/null"]].concat(),
            "--ca-file /dev/null: ",
        ),
        ([&endpoint[..], &["--pin", "sha256:12"]].concat(), "--pin: "),
        (
            [&endpoint[..], &["--policy", "/nowhere/policy.toml"]].concat(),
            "--policy /nowhere/policy.toml: ",
        ),
        (
            [&endpoint[..], &["--component", "/nowhere/c.wasm"]].concat(),
            "--component /nowhere/c.wasm: ",
        ),
    ] {
        every_command(&options, |name, output, message| {
            assert_eq!(
                output.status.code(),
                Some(2),
                "{name} {options:?}: {message}"
            );
            assert!(output.stdout.is_empty(), "{name} {options:?}: {output:?}");
            let lines: Vec<&str> = message.lines().collect();
            assert_eq!(lines.len(), 1, "{name} {options:?}: {message}");
            assert!(
                lines[0].starts_with("error: ") && lines[0].contains(option),
                "{name} {options:?}: {message}"
            );
            assert!(!message.contains("source.config"), "{message}");
        });
    }
}

#[test]
fn a_password_file_that_is_not_there_is_wrong_usage() {
    for name in COMMANDS {
        let output = feed(
            &mut command(
                &[
                    name,
                    "--endpoint",
                    "https://vc.invalid",
                    "--username",
                    "u",
                    "--password-file",
                    "/nowhere/password",
                    "--output",
                    "/nowhere",
                ][..if name == "record" { 9 } else { 7 }],
            ),
            b"",
        );
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("--password-file"), "{message}");
    }
}

#[test]
fn files_that_are_not_there_are_wrong_usage_in_commands_without_a_vcenter() {
    for arguments in [
        &["validate", "/nowhere/answer.json"][..],
        &["inspect", "/nowhere/c.wasm"],
        &["test-component", "/nowhere/c.wasm"],
        &["policy", "show", "--policy", "/nowhere/policy.toml"],
        &["breaker", "show", "/nowhere"],
        &["simulate", "--ca-file", "/nowhere/ca.pem", "--vms", "1"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("/nowhere"), "{message}");
    }
}

#[test]
fn a_scope_that_matches_nothing_names_its_option_and_the_plugin_names_the_path() {
    let simulated = server::simulator(&[]);
    for (option, path) in [
        ("--scope-datacenter", "datacenter_names"),
        ("--scope-cluster", "cluster_names"),
        ("--scope-folder", "folder_paths"),
    ] {
        let value = "/no/such/place";
        for name in ["collect", "sync"] {
            let output = run_against(&simulated.server, name, &[option, value]);
            assert_eq!(output.status.code(), Some(2), "{name} {option}");
            let reported = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                reported.contains(&format!("{option} holds {value:?}, which matches nothing")),
                "{reported}"
            );
            assert!(!reported.contains("source.config"), "{reported}");
        }
        let asked = request::to(&simulated.server, "collect");
        let scope = serde_json::json!({path: [value]});
        let asked = request::with(asked, "inventory_scope", scope);
        let ca_file = simulated.server.ca_file.as_ref().expect("TLS");
        let ca_file = ca_file.to_str().expect("UTF-8");
        let output = plugin(&asked.to_string(), &[("STOCKTAKE_CA_FILE", ca_file)]);
        assert_eq!(output.status.code(), Some(1));
        let answer = response(&output);
        assert_eq!(error_codes(&answer), ["VCENTER_CONFIG_INVALID"]);
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        let path = format!("source.config.inventory_scope.{path}");
        assert!(message.starts_with(&path), "{message}");
        let reported = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            reported.contains(&path) && !reported.contains(option),
            "{reported}"
        );
    }
    simulated.assert_clean();
}

#[test]
fn plain_http_is_used_on_this_machine_and_beyond_it_when_allowed() {
    let simulated = server::start(
        stocktake_simulator::Simulator::builder()
            .vms(2)
            .hosts(1)
            .clusters(1)
            .plain_http(),
    );
    let output = run_against(&simulated.server, "healthcheck", &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut beyond = simulated.server.clone();
    // A name that does not resolve: it is refused, or not found.
    beyond.url = "http://vcenter.invalid".to_owned();
    let refused = run_against(&beyond, "healthcheck", &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let allowed = run_against(&beyond, "healthcheck", &["--plain-http", "--attempts", "1"]);
    assert_eq!(allowed.status.code(), Some(5), "{allowed:?}");
}
