//! Certificates, and servers of every age.

use stocktake_simulator::{CertificateKind, Profile, Simulator};
use stocktake_tests::answer::collect;
use stocktake_tests::server;

#[test]
fn a_certificate_that_is_expired_or_for_another_name_is_refused_and_says_which() {
    for (kind, word) in [
        (CertificateKind::Expired, "expired"),
        (CertificateKind::WrongName, "name"),
    ] {
        let simulated = server::start(
            Simulator::builder()
                .vms(2)
                .hosts(1)
                .clusters(1)
                .certificate(kind),
        );
        let answer = collect(&simulated.server, &[]);
        assert_eq!(answer.errors(), ["VCENTER_TLS_ERROR"], "{kind:?}");
        let message = answer.message();
        assert!(message.contains(word), "{kind:?}: {message}");
        assert_eq!(simulated.simulator.counters().logins, 0, "{kind:?}");
    }
}

#[test]
fn a_certificate_changed_under_the_pin_is_refused() {
    let pinned = server::simulator(&[]);
    let pin = pinned.simulator.fingerprint().expect("TLS").to_owned();
    let mut other = server::simulator(&[]);
    other.server.ca_file = None;
    let answer = collect(&other.server, &["--pin", &pin]);
    assert_eq!(answer.errors(), ["VCENTER_TLS_ERROR"]);
    assert!(answer.message().contains("pin"), "{}", answer.message());
    assert_eq!(other.simulator.counters().logins, 0);
}

/// RE-2: each version is asked for what it has.
#[test]
fn servers_of_every_version_are_collected_whole() {
    for profile in Profile::ALL {
        let builder = Simulator::builder().vms(20).hosts(4).clusters(1);
        let simulated = server::start(builder.profile(profile));
        for mode in ["collect", "collect_hosts", "collect_vms"] {
            let answer = collect(&simulated.server, &["--mode", mode]);
            answer.assert_complete();
        }
        let answer = collect(&simulated.server, &["--profile", "sync"]);
        answer.assert_complete();
        simulated.assert_clean();
    }
}

#[test]
fn an_esxi_host_of_its_own_has_one_host_and_no_cluster() {
    let simulated = server::start(Simulator::builder().vms(7).profile(Profile::Esxi));
    let answer = collect(&simulated.server, &["--include-templates"]);
    answer.assert_complete();
    assert_eq!(answer.assets("host").count(), 1);
    assert_eq!(answer.assets("cluster").count(), 0);
    assert_eq!(answer.relations("runs_on").len(), 7);
    let capabilities = &answer.0["detect"]["capabilities"];
    assert_eq!(capabilities["api_type"], "HostAgent");
    simulated.assert_clean();
}
