//! The session of the host: the same responses as of a collector that
//! logs in itself, and nothing left on the server, however a run ends.

mod endings;
mod stalled;

use std::process::Output;

use serde_json::Value;
use stocktake_simulator::Fault;
use stocktake_tests::executable::{command, plugin, response, run_against};
use stocktake_tests::request;
use stocktake_tests::server::{self, MARKED_PASSWORD, Simulated};

/// The output of a command, without the server's address.
fn answer(simulated: &Simulated, command: &str, arguments: &[&str]) -> String {
    let output = run_against(&simulated.server, command, arguments);
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARKED_PASSWORD));
    }
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    simulated.assert_clean();
    text.replace(&simulated.simulator.address().to_string(), "vcenter")
}

fn assert_same(command: &str, arguments: &[&str], simulated: impl Fn() -> Simulated) {
    let brokered = answer(&simulated(), command, arguments);
    let own = [arguments, &["--credentials-to-guest"]].concat();
    let own = answer(&simulated(), command, &own);
    assert!(brokered.len() > 20, "{brokered}");
    // BY-16: the host can count only in its own session.
    let (by_host, by_collector) = ("\"counted_by\":\"host\"", "\"counted_by\":\"collector\"");
    let is_complete = brokered.contains("\"inventory_complete\":true");
    let is_evident = arguments.contains(&"--evidence");
    let is_counted = is_complete && is_evident;
    assert_eq!(brokered.contains(by_host), is_counted, "{brokered}");
    assert!(!own.contains(by_host), "{own}");
    let brokered = brokered.replace(by_host, by_collector);
    assert!(
        brokered == own,
        "{command} {arguments:?}:\n{brokered}\n{own}"
    );
}

#[test]
fn a_run_answers_the_same_bytes_whoever_logs_in() {
    for fault in [
        None,
        Some(Fault::SessionLost),
        Some(Fault::SessionLostQuietly),
        Some(Fault::SessionLostForever),
        Some(Fault::WithholdVm),
        Some(Fault::ContinueRefused),
        Some(Fault::RateLimited),
        Some(Fault::BadGateway),
        Some(Fault::ProxyHtml),
        Some(Fault::TruncatedXml),
        Some(Fault::SoapFault),
    ] {
        let faults = Vec::from_iter(fault);
        let arguments = [
            "--page-size",
            "7",
            "--evidence",
            "--preferred-version",
            "7.0-8.x",
        ];
        assert_same("collect", &arguments, || server::simulator(&faults));
    }
}

#[test]
fn every_mode_and_strategy_answers_the_same_bytes_whoever_logs_in() {
    for arguments in [
        ["--mode", "collect_hosts"],
        ["--mode", "collect_vms"],
        ["--strategy", "per_object"],
        ["--scope-cluster", "cluster-01"],
        ["--scope-cluster", "no-such-cluster"],
    ] {
        let arguments = [&arguments[..], &["--evidence"]].concat();
        assert_same("collect", &arguments, || server::simulator(&[]));
    }
    assert_same("detect", &[], || server::simulator(&[]));
    assert_same("healthcheck", &[], || server::simulator(&[]));
}

#[test]
fn a_refused_login_is_reported_the_same_way_and_tried_once() {
    let wrong = || {
        let mut simulated = server::simulator(&[]);
        simulated.server.password = "wrong".to_owned();
        simulated
    };
    for command in ["collect", "detect", "healthcheck"] {
        assert_same(command, &[], wrong);
        let simulated = wrong();
        let response = answer(&simulated, command, &[]);
        assert!(
            response.contains("the login of reader@vsphere.local was refused"),
            "{response}"
        );
        let counters = simulated.simulator.counters();
        assert_eq!(
            (counters.logins, counters.refused_logins),
            (0, 1),
            "{command}"
        );
    }
}

#[test]
fn detect_and_healthcheck_prove_that_a_session_can_be_made() {
    for command in ["detect", "healthcheck"] {
        let simulated = server::simulator(&[]);
        let output = run_against(&simulated.server, command, &[]);
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert_eq!(response(&output)["errors"], serde_json::json!([]));
        let counters = simulated.simulator.counters();
        assert_eq!((counters.logins, counters.logouts), (1, 1), "{command}");
    }
}

