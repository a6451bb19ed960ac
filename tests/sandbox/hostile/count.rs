//! What it lists, held against what the host lists for itself.

use serde_json::json;
use stocktake_contract::response::CountedBy;
use stocktake_tests::hostile;
use stocktake_tests::request;
use stocktake_tests::server;

use super::{CAGE, assert_refused, assert_valid};

/// What it does, the code that it gets, and what the message says.
const CASES: [(&str, &str, &str); 6] = [
    (
        "lists-one-invented-vm",
        "INVENTORY_INCOMPLETE",
        "which the collector left out although it exists",
    ),
    (
        "invents-a-vm",
        "PLUGIN_RESPONSE_INVALID",
        "the collector emitted vm vm-987654, which is not in the host's own list and does not exist",
    ),
    (
        "withholds-a-vm",
        "INVENTORY_INCOMPLETE",
        "which the collector left out although it exists",
    ),
    (
        "withholds-a-host",
        "INVENTORY_INCOMPLETE",
        "the host's own list has host host-",
    ),
    (
        "swaps-ids-between-kinds",
        "INVENTORY_INCOMPLETE",
        "which the collector left out although it exists",
    ),
    (
        "shrinks-the-scope",
        "INVENTORY_INCOMPLETE",
        "which the collector left out although it exists",
    ),
];

/// BY-16: its own evidence adds up, and says nothing of what there is.
#[test]
fn a_guest_that_invents_withholds_swaps_or_shrinks_is_refused_by_the_hosts_count() {
    let simulated = server::simulator(&[]);
    for (behaviour, code, expected) in CASES {
        let ran = CAGE.run(&simulated.server, behaviour);
        assert_refused(behaviour, &ran, code);
        assert!(ran.outcome.claimed, "{behaviour}");
        let message = &ran.outcome.errors[0].message;
        assert!(message.contains(expected), "{behaviour}: {message}");
        let evidence = ran.outcome.evidence.expect("evidence");
        assert_eq!(evidence.counted_by, CountedBy::Collector, "{behaviour}");
    }
    let swapped = CAGE.run(&simulated.server, "swaps-ids-between-kinds");
    let expected = swapped.outcome.errors.iter().filter(|error| {
        let names = ["as host", "as vm"].map(|kind| error.message.contains(kind));
        error.message.contains("which the server knows as") && names.contains(&true)
    });
    assert_eq!(expected.count(), 2, "{:?}", swapped.outcome.errors);

    let truth = CAGE.run(&simulated.server, "honest");
    assert!(
        truth.outcome.proof().is_some(),
        "{:?}",
        truth.outcome.errors
    );
    let evidence = truth.outcome.evidence.as_ref().expect("evidence");
    assert_eq!(evidence.counted_by, CountedBy::Host);
    assert_eq!(truth.document()["stats"]["evidence"]["counted_by"], "host");
    assert_valid("honest", &truth);
    simulated.assert_clean();
}

/// BY-16: a scope is resolved by the host, whatever the collector makes of it.
#[test]
fn a_guest_that_collects_more_than_was_asked_for_is_refused_by_the_hosts_count() {
    let simulated = server::simulator(&[]);
    let behaviour = "widens-the-scope";
    let request = hostile::request(&simulated.server, behaviour);
    let scope = json!({"cluster_names": ["cluster-01"]});
    let request = request::with(request, "inventory_scope", scope);
    let ran = CAGE.run_under(&request, &hostile::policy(&simulated.server, &request));
    assert_refused(behaviour, &ran, "PLUGIN_RESPONSE_INVALID");
    let message = &ran.outcome.errors[0].message;
    assert!(message.contains("lies outside of"), "{message}");

    let nowhere = json!({"cluster_names": ["no-such-cluster"]});
    let request = request::with(request, "inventory_scope", nowhere);
    let ran = CAGE.run_under(&request, &hostile::policy(&simulated.server, &request));
    assert_refused(behaviour, &ran, "VCENTER_CONFIG_INVALID");
    let message = &ran.outcome.errors[0].message;
    assert!(
        message.contains("\"no-such-cluster\", which the host finds nowhere"),
        "{message}"
    );
    simulated.assert_clean();
}

/// It lists the right objects and says wrong things of them; the list alone cannot show it.
#[test]
fn a_guest_that_swaps_renames_or_misreports_vms_is_refused_by_the_spot_check() {
    let simulated = server::simulator(&[]);
    let run = |behaviour: &str, objects: usize| {
        let request = hostile::request(&simulated.server, behaviour);
        let policy = hostile::policy(&simulated.server, &request);
        CAGE.run_under(&request, &policy.spot_checking(objects))
    };
    for (behaviour, expected) in [
        ("swaps-two-vms", "with the name \""),
        ("misreports-a-power-state", "with the power state \"powered"),
        (
            "renames-a-vm",
            "with the name \"another name\", and the host reads \"",
        ),
    ] {
        let unchecked = run(behaviour, 0);
        assert!(unchecked.outcome.proof().is_some(), "{behaviour}");
        let ran = run(behaviour, 1000);
        assert_refused(behaviour, &ran, "PLUGIN_RESPONSE_INVALID");
        let message = &ran.outcome.errors[0].message;
        assert!(message.contains(expected), "{behaviour}: {message}");
        assert!(message.starts_with("the collector emitted vm vm-"));
    }
    let truth = run("honest", 1000);
    assert!(
        truth.outcome.proof().is_some(),
        "{:?}",
        truth.outcome.errors
    );
    let checked = &truth.document()["stats"]["evidence"]["spot_checked"];
    assert!(checked.as_u64() > Some(20), "{checked}");
    simulated.assert_clean();
}

/// Who logs in himself has no session that the host could ask in.
#[test]
fn a_guest_with_a_session_of_its_own_is_counted_by_itself() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "lists-one-invented-vm");
    assert!(ran.outcome.proof().is_some(), "{:?}", ran.outcome.errors);
    let evidence = ran.outcome.evidence.expect("evidence");
    assert_eq!(evidence.counted_by, CountedBy::Collector);
}
