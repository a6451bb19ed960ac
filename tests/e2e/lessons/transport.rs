//! Servers of every age.

use stocktake_simulator::{Profile, Simulator};
use stocktake_tests::answer::collect;
use stocktake_tests::server;

/// RE-2: only existing properties of each version are read.
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
