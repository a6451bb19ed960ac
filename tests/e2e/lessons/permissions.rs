//! Insufficient roles: what they hide is reported, with the missing privilege.

use serde_json::json;
use stocktake_simulator::Fault;
use stocktake_tests::answer::{collect, under};
use stocktake_tests::executable::run_against;
use stocktake_tests::server;

/// BY-2: unreadable properties are reported once per cause, with the privilege.
#[test]
fn missing_set_no_permission_on_config_only_is_a_warning_with_the_privilege() {
    let (simulated, answer) = under(Fault::ConfigUnreadable, &[]);
    answer.assert_complete();
    let victim = simulated.simulator.victim(Fault::ConfigUnreadable);
    let victim = victim.expect("a victim");
    let vm = answer.asset("vm", &victim).expect("the VM is emitted");
    assert!(vm["normalized"]["identity"].get("machine_uuid").is_none());
    assert!(!answer.warnings().is_empty());
    for warning in answer.warnings() {
        assert_eq!(warning["code"], "VCENTER_PROPERTY_UNREADABLE");
        assert_eq!(warning["redacted_context"]["privilege"], "System.Read");
        assert_eq!(warning["redacted_context"]["objects"][0], victim.as_str());
    }
    simulated.assert_clean();
}

/// PC-9: an error of one object never ends the sync, and a list that depends on it is not reported as complete.
#[test]
fn missing_set_on_name_fails_the_run_and_names_the_privilege() {
    let (simulated, answer) = under(Fault::NameUnreadable, &[]);
    assert_eq!(answer.errors(), ["VCENTER_PERMISSION_DENIED"]);
    let victim = simulated.simulator.victim(Fault::NameUnreadable);
    let victim = victim.expect("a victim");
    let message = answer.message();
    assert!(
        message.contains(&victim) && message.contains("System.View"),
        "{message}"
    );
    assert!(answer.asset("vm", &victim).is_some(), "the rest goes on");
    simulated.assert_clean();
}

#[test]
fn missing_set_on_the_host_of_every_vm_fails_the_run_and_names_the_privilege() {
    let (simulated, answer) = under(Fault::HostUnreadable, &["--mode", "collect_vms"]);
    assert_eq!(answer.errors(), ["VCENTER_PERMISSION_DENIED"]);
    assert!(
        answer.message().contains("System.Read"),
        "{}",
        answer.message()
    );
    simulated.assert_clean();
}

#[test]
fn a_role_that_starts_below_the_datacenter_is_warned_that_it_sees_a_part_only() {
    let (simulated, answer) = under(Fault::LimitedRole, &[]);
    answer.assert_complete();
    assert_eq!(answer.warning_codes(), ["VCENTER_ROOT_UNREADABLE"]);
    let warning = &answer.warnings()[0];
    assert_eq!(warning["redacted_context"]["privilege"], "System.Read");
    let message = warning["message"].as_str().expect("a message");
    assert!(message.contains("root folder"), "{message}");
    simulated.assert_clean();
}

#[test]
fn evidence_names_the_roots_that_were_read() {
    let scope = |faults: &[Fault], arguments: &[&str]| {
        let simulated = server::simulator(faults);
        let arguments = [arguments, &["--evidence"]].concat();
        let answer = collect(&simulated.server, &arguments);
        answer.assert_complete();
        answer.evidence()["scope"].clone()
    };
    assert_eq!(scope(&[], &[]), "root");
    assert_eq!(scope(&[Fault::LimitedRole], &[]), "unknown");
    assert_eq!(
        scope(&[], &["--scope-datacenter", "DC01 Berlin"]),
        json!({"datacenter_names": ["DC01 Berlin"]})
    );
}

#[test]
fn a_role_that_starts_below_the_root_is_warned_of_on_stderr_and_by_the_verdict() {
    let simulated = server::simulator(&[Fault::LimitedRole]);
    for (command, arguments) in [
        ("collect", &["--format", "json"][..]),
        ("collect", &["--format", "table"]),
        ("collect", &["--format", "csv"]),
        ("sync", &[]),
    ] {
        let output = run_against(&simulated.server, command, arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command}: {message}");
        let warnings = message.matches("VCENTER_ROOT_UNREADABLE").count();
        assert_eq!(warnings, 1, "{command} {arguments:?}: {message}");
        let answer = String::from_utf8_lossy(&output.stdout);
        let is_told = answer.contains("COMPLETE for what this account may see");
        assert_eq!(is_told, arguments.contains(&"table"), "{answer}");
    }
    let sound = server::simulator(&[]);
    let output = run_against(&sound.server, "collect", &["--format", "table"]);
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.contains("COMPLETE: every object"), "{answer}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("root folder"));
}

#[test]
fn a_root_that_is_required_and_cannot_be_read_fails_the_run() {
    for arguments in [
        &["--require-root"][..],
        &["--require-root", "--scope-datacenter", "DC01 Berlin"],
    ] {
        let (simulated, answer) = under(Fault::LimitedRole, arguments);
        assert_eq!(answer.errors(), ["VCENTER_PERMISSION_DENIED"]);
        for part in ["root folder", "require_root", "System.Read"] {
            assert!(answer.message().contains(part), "{}", answer.message());
        }
        assert_eq!(answer.assets("vm").count(), 0);
        simulated.assert_clean();
        let sound = server::simulator(&[]);
        collect(&sound.server, arguments).assert_complete();
    }
}