/// The host makes two calls: RetrieveServiceContent and Login.
#[test]
fn a_run_makes_one_session_over_one_connection() {
    let simulated = server::simulator(&[]);
    let arguments = ["--preferred-version", "7.0-8.x"];
    let answer = stocktake_tests::answer::collect(&simulated.server, &arguments);
    answer.assert_complete();
    let counters = simulated.simulator.counters();
    assert_eq!(
        (counters.logins, counters.logouts, counters.connections),
        (1, 1, 1)
    );
    simulated.assert_clean();
}

/// Detecting the version needs a run of its own, but no session of its own.
#[test]
fn a_run_that_finds_the_version_itself_needs_one_login() {
    for fault in [None, Some(Fault::StickyBalancer)] {
        let simulated = server::simulator(&Vec::from_iter(fault));
        let answer = stocktake_tests::answer::collect(&simulated.server, &["--evidence"]);
        answer.assert_complete();
        let counters = simulated.simulator.counters();
        assert_eq!((counters.logins, counters.logouts), (1, 1), "{fault:?}");
        let evidence = answer.evidence();
        assert_eq!(
            (&evidence["logins"], &evidence["logouts"]),
            (&1.into(), &1.into())
        );
        simulated.assert_clean();
    }
}

fn warnings(output: &Output) -> Vec<Value> {
    let answer = response(output);
    let warnings = answer["stats"]["warnings"].as_array();
    warnings.expect("warnings").clone()
}

#[test]
fn a_session_that_cannot_be_ended_is_reported_and_makes_the_list_no_less_whole() {
    for login in [&[][..], &["--credentials-to-guest"]] {
        for mode in [&[][..], &["--preferred-version", "7.0-8.x"]] {
            let simulated = server::simulator(&[Fault::LogoutFails]);
            let arguments = [login, mode, &["--evidence"]].concat();
            let output = run_against(&simulated.server, "collect", &arguments);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}");
            let answer = response(&output);
            assert_eq!(answer["stats"]["inventory_complete"], true);
            assert_eq!(answer["stats"]["evidence"]["sessions_left"], 1);
            let found = warnings(&output);
            let left = |warning: &&Value| warning["code"] == "VCENTER_SESSION_LEFT";
            let found: Vec<&Value> = found.iter().filter(left).collect();
            // A component that logs in itself makes a session of its own to find the version.
            let sessions = 1 + usize::from(!login.is_empty() && mode.is_empty());
            assert_eq!(found.len(), sessions, "{arguments:?}");
            let message = found[0]["message"].as_str().expect("a message");
            assert!(message.contains("503"), "{message}");
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("response.json");
            std::fs::write(&file, &output.stdout).expect("a file");
            let validated = command(&["validate"]).arg(&file).output();
            assert!(validated.expect("stocktake starts").status.success());
        }
        for name in ["detect", "healthcheck"] {
            let simulated = server::simulator(&[Fault::LogoutFails]);
            let output = run_against(&simulated.server, name, login);
            assert_eq!(output.status.code(), Some(0), "{name}");
            assert_eq!(warnings(&output).len(), 1, "{name}");
        }
    }
}

#[test]
fn a_view_that_is_gone_leaves_nothing_behind_whoever_logs_in() {
    for fault in [Fault::ViewGone, Fault::ViewLost] {
        // Not with the evidence: the fault may affect the view of the host's own count, which is not part of it.
        let arguments = ["--preferred-version", "7.0-8.x"];
        assert_same("collect", &arguments, || server::simulator(&[fault]));
        for session in [&[][..], &["--credentials-to-guest"]] {
            let simulated = server::simulator(&[fault]);
            let arguments = [&arguments[..], &["--evidence"], session].concat();
            let answer = stocktake_tests::answer::collect(&simulated.server, &arguments);
            answer.assert_complete();
            assert_eq!(answer.warning_codes(), [""; 0], "{fault}");
            if !session.is_empty() {
                assert_eq!(answer.evidence()["views_lost"], 1, "{fault}");
            }
        }
    }
}

