//! Who has counted an inventory, and what is demanded of the count.

use std::fs;

use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::answer::collect;
use stocktake_tests::executable::run_against;
use stocktake_tests::server::{self, Server};
use stocktake_tests::vcsim::{Size, Vcsim};

/// BY-16: by option and by policy, of each command that lists an inventory.
#[test]
fn a_required_count_refuses_the_collectors_own_and_takes_the_hosts() {
    let simulated = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, "[count]\nrequired = true\n").expect("written");
    let by_policy = ["--policy", policy.to_str().expect("UTF-8")];
    for command in ["collect", "sync"] {
        for required in [&["--require-host-count"][..], &by_policy] {
            let own = [required, &["--credentials-to-guest"]].concat();
            let refused = run_against(&simulated.server, command, &own);
            let stderr = String::from_utf8_lossy(&refused.stderr);
            assert_eq!(refused.status.code(), Some(3), "{command}: {stderr}");
            for part in [
                "error: INVENTORY_INCOMPLETE",
                "leave out --credentials-to-guest",
                "--require-host-count (count.required)",
            ] {
                assert!(stderr.contains(part), "{command}: {stderr}");
            }
            let counted = run_against(&simulated.server, command, required);
            assert_eq!(counted.status.code(), Some(0), "{command}: {counted:?}");
        }
        // A count that is not requested refuses nothing.
        let own = run_against(&simulated.server, command, &["--credentials-to-guest"]);
        assert_eq!(own.status.code(), Some(0), "{command}: {own:?}");
    }
    simulated.assert_clean();
}

/// Objects that the host compared of a complete collection.
fn checked(server: &Server, arguments: &[&str]) -> u64 {
    let answer = collect(server, &[arguments, &["--evidence"]].concat());
    answer.assert_complete();
    let checked = &answer.evidence()["spot_checked"];
    checked.as_u64().unwrap_or_default()
}

#[test]
fn a_spot_check_finds_what_an_honest_collector_says() {
    let vcsim = Vcsim::start(Size {
        datacenters: 2,
        clusters: 2,
        hosts: 3,
        vms: 10,
    });
    let simulated = server::simulator(&[]);
    for server in [&simulated.server, &vcsim.server] {
        for arguments in [
            &["--spot-check", "50"][..],
            &["--spot-check", "50", "--profile", "sync"],
            &["--spot-check", "50", "--strategy", "per_object"],
        ] {
            let checked = checked(server, arguments);
            assert!((40..=50).contains(&checked), "{arguments:?}: {checked}");
        }
        let hosts = checked(server, &["--spot-check", "1000", "--mode", "collect_hosts"]);
        assert!((6..20).contains(&hosts), "{hosts}");
        assert_eq!(checked(server, &[]), 0);
        let synced = run_against(server, "sync", &["--spot-check", "50"]);
        assert_eq!(synced.status.code(), Some(0), "{synced:?}");
    }
    simulated.assert_clean();
}

/// Names that are no text, lost sessions and views, and pages that are short are no lies.
#[test]
fn a_spot_check_refuses_no_collector_for_its_server() {
    for fault in [
        Fault::OddNames,
        Fault::FutureType,
        Fault::Ghosts,
        Fault::DuplicateUuid,
        Fault::UndecodableVm,
        Fault::ConfigUnreadable,
        Fault::HostOutOfSight,
        Fault::LimitedRole,
        Fault::VanishedVm,
        Fault::SessionLost,
        Fault::SessionLostQuietly,
        Fault::ViewLost,
        Fault::ContinueRefused,
        Fault::SinglePage,
    ] {
        let simulated = server::simulator(&[fault]);
        let checked = checked(&simulated.server, &["--spot-check", "50"]);
        assert!(checked > 20, "{fault:?}: {checked}");
    }
}

/// A check cannot be made where the session is the collector's, and says so.
#[test]
fn a_spot_check_without_a_session_of_the_hosts_is_refused() {
    let simulated = server::simulator(&[]);
    let arguments = ["--spot-check", "5", "--credentials-to-guest"];
    let output = run_against(&simulated.server, "collect", &arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(
        stderr.contains("--spot-check (count.spot_check)"),
        "{stderr}"
    );
}

/// VMs are renamed, moved, created and deleted behind every page of five.
#[test]
fn a_spot_check_refuses_nothing_that_changed_while_it_was_read() {
    const COLLECTIONS: u64 = 50;
    let mut compared = 0;
    for seed in 0..COLLECTIONS {
        let site = Simulator::builder().vms(60).hosts(6).clusters(2).seed(seed);
        let simulated = server::start(site.churn(2));
        let arguments = ["--page-size", "5", "--spot-check", "50"];
        compared += checked(&simulated.server, &arguments);
        assert!(!simulated.simulator.changed_vms().is_empty(), "seed {seed}");
        simulated.assert_clean();
    }
    assert!(compared > COLLECTIONS * 30, "{compared}");
}
