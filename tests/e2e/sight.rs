//! Relations to objects that the account does not see.

use serde_json::{Value, json};
use stocktake_simulator::Fault;
use stocktake_tests::answer::under;
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::server;

#[test]
fn vms_on_a_host_out_of_sight_are_counted_and_named_with_the_privilege() {
    let (simulated, answer) = under(Fault::HostOutOfSight, &[]);
    answer.assert_complete();
    let host = simulated
        .simulator
        .victim(Fault::HostOutOfSight)
        .expect("a host");
    assert_eq!(answer.warning_codes(), ["VCENTER_RELATION_MISSING"]);
    let warning = &answer.warnings()[0];
    let context = &warning["redacted_context"];
    assert_eq!(context["relation"], "runs_on");
    assert_eq!(context["privilege"], "System.Read");
    assert_eq!(context["out_of_sight"], json!([host]));
    let message = warning["message"].as_str().expect("a message");
    assert!(message.contains(&host), "{message}");
    assert!(message.contains("out of the account's sight"), "{message}");
    let placed: Vec<&str> = answer
        .relations("runs_on")
        .into_iter()
        .map(|(vm, _)| vm)
        .collect();
    let reported = context["objects"].as_array().expect("VMs");
    let homeless = answer
        .assets("vm")
        .filter(|vm| !placed.contains(&vm["external_id"].as_str().expect("an id")));
    let homeless: Vec<&Value> = homeless.map(|vm| &vm["external_id"]).collect();
    assert_eq!(reported.iter().collect::<Vec<_>>(), homeless);
    assert_eq!(context["count"], homeless.len());
    simulated.assert_clean();
}

#[test]
fn vms_on_a_host_out_of_sight_are_entries_of_the_processed_inventory() {
    let simulated = server::simulator(&[Fault::HostOutOfSight]);
    let processed = response(&run_against(&simulated.server, "sync", &[]));
    let vms = processed["vms"].as_array().expect("VMs").iter();
    let homeless: Vec<&Value> = vms
        .filter(|vm| vm.get("host").is_none_or(Value::is_null))
        .map(|vm| &vm["id"])
        .collect();
    assert!(!homeless.is_empty());
    let errors = processed["errors"].as_array().expect("errors").iter();
    let named: Vec<&Value> = errors
        .filter(|entry| {
            let message = entry["message"].as_str().expect("a message");
            message.contains("out of the account's sight") && message.contains("System.Read")
        })
        .map(|entry| &entry["object"])
        .collect();
    assert_eq!(named, homeless);
    simulated.assert_clean();
}
