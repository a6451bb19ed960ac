//! Unusual objects: every property is optional in a reply.

use std::collections::BTreeSet;

use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::answer::{collect, under};
use stocktake_tests::server;

#[test]
fn vcls_template_orphan_inaccessible_and_clone_placeholder_are_listed_and_named() {
    let (simulated, answer) = under(Fault::Ghosts, &["--include-templates"]);
    answer.assert_complete();
    let classes: BTreeSet<&str> = answer
        .assets("vm")
        .filter_map(|vm| vm["normalized"]["attributes"]["ghost_class"].as_str())
        .collect();
    let expected = [
        "clone_placeholder",
        "inaccessible",
        "orphaned",
        "template",
        "vcls",
    ];
    assert_eq!(classes, BTreeSet::from(expected));
    simulated.assert_clean();
}

#[test]
fn one_vm_with_4000_disks_is_one_vm_with_4000_disks() {
    let (simulated, answer) = under(Fault::ManyDisks, &[]);
    answer.assert_complete();
    let victim = simulated.simulator.victim(Fault::ManyDisks);
    let vm = answer
        .asset("vm", &victim.expect("a victim"))
        .expect("the VM");
    let disks = vm["normalized"]["hardware"]["disks"].as_array();
    assert_eq!(disks.map(Vec::len), Some(4000));
    simulated.assert_clean();
}

#[test]
fn an_unknown_xsi_type_from_a_newer_vcenter_is_kept_and_does_no_harm() {
    let whole = collect(&server::simulator(&[]).server, &[]);
    let (simulated, answer) = under(Fault::FutureType, &[]);
    answer.assert_complete();
    assert_eq!(answer.ids(), whole.ids());
    simulated.assert_clean();
}

/// PC-9: an object that cannot be decoded is emitted with what could be read.
#[test]
fn an_object_that_cannot_be_decoded_is_quarantined_with_a_digest() {
    let (simulated, answer) = under(Fault::UndecodableVm, &["--evidence"]);
    answer.assert_complete();
    let victim = simulated.simulator.victim(Fault::UndecodableVm);
    let victim = victim.expect("a victim");
    assert_eq!(answer.warning_codes(), ["VCENTER_OBJECT_QUARANTINED"]);
    let context = &answer.warnings()[0]["redacted_context"];
    assert_eq!(context["external_id"], victim.as_str());
    let digest = context["digest"].as_str().expect("a digest");
    assert_eq!((digest.len(), &digest[..7]), (71, "sha256:"));
    let vm = answer.asset("vm", &victim).expect("emitted");
    let hardware = &vm["normalized"]["hardware"];
    assert!(
        hardware["memory_bytes"].as_u64().is_some(),
        "from the summary: {hardware}"
    );
    assert_eq!(answer.evidence()["kinds"][0]["quarantined"], 1);
    simulated.assert_clean();
}

#[test]
fn a_powered_off_vm_without_guest_data_says_nothing_of_what_it_had_before() {
    let before = collect(&server::simulator(&[]).server, &[]);
    let (simulated, after) = under(Fault::GuestSilent, &[]);
    after.assert_complete();
    let mut silenced = 0;
    for vm in before.assets("vm") {
        if vm["normalized"]["network"].get("ip_addresses").is_none() {
            continue;
        }
        let id = vm["external_id"].as_str().expect("an id");
        let vm = after.asset("vm", id).expect("still there");
        // Absent, not empty: a ledger keeps the former value.
        assert!(
            vm["normalized"]["network"].get("ip_addresses").is_none(),
            "{vm}"
        );
        assert!(
            vm["normalized"]["identity"].get("hostname").is_none(),
            "{vm}"
        );
        silenced += 1;
    }
    assert!(silenced > 0);
    simulated.assert_clean();
}

#[test]
fn a_standalone_host_next_to_clusters_is_a_host_of_no_cluster() {
    let simulated = server::start(Simulator::builder().vms(40).hosts(9).clusters(2).seed(11));
    let answer = collect(&simulated.server, &[]);
    answer.assert_complete();
    let members: BTreeSet<&str> = answer
        .relations("member_of")
        .into_iter()
        .map(|(host, _)| host)
        .collect();
    let hosts = answer.assets("host").count();
    assert!(
        !members.is_empty() && members.len() < hosts,
        "{} of {hosts}",
        members.len()
    );
    simulated.assert_clean();
}

#[test]
fn an_empty_vcenter_is_an_error_unless_it_is_allowed() {
    let (simulated, answer) = under(Fault::EmptyInventory, &[]);
    assert_eq!(answer.errors(), ["INVENTORY_INCOMPLETE"]);
    assert!(answer.message().contains("allow_empty"));
    simulated.assert_clean();
    let (simulated, answer) = under(Fault::EmptyInventory, &["--allow-empty"]);
    answer.assert_complete();
    simulated.assert_clean();
}
