//! What the tests of several modules need.

use stocktake_contract::response::{Evidence, KindEvidence};
use stocktake_runtime::page::{Stats, Summary};
use stocktake_runtime::validation::{ItemLimits, Scope, Verifier};
use stocktake_runtime::{Proof, Request};

/// The proof of an inventory of VMs in which there is none.
pub(crate) fn empty_inventory() -> Proof {
    let request = r#"{"source":{"config":{"allow_empty":true}},"request":{"run_id":"run-1","mode":"collect_vms"}}"#;
    let scope = Scope::from_request(&Request::parse(request).expect("JSON"));
    let summary = Summary {
        stats: Stats {
            inventory_complete: true,
            ..Stats::default()
        },
        evidence: Evidence {
            drained: true,
            kinds: vec![KindEvidence {
                kind: "vm".to_owned(),
                ..KindEvidence::default()
            }],
            ..Evidence::default()
        },
        ..Summary::default()
    };
    let verifier = Verifier::new(scope, ItemLimits::default());
    let proof = verifier.finish(&summary).expect("a sound summary");
    proof.expect("a proof")
}
