//! A vCenter that changes while it is read.

use std::collections::BTreeSet;

use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::answer::{Answer, collect};
use stocktake_tests::server;

/// Collections, each with a seed of its own.
const COLLECTIONS: u64 = 200;

/// The strategy and server of a collection.
const WAYS: [(&[&str], Option<Fault>, bool); 5] = [
    (&[], None, false),
    (&["--mode", "collect_vms"], None, true),
    (
        &["--mode", "collect_vms", "--strategy", "per_object"],
        None,
        false,
    ),
    (&[], Some(Fault::ContinueRefused), false),
    (&["--scope-datacenter", "DC01 Berlin"], None, false),
];

/// VMs are created, deleted, renamed and moved behind every page of five. What is called
/// complete has every VM that was there all along and none that never was; what is refused
/// names a VM that changed.
#[test]
fn no_collection_under_constant_change_is_falsely_complete_or_refused_without_a_cause() {
    let mut complete = [0; WAYS.len()];
    for seed in 0..COLLECTIONS {
        let way = usize::try_from(seed).expect("a small number") % WAYS.len();
        complete[way] += u32::from(is_complete(seed, WAYS[way]));
    }
    println!("{COLLECTIONS} collections, complete of each way: {complete:?}");
    // Pages of a fixed result see no change, so that no run is refused.
    assert_eq!(
        u64::from(complete[0]),
        COLLECTIONS.div_ceil(WAYS.len() as u64)
    );
}

/// Whether the collection of this seed is complete. Compares the result with the simulator.
fn is_complete(seed: u64, (arguments, fault, grows): (&[&str], Option<Fault>, bool)) -> bool {
    let site = Simulator::builder().vms(60).hosts(6).clusters(2).seed(seed);
    let is_everything = !arguments.contains(&"--scope-datacenter");
    let arguments = [
        arguments,
        &["--page-size", "5", "--include-templates", "--evidence"],
    ]
    .concat();
    let mut builder = site.clone().churn(2);
    if let Some(fault) = fault {
        builder = builder.fault(fault);
    }
    if grows {
        builder = builder.grow_results();
    }
    let simulated = server::start(builder);
    let before = set(simulated.simulator.vms());
    let answer = collect(&simulated.server, &arguments);
    let after = set(simulated.simulator.vms());
    let ever = set(simulated.simulator.vms_so_far());
    let changed = set(simulated.simulator.changed_vms());
    simulated.assert_clean();
    let emitted = emitted(&answer);
    let invented = &emitted - &ever;
    assert!(invented.is_empty(), "seed {seed}: {invented:?}");
    if !answer.errors().is_empty() {
        assert_refused_for_changes(seed, &answer, &changed, is_everything);
        return false;
    }
    let lost = if is_everything {
        &(&before & &after) - &emitted
    } else {
        // The objects in the scope before any change.
        let part = self::emitted(&collect(&server::start(site).server, &arguments));
        let foreign = &(&emitted - &part) - &changed;
        assert!(foreign.is_empty(), "seed {seed}: {foreign:?}");
        &(&part - &changed) - &emitted
    };
    assert!(lost.is_empty(), "seed {seed}: {lost:?}");
    true
}

/// Every object that a refused run names as its cause was created, deleted or moved meanwhile.
fn assert_refused_for_changes(
    seed: u64,
    answer: &Answer,
    changed: &BTreeSet<String>,
    is_everything: bool,
) {
    for error in answer.0["errors"].as_array().expect("errors") {
        let message = error["message"].as_str().expect("a message");
        let is_cause = error["code"] == "INVENTORY_INCOMPLETE"
            // Only objects in a scope can leave it.
            || (!is_everything && message.contains("in case it was moved meanwhile"));
        assert!(is_cause, "seed {seed}: {error}");
        let first = error["redacted_context"]["external_id"].as_str();
        let is_named = first.is_some_and(|first| message.contains(first));
        assert!(is_named, "seed {seed}: {error}");
        let named = error["redacted_context"]["objects"].as_array();
        for object in named.expect("objects") {
            let object = object.as_str().expect("an id");
            assert!(changed.contains(object), "seed {seed}: {error} {changed:?}");
        }
    }
}

fn emitted(answer: &Answer) -> BTreeSet<String> {
    let ids = answer.assets("vm").map(|vm| vm["external_id"].as_str());
    set(ids.map(|id| id.expect("an id").to_owned()).collect())
}

fn set(ids: Vec<String>) -> BTreeSet<String> {
    ids.into_iter().collect()
}