#[test]
fn faults_that_pass_are_got_over_or_can_be_tried_again() {
    for fault in [Fault::CanceledOnContinue, Fault::SessionLostInJson] {
        let simulated = server::simulator(&[fault]);
        let arguments = ["--page-size", "7", "--preferred-version", "7.0-8.x"];
        let answer = stocktake_tests::answer::collect(&simulated.server, &arguments);
        answer.assert_complete();
        simulated.assert_clean();
    }
    let simulated = server::simulator(&[Fault::SystemError]);
    let answer = stocktake_tests::answer::collect(&simulated.server, &[]);
    let error = &answer.0["errors"][0];
    assert_eq!(error["code"], "VCENTER_NETWORK_ERROR");
    assert_eq!(error["retryable"], true);
    assert!(
        answer.message().contains("SystemError"),
        "{}",
        answer.message()
    );
}

#[test]
fn the_cookie_of_a_balancer_is_sent_back_whoever_logs_in() {
    for login in [&[][..], &["--credentials-to-guest"]] {
        for page_size in ["7", "1000"] {
            let simulated = server::simulator(&[Fault::StickyBalancer]);
            let arguments = [login, &["--page-size", page_size]].concat();
            let answer = stocktake_tests::answer::collect(&simulated.server, &arguments);
            answer.assert_complete();
            simulated.assert_clean();
        }
    }
}

#[test]
fn a_login_fault_that_repeats_the_password_is_reported_without_it() {
    for login in [&[][..], &["--credentials-to-guest"]] {
        let simulated = server::simulator(&[Fault::LoginQuoted]);
        let response = answer(&simulated, "collect", login);
        assert!(
            response.contains("cannot parse: <password>[redacted]</password>"),
            "{response}"
        );
    }
}

/// The byte order mark of Windows editors is not part of the password.
#[test]
fn a_password_file_with_a_byte_order_mark_holds_the_password_behind_it() {
    let simulated = server::simulator(&[]);
    let server = &simulated.server;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    let connection = ["--endpoint", &server.url, "--username", &server.username];
    let healthcheck = |text: &[u8]| {
        std::fs::write(&file, text).expect("a file");
        command(&["healthcheck"])
            .args(connection)
            .arg("--password-file")
            .arg(&file)
            .arg("--ca-file")
            .arg(server.ca_file.as_ref().expect("a CA"))
            .output()
            .expect("stocktake starts")
    };
    let marked = format!("\u{feff}{}\r\n", server.password);
    assert_eq!(healthcheck(marked.as_bytes()).status.code(), Some(0));
    let before = simulated.simulator.counters();
    let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (text, expected) in [(wide, "UTF-16"), (b"s3cret\x1b[A".to_vec(), "U+001B")] {
        let refused = healthcheck(&text);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{words}");
        assert!(
            words.contains(expected) && words.contains("--password-file"),
            "{words}"
        );
        assert!(!words.contains("s3cret"), "{words}");
    }
    assert_eq!(simulated.simulator.counters(), before, "nothing was sent");
}

#[test]
fn a_password_that_no_call_can_carry_is_refused_before_any_login() {
    let simulated = server::simulator(&[]);
    let mut asked = request::to(&simulated.server, "healthcheck");
    asked["source"]["credential"]["password"] = "s3cret\u{1}".into();
    for to_guest in ["0", "1"] {
        let output = plugin(
            &asked.to_string(),
            &[("STOCKTAKE_CREDENTIALS_TO_GUEST", to_guest)],
        );
        let answer = response(&output);
        assert_eq!(answer["errors"][0]["code"], "VCENTER_CONFIG_INVALID");
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains("source.credential.password"), "{message}");
        assert!(
            message.contains("U+0001") && !message.contains("s3cret"),
            "{message}"
        );
    }
    assert_eq!(simulated.simulator.counters().refused_logins, 0);
}
