//! The processed stage, compared with the raw one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stocktake_tests::server;

use super::{DEEP, LISTS, items, small, sync, text};

fn decoded(name: &str) -> String {
    name.replace("%2f", "/")
        .replace("%5c", "\\")
        .replace("%25", "%")
}

/// Without the times, which no two runs share.
fn timeless(mut document: Value) -> Value {
    for time in ["fetch_time_ms", "process_time_ms"] {
        assert!(document[time].take().is_u64(), "{time}");
    }
    document
}

/// The expected processed stage of every object, computed from the raw stage.
fn assert_looked_up(raw: &Value, processed: &Value) {
    let properties = |list: &str| -> BTreeMap<&str, &Value> {
        let pairs = items(raw, list).iter();
        pairs
            .map(|pair| (pair[0].as_str().expect("an id"), &pair[1]))
            .collect()
    };
    let all = LISTS.map(|list| (list, properties(list)));
    let of = |list: &str| {
        &all.iter()
            .find(|(known, _)| *known == list)
            .expect("a list")
            .1
    };
    let name = |list: &str, id: &Value| {
        let object = of(list).get(id.as_str()?)?;
        Some(decoded(object["name"].as_str()?))
    };
    let cluster = |host: &Value| {
        let parent = &of("hosts").get(host.as_str()?)?["parent"];
        (parent["type"] == "ClusterComputeResource").then(|| name("clusters", &parent["value"]))?
    };
    for list in LISTS {
        let rows = items(processed, list);
        assert_eq!(rows.len(), of(list).len(), "{list}");
        for row in rows {
            let id = &row["id"];
            assert_eq!(text(&row["name"]), name(list, id), "{list} {id}");
            let raw = of(list)[id.as_str().expect("an id")];
            let host = &raw["summary.runtime.host"]["value"];
            match list {
                "hosts" => assert_eq!(text(&row["cluster"]), cluster(id), "{id}"),
                "vms" => {
                    assert_eq!(text(&row["host"]), name("hosts", host), "{id}");
                    assert_eq!(text(&row["cluster"]), cluster(host), "{id}");
                }
                "dvpgs" => {
                    let switch = &raw["config.distributedVirtualSwitch"]["value"];
                    assert_eq!(text(&row["dvs"]), name("dvswitches", switch), "{id}");
                    assert!(row["dvs"].is_string(), "{id}");
                }
                _ => {}
            }
        }
    }
}

fn assert_well_formed(processed: &Value) {
    let mut ids = BTreeSet::new();
    let mut total = 0;
    for list in LISTS {
        let rows = items(processed, list);
        assert!(!rows.is_empty(), "{list} is empty");
        total += rows.len();
        for row in rows {
            assert!(ids.insert(text(&row["id"]).expect("an id")), "{row}");
            let values = row.as_object().expect("an object").values();
            let known = |value: &Value| {
                value.is_u64() || value.as_str().is_some_and(|text| !text.is_empty())
            };
            assert!(values.into_iter().all(known), "{row}");
        }
    }
    assert_eq!(processed["total_objects"], total);
}

/// PC-2, PC-7: seven kinds, each object once, names instead of references.
#[test]
fn the_processed_document_has_every_object_once_and_the_right_names() {
    let simulated = server::simulator(&[]);
    let processed = sync(&simulated.server, &[]);
    assert_well_formed(&processed);
    let totals = simulated.simulator.totals();
    let expected = [
        totals.clusters,
        totals.hosts,
        totals.vms,
        totals.datastores,
        totals.networks,
        totals.port_groups,
        totals.switches,
    ];
    let found = LISTS.map(|list| items(&processed, list).len());
    assert_eq!(
        found.map(|count| u32::try_from(count).expect("few")),
        expected
    );
    let keys: BTreeSet<&str> = processed
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let others = [
        "errors",
        "fetch_time_ms",
        "process_time_ms",
        "total_objects",
    ];
    assert_eq!(keys, LISTS.into_iter().chain(others).collect());
    assert_eq!(processed["errors"], json!([]));
    assert_looked_up(&sync(&simulated.server, &["--raw"]), &processed);
    simulated.assert_clean();
}

/// PC-2, PC-7: the same of the official simulator.
#[test]
fn vcsim_is_processed_whole_whatever_the_page_size() {
    let vcsim = small();
    let processed = sync(&vcsim.server, &[]);
    assert_well_formed(&processed);
    let (vms, hosts, clusters) = vcsim.counts();
    for (list, count) in [("vms", vms), ("hosts", hosts), ("clusters", clusters)] {
        assert_eq!(items(&processed, list).len() as u64, count, "{list}");
    }
    assert_looked_up(&sync(&vcsim.server, &["--raw"]), &processed);
    let in_small_pages = sync(&vcsim.server, &["--page-size", "3"]);
    assert_eq!(timeless(in_small_pages), timeless(processed));
}

/// PC-5: the ids of hosts and VMs, only if requested.
#[test]
fn deep_relationships_are_lists_of_ids_and_off_by_default() {
    let simulated = server::simulator(&[]);
    let plain = sync(&simulated.server, &[]);
    let deep = sync(&simulated.server, &["--deep-relationships"]);
    for (list, of) in [("hosts", "hosts"), ("vms", "vms")] {
        let known: BTreeSet<Option<&str>> = items(&deep, of)
            .iter()
            .map(|row| row["id"].as_str())
            .collect();
        for kind in DEEP {
            assert!(
                items(&plain, kind)
                    .iter()
                    .all(|row| row.get(list).is_none())
            );
            let mut seen = 0;
            for row in items(&deep, kind) {
                let ids = row[list].as_array().unwrap_or_else(|| panic!("{row}"));
                assert!(ids.iter().all(|id| known.contains(&id.as_str())), "{row}");
                seen += ids.len();
            }
            assert!(seen > 0, "no {kind} has {list}");
        }
    }
}

/// PC-11: the slow crawl is another way to the same document.
#[test]
fn an_object_at_a_time_gives_the_same_document() {
    let simulated = server::simulator(&[]);
    let vcsim = small();
    for server in [&simulated.server, &vcsim.server] {
        for stage in [&[][..], &["--raw"]] {
            let slow = [stage, &["--strategy", "per_object"]].concat();
            let (batched, slow) = (sync(server, stage), sync(server, &slow));
            let timeless = |mut document: Value| {
                document["fetch_time_ms"] = Value::Null;
                document["process_time_ms"] = Value::Null;
                document
            };
            assert!(
                timeless(batched) == timeless(slow),
                "{} {stage:?}",
                server.url
            );
        }
    }
    simulated.assert_clean();
}
