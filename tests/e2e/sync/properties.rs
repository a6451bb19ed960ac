//! Which properties are read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stocktake_tests::recording::record;
use stocktake_tests::{request, server};

use super::{DEEP, items, sync};

/// What 20-vsphere §3 of the specification lists, and nothing else.
const PROPERTIES: [(&str, &str, &[&str]); 7] = [
    (
        "clusters",
        "ClusterComputeResource",
        &[
            "name",
            "summary.numEffectiveHosts",
            "summary.numHosts",
            "summary.totalCpu",
            "summary.totalMemory",
        ],
    ),
    (
        "hosts",
        "HostSystem",
        &[
            "hardware.cpuInfo",
            "hardware.memorySize",
            "hardware.systemInfo.serialNumber",
            "name",
            "parent",
            "summary.runtime.connectionState",
            "summary.runtime.powerState",
        ],
    ),
    (
        "vms",
        "VirtualMachine",
        &[
            "config.uuid",
            "name",
            "runtime.powerState",
            "summary.config.vmPathName",
            "summary.runtime.connectionState",
            "summary.runtime.host",
        ],
    ),
    (
        "datastores",
        "Datastore",
        &[
            "name",
            "summary.capacity",
            "summary.freeSpace",
            "summary.type",
        ],
    ),
    ("networks", "Network", &["name"]),
    (
        "dvpgs",
        "DistributedVirtualPortgroup",
        &["config.distributedVirtualSwitch", "name", "parent"],
    ),
    ("dvswitches", "DistributedVirtualSwitch", &["name", "uuid"]),
];

fn paths(pair: &Value) -> BTreeSet<&str> {
    let properties = pair[1].as_object().expect("properties");
    properties.keys().map(String::as_str).collect()
}

/// PC-4, PC-5: exactly the listed properties come back, and the heavy ones only when asked for.
#[test]
fn the_raw_stage_holds_the_listed_properties_and_the_heavy_ones_on_request() {
    let simulated = server::simulator(&[]);
    for (arguments, heavy) in [
        (&["--raw"][..], false),
        (&["--raw", "--deep-relationships"], true),
    ] {
        let raw = sync(&simulated.server, arguments);
        for (list, _, listed) in PROPERTIES {
            let mut expected: BTreeSet<&str> = listed.iter().copied().collect();
            if heavy && DEEP.contains(&list) {
                expected.extend(["host", "vm"]);
            }
            let found: BTreeSet<&str> = items(&raw, list).iter().flat_map(paths).collect();
            assert_eq!(found, expected, "{list} {arguments:?}");
        }
    }
}

/// PC-4, PC-5: nothing else is asked for either.
#[test]
fn the_server_is_asked_for_exactly_the_listed_properties() {
    let simulated = server::simulator(&[]);
    let asked = request::with(request::to(&simulated.server, "collect"), "profile", "sync");
    let recording = record(&simulated.server, &asked);
    assert!(
        recording.outcome.proof().is_some(),
        "{:?}",
        recording.outcome.errors
    );
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for exchange in &recording.exchanges {
        let body = String::from_utf8_lossy(&exchange.request_body);
        for set in body.split("<propSet>").skip(1) {
            let set = set.split("</propSet>").next().unwrap_or_default();
            let [type_name] = &elements(set, "type")[..] else {
                panic!("{set} has no type");
            };
            let paths = wanted.entry(type_name.clone()).or_default();
            paths.extend(elements(set, "pathSet"));
        }
    }
    for (_, type_name, listed) in PROPERTIES {
        let listed = listed.iter().map(|path| (*path).to_owned());
        assert_eq!(wanted[type_name], listed.collect(), "{type_name}");
    }
}

fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    let texts = parts.filter_map(|part| Some(part.split_once(&close)?.0.to_owned()));
    texts.collect()
}
