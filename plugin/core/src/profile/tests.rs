use serde_json::json;
use stocktake_contract::normalized::Kind;

use super::Profile;
use crate::config::Config;

fn profile(mode: &str, config: serde_json::Value) -> Profile {
    let mut request = json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "s1",
            "source_type": "vcenter",
            "config": {"endpoint": "https://vc.lan", "preferred_vcenter_version": "7.0-8.x"},
            "credential": {"username": "u", "password": "p"}
        },
        "request": {"run_id": "r1", "mode": mode, "now": "2026-01-01T00:00:00Z"}
    });
    for (key, value) in config.as_object().expect("settings") {
        request["source"]["config"][key] = value.clone();
    }
    Profile::from_config(&Config::from_request(&request.to_string()).expect("a good request"))
}

fn listed(profile: &Profile) -> Vec<String> {
    let sets = profile.inventory.iter();
    sets.map(|set| format!("{}: {}", set.type_name, set.paths.join(" ")))
        .collect()
}

/// PC-4: `sync` reads exactly the listed properties per type.
#[test]
fn sync_reads_exactly_the_listed_properties_of_all_seven_kinds() {
    let profile = profile("collect", json!({"profile": "sync"}));
    assert_eq!(
        listed(&profile),
        [
            "VirtualMachine: name config.uuid runtime.powerState summary.config.vmPathName summary.runtime.host summary.runtime.connectionState",
            "HostSystem: name hardware.systemInfo.serialNumber hardware.cpuInfo hardware.memorySize summary.runtime.powerState summary.runtime.connectionState parent",
            "ClusterComputeResource: name summary.numHosts summary.numEffectiveHosts summary.totalCpu summary.totalMemory",
            "Datastore: name summary.capacity summary.freeSpace summary.type",
            "Network: name",
            "DistributedVirtualPortgroup: name parent config.distributedVirtualSwitch",
            "DistributedVirtualSwitch: name uuid",
        ]
    );
    assert_eq!(profile.datastores, None);
}

/// PC-5: the six heavy properties stand behind a flag.
#[test]
fn the_heavy_relationships_are_read_only_when_asked_for() {
    let asked = profile(
        "collect",
        json!({"profile": "sync", "deep_relationships": true}),
    );
    let heavy: Vec<String> = listed(&asked)
        .into_iter()
        .filter(|set| set.ends_with(" host vm"))
        .collect();
    assert_eq!(heavy.len(), 3, "{heavy:?}");
    let usual = listed(&profile("collect", json!({"profile": "sync"})));
    assert!(!usual.iter().any(|set| set.contains(" vm")), "{usual:?}");
}

/// RE-2: a mode reads its own kinds and no others.
#[test]
fn a_mode_reads_its_kinds_and_the_extended_ones_that_are_asked_for() {
    let cases = [
        (
            "collect",
            json!({}),
            vec![Kind::Vm, Kind::Host, Kind::Cluster],
        ),
        ("collect_hosts", json!({}), vec![Kind::Host, Kind::Cluster]),
        ("collect_vms", json!({}), vec![Kind::Vm]),
        ("collect_vms", json!({"profile": "sync"}), vec![Kind::Vm]),
        (
            "collect_vms",
            json!({"kinds": ["network"]}),
            vec![Kind::Vm, Kind::Network],
        ),
        ("detect", json!({"kinds": ["network"]}), vec![]),
    ];
    for (mode, config, kinds) in cases {
        assert_eq!(
            profile(mode, config.clone()).kinds,
            kinds,
            "{mode} {config}"
        );
    }
}

#[test]
fn the_view_covers_each_type_once() {
    let profile = profile("collect_hosts", json!({"kinds": ["datastore"]}));
    assert_eq!(
        profile.types(),
        ["HostSystem", "ClusterComputeResource", "Datastore"]
    );
}
