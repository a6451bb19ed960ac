//! The session that the host makes: the same answers as of a collector that
//! logs in itself, and nothing left on the server, however a run ends.

mod endings;
mod stalled;

use stocktake_simulator::Fault;
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::server::{self, MARKED_PASSWORD, Simulated};

/// What a command answers, without the place that it was asked of.
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
    // BY-16: only in its own session can the host count what is there.
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
fn a_refused_login_is_told_the_same_way_and_tried_once() {
    let wrong = || {
        let mut simulated = server::simulator(&[]);
        simulated.server.password = "wrong".to_owned();
        simulated
    };
    for command in ["collect", "detect", "healthcheck"] {
        assert_same(command, &[], wrong);
        let simulated = wrong();
        let told = answer(&simulated, command, &[]);
        assert!(
            told.contains("the login of reader@vsphere.local was refused"),
            "{told}"
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

/// The host's own calls are two: what the server is, and the login.
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
