//! Each way of failing has its code, its cure, and leaves nothing behind.

use serde_json::Value;
use stocktake_simulator::Fault;
use stocktake_tests::executable::{error_codes, response, run_against};
use stocktake_tests::server::{self, MARKED_PASSWORD, Server, Simulated};

fn collect(server: &Server, arguments: &[&str]) -> Value {
    let output = run_against(server, "collect", arguments);
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARKED_PASSWORD));
    }
    let answer = response(&output);
    let succeeded = error_codes(&answer).is_empty();
    assert_eq!(output.status.code(), Some(i32::from(!succeeded)));
    assert_eq!(answer["stats"]["inventory_complete"], succeeded);
    answer
}

fn under(fault: Fault, arguments: &[&str]) -> (Simulated, Value) {
    let simulated = server::simulator(&[fault]);
    let answer = collect(&simulated.server, arguments);
    (simulated, answer)
}

fn message(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().expect("a message")
}

/// BY-1: a list that lacks one machine is never called whole.
#[test]
fn one_withheld_vm_makes_the_inventory_incomplete_and_is_named() {
    let (simulated, answer) = under(Fault::WithholdVm, &["--page-size", "7"]);
    assert_eq!(error_codes(&answer), ["INVENTORY_INCOMPLETE"]);
    let victim = simulated
        .simulator
        .victim(Fault::WithholdVm)
        .expect("a victim");
    assert!(message(&answer).contains(&victim), "{}", message(&answer));
    simulated.assert_clean();
}

/// BY-1: a server that stops handing out pages.
#[test]
fn pages_that_stop_early_make_the_inventory_incomplete() {
    let (simulated, answer) = under(Fault::ShortList, &["--page-size", "7"]);
    assert_eq!(error_codes(&answer), ["INVENTORY_INCOMPLETE"]);
    assert!(
        answer["stats"]["assets"]
            .as_u64()
            .is_some_and(|assets| assets > 0),
        "what was read is kept"
    );
    simulated.assert_clean();
}

#[test]
fn an_empty_inventory_fails_unless_it_is_allowed() {
    let (simulated, answer) = under(Fault::EmptyInventory, &[]);
    assert_eq!(error_codes(&answer), ["INVENTORY_INCOMPLETE"]);
    assert!(
        message(&answer).contains("allow_empty"),
        "{}",
        message(&answer)
    );
    simulated.assert_clean();
    let (simulated, answer) = under(Fault::EmptyInventory, &["--allow-empty"]);
    assert_eq!(error_codes(&answer), [""; 0]);
    simulated.assert_clean();
}

#[test]
fn each_fault_has_its_code_and_leaves_nothing_on_the_server() {
    for (fault, code) in [
        (Fault::ProxyHtml, "VCENTER_PARSE_ERROR"),
        (Fault::BadGateway, "VCENTER_NETWORK_ERROR"),
        (Fault::Redirect, "VCENTER_PARSE_ERROR"),
        (Fault::TruncatedXml, "VCENTER_PARSE_ERROR"),
        (Fault::CutConnection, "VCENTER_NETWORK_ERROR"),
        (Fault::RateLimited, "VCENTER_RATE_LIMIT"),
        (Fault::DyingToken, "INVENTORY_INCOMPLETE"),
        (Fault::SessionLostForever, "VCENTER_AUTH_FAILED"),
    ] {
        let arguments = ["--page-size", "7", "--preferred-version", "7.0-8.x"];
        let (simulated, answer) = under(fault, &arguments);
        assert_eq!(
            error_codes(&answer),
            [code],
            "{fault}: {}",
            answer["errors"]
        );
        assert!(
            message(&answer).contains(';'),
            "{fault} names no cure: {}",
            message(&answer)
        );
        if fault != Fault::DyingToken {
            simulated.assert_clean();
        }
    }
}

#[test]
fn what_can_be_got_over_is_got_over_and_still_proved() {
    for (fault, warning) in [
        (Fault::SessionLost, None),
        (Fault::VanishedVm, Some("VCENTER_OBJECT_VANISHED")),
        (Fault::InvalidProperty, Some("VCENTER_PROPERTY_UNREADABLE")),
        (Fault::SlowDrip, None),
    ] {
        let (simulated, answer) = under(fault, &["--page-size", "7"]);
        assert_eq!(
            error_codes(&answer),
            [""; 0],
            "{fault}: {}",
            answer["errors"]
        );
        let codes: Vec<&str> = answer["stats"]["warnings"]
            .as_array()
            .expect("warnings")
            .iter()
            .filter_map(|warning| warning["code"].as_str())
            .collect();
        assert_eq!(codes, Vec::from_iter(warning), "{fault}");
        simulated.assert_clean();
    }
}

/// BY-2: a property that may not be read is told with the privilege that cures it.
#[test]
fn an_unreadable_config_names_the_privilege() {
    let (simulated, answer) = under(Fault::ConfigUnreadable, &[]);
    let warnings = answer["stats"]["warnings"].as_array().expect("warnings");
    assert!(!warnings.is_empty());
    for warning in warnings {
        assert_eq!(warning["code"], "VCENTER_PROPERTY_UNREADABLE");
        assert_eq!(warning["redacted_context"]["privilege"], "System.Read");
    }
    simulated.assert_clean();
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_with_its_fingerprint() {
    let simulated = server::simulator(&[]);
    let fingerprint = simulated.simulator.fingerprint().expect("TLS").to_owned();
    let untrusted = Server {
        url: simulated.server.url.clone(),
        username: simulated.server.username.clone(),
        password: MARKED_PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    };
    let answer = collect(&untrusted, &[]);
    assert_eq!(error_codes(&answer), ["VCENTER_TLS_ERROR"]);
    assert!(
        message(&answer).contains(&fingerprint),
        "{}",
        message(&answer)
    );
    let answer = collect(&untrusted, &["--pin", &fingerprint]);
    assert_eq!(error_codes(&answer), [""; 0], "the pin that was told works");
    let wrong = format!("sha256:{}", "0".repeat(64));
    let answer = collect(&untrusted, &["--pin", &wrong]);
    assert_eq!(error_codes(&answer), ["VCENTER_TLS_ERROR"]);
    simulated.assert_clean();
}

#[test]
fn a_failed_run_replaces_a_file_only_by_an_answer_that_tells_its_errors() {
    let simulated = server::simulator(&[Fault::WithholdVm]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inventory");
    let path = file.to_str().expect("UTF-8");
    for (format, replaced) in [
        ("csv", false),
        ("table", false),
        ("ndjson", true),
        ("json", true),
    ] {
        std::fs::write(&file, "the last good one").expect("written");
        let output = run_against(
            &simulated.server,
            "collect",
            &["--format", format, "--output", path],
        );
        assert_eq!(output.status.code(), Some(1), "{format}");
        let text = std::fs::read_to_string(&file).expect("the file");
        assert_eq!(text != "the last good one", replaced, "{format}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [
        &["collect"][..],
        &[
            "collect",
            "--endpoint",
            "https://vc",
            "--username",
            "u",
            "--ca-file",
            "a",
            "--insecure",
        ],
        &[
            "collect",
            "--endpoint",
            "https://vc",
            "--username",
            "u",
            "--page-size",
            "0",
        ],
        &["collect", "--endpoint", "https://vc", "--username", "u"],
        &["no-such-command"],
    ] {
        let output = stocktake_tests::executable::feed(
            &mut stocktake_tests::executable::command(arguments),
            b"",
        );
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
