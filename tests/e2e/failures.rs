//! Each failure has its code and cure, and leaves nothing on the server.

use stocktake_simulator::Fault;
use stocktake_tests::answer::{collect, under};
use stocktake_tests::server::{self, MARKED_PASSWORD, Server};

/// BY-1: a list that lacks one machine is never reported as complete.
#[test]
fn one_withheld_vm_makes_the_inventory_incomplete_and_is_named() {
    let (simulated, answer) = under(Fault::WithholdVm, &["--page-size", "7"]);
    assert_eq!(answer.errors(), ["INVENTORY_INCOMPLETE"]);
    let victim = simulated
        .simulator
        .victim(Fault::WithholdVm)
        .expect("a victim");
    assert!(answer.message().contains(&victim), "{}", answer.message());
    simulated.assert_clean();
}

/// BY-1: a server that stops handing out pages.
#[test]
fn pages_that_stop_early_make_the_inventory_incomplete() {
    let (simulated, answer) = under(Fault::ShortList, &["--page-size", "7"]);
    assert_eq!(answer.errors(), ["INVENTORY_INCOMPLETE"]);
    assert!(
        answer.0["stats"]["assets"]
            .as_u64()
            .is_some_and(|assets| assets > 0),
        "what was read is kept"
    );
    simulated.assert_clean();
}

#[test]
fn a_server_that_is_down_or_busy_has_its_code_and_is_left_clean() {
    for (fault, code) in [
        (Fault::BadGateway, "VCENTER_NETWORK_ERROR"),
        (Fault::RateLimited, "VCENTER_RATE_LIMIT"),
    ] {
        let arguments = [
            ["--page-size", "7"],
            ["--preferred-version", "7.0-8.x"],
            ["--attempts", "1"],
        ];
        let (simulated, answer) = under(fault, arguments.as_flattened());
        assert_eq!(answer.errors(), [code], "{fault}: {}", answer.0["errors"]);
        assert!(
            answer.message().contains(';'),
            "{fault} names no cure: {}",
            answer.message()
        );
        simulated.assert_clean();
    }
}

#[test]
fn what_can_be_got_over_is_got_over_and_still_proved() {
    for (fault, warning) in [
        (Fault::VanishedVm, Some("VCENTER_OBJECT_VANISHED")),
        (Fault::InvalidProperty, Some("VCENTER_PROPERTY_UNREADABLE")),
    ] {
        let (simulated, answer) = under(fault, &["--page-size", "7"]);
        assert_eq!(answer.errors(), [""; 0], "{fault}: {}", answer.0["errors"]);
        assert_eq!(answer.warning_codes(), Vec::from_iter(warning), "{fault}");
        simulated.assert_clean();
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_reported_with_its_fingerprint() {
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
    assert_eq!(answer.errors(), ["VCENTER_TLS_ERROR"]);
    assert!(
        answer.message().contains(&fingerprint),
        "{}",
        answer.message()
    );
    let answer = collect(&untrusted, &["--pin", &fingerprint]);
    assert_eq!(answer.errors(), [""; 0], "the reported pin works");
    let wrong = format!("sha256:{}", "0".repeat(64));
    let answer = collect(&untrusted, &["--pin", &wrong]);
    assert_eq!(answer.errors(), ["VCENTER_TLS_ERROR"]);
    simulated.assert_clean();
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
