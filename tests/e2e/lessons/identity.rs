//! Identity is a tuple, not a field.

use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::answer::{Answer, collect, under};
use stocktake_tests::server;

fn of_each_vm(answer: &Answer, pointer: &str) -> Vec<(String, Option<String>)> {
    let vms = answer.assets("vm");
    vms.map(|vm| {
        let value = vm.pointer(pointer).and_then(serde_json::Value::as_str);
        (vm["external_id"].to_string(), value.map(str::to_owned))
    })
    .collect()
}

#[test]
fn two_vms_with_one_bios_uuid_are_reported_together() {
    let (simulated, answer) = under(Fault::DuplicateUuid, &[]);
    answer.assert_complete();
    assert_eq!(
        answer.warning_codes(),
        ["VCENTER_DUPLICATE_IDENTITY", "VCENTER_DUPLICATE_IDENTITY"]
    );
    let mut properties: Vec<&str> = answer
        .warnings()
        .iter()
        .map(|warning| {
            let context = &warning["redacted_context"];
            assert_eq!(context["objects"].as_array().map(Vec::len), Some(2));
            context["property"].as_str().expect("a property")
        })
        .collect();
    properties.sort_unstable();
    assert_eq!(properties, ["config.instanceUuid", "config.uuid"]);
    simulated.assert_clean();
}

#[test]
fn the_same_moref_in_two_vcenters_is_distinguished_by_their_uuids() {
    let collected = [1, 2].map(|seed| {
        let builder = Simulator::builder().vms(12).hosts(4).clusters(1).seed(seed);
        collect(&server::start(builder).server, &["--include-templates"])
    });
    let [one, other] = &collected;
    assert_eq!(one.ids(), other.ids(), "the same ids");
    let vcenter = |answer: &Answer| answer.0["detect"]["capabilities"]["instance_uuid"].clone();
    assert_ne!(vcenter(one), vcenter(other));
    let uuids = |answer| of_each_vm(answer, "/normalized/identity/machine_uuid");
    let pairs = uuids(one).into_iter().zip(uuids(other));
    for ((id, one), (_, other)) in pairs.filter(|(one, _)| one.1.is_some()) {
        assert_ne!(one, other, "{id}");
    }
}

#[test]
fn a_moref_re_used_with_a_new_instance_uuid_is_another_machine() {
    let before = collect(&server::simulator(&[]).server, &[]);
    let (simulated, after) = under(Fault::ReusedMoref, &[]);
    assert_eq!(before.ids(), after.ids());
    let uuids = |answer| of_each_vm(answer, "/normalized/attributes/instance_uuid");
    let pairs = uuids(&before).into_iter().zip(uuids(&after));
    let mut compared = 0;
    for ((id, before), (_, after)) in pairs.filter(|(before, _)| before.1.is_some()) {
        assert_ne!(before, after, "{id}");
        compared += 1;
    }
    assert!(compared > 0);
    simulated.assert_clean();
}
