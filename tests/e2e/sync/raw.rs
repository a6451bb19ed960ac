//! The raw stage.

use std::collections::BTreeSet;

use stocktake_tests::server;

use super::{LISTS, items, sync};

/// PC-1, PC-6: an object is its id and its properties, references are ids of other objects.
#[test]
fn the_raw_document_is_pairs_of_id_and_properties() {
    let simulated = server::simulator(&[]);
    let raw = sync(&simulated.server, &["--raw"]);
    let others = ["errors", "fetch_time_ms"];
    let keys = raw.as_object().expect("an object").keys();
    let keys: BTreeSet<&str> = keys.map(String::as_str).collect();
    assert_eq!(keys, LISTS.into_iter().chain(others).collect());
    let mut hosts = BTreeSet::new();
    for list in LISTS {
        for pair in items(&raw, list) {
            let [id, properties] = pair.as_array().expect("a pair").as_slice() else {
                panic!("{pair} is no pair");
            };
            assert!(id.is_string() && properties.is_object(), "{pair}");
            if list == "hosts" {
                hosts.insert(id.as_str());
            }
        }
    }
    for vm in items(&raw, "vms") {
        let host = &vm[1]["summary.runtime.host"];
        assert_eq!(host["type"], "HostSystem", "{vm}");
        assert!(hosts.contains(&host["value"].as_str()), "{vm}");
    }
}
