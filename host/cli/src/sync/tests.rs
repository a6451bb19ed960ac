//! Both stages of hand-made assets.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Value, json};
use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::validation::{Asset, RawWarning};
use stocktake_runtime::{Conclusion, Outcome, Writer as _};

use super::document::{Document, Stage};
use crate::testing::empty_inventory;

fn reference(type_name: &str, id: &str) -> Value {
    json!({"type": type_name, "value": id})
}

/// Two hosts, one of them in a cluster, a VM on each, and a VM of which nothing is known but its name.
/// VMs come before what they refer to.
fn inventory() -> Vec<(&'static str, &'static str, Value)> {
    let vm = |name: &str, host: &str| {
        json!({
            "name": name,
            "config.uuid": "4211",
            "runtime.powerState": "poweredOn",
            "summary.config.vmPathName": "[ds] a/a.vmx",
            "summary.runtime.host": reference("HostSystem", host),
            "summary.runtime.connectionState": "connected",
        })
    };
    let host = |name: &str, parent: Value| {
        json!({
            "name": name,
            "hardware.systemInfo.serialNumber": "S1",
            "hardware.cpuInfo": {"_typeName": "HostCpuInfo", "numCpuPackages": 2, "numCpuCores": 16, "numCpuThreads": 32, "hz": 2_400_000_000_u64},
            "hardware.memorySize": 549_755_813_888_u64,
            "summary.runtime.powerState": "poweredOn",
            "summary.runtime.connectionState": "connected",
            "parent": parent,
        })
    };
    vec![
        ("vm", "vm-2", vm("web%2f1", "host-2")),
        ("vm", "vm-1", vm("db+Zürich", "host-1")),
        (
            "vm",
            "vm-3",
            json!({"name": "orphan", "summary.runtime.host": reference("HostSystem", "host-9")}),
        ),
        (
            "host",
            "host-2",
            host("alone", reference("ComputeResource", "domain-s2")),
        ),
        (
            "host",
            "host-1",
            host("esx1", reference("ClusterComputeResource", "domain-c1")),
        ),
        (
            "cluster",
            "domain-c1",
            json!({"name": "C%25", "summary.numHosts": 1, "summary.numEffectiveHosts": 1, "summary.totalCpu": 38400, "summary.totalMemory": 549_755_813_888_u64}),
        ),
        (
            "datastore",
            "datastore-1",
            json!({"name": "ds", "summary.capacity": 8_796_093_022_208_u64, "summary.freeSpace": 0, "summary.type": "VMFS"}),
        ),
        ("network", "network-1", json!({"name": "VM Network"})),
        (
            "dvportgroup",
            "dvportgroup-1",
            json!({"name": "pg%5c1", "parent": reference("Folder", "group-n1"), "config.distributedVirtualSwitch": reference("VmwareDistributedVirtualSwitch", "dvs-1")}),
        ),
        (
            "dvswitch",
            "dvs-1",
            json!({"name": "dvs%2fa", "uuid": "50 1e"}),
        ),
    ]
}

fn complete() -> Outcome {
    let mut outcome = Outcome::default();
    outcome.conclusion = Conclusion::Complete(empty_inventory());
    outcome.usage.wall.used = Duration::from_millis(1234);
    outcome
}

fn write(
    stage: Stage,
    inventory: &[(&str, &str, Value)],
    warnings: &[Value],
    outcome: &Outcome,
) -> Value {
    let mut bytes = Vec::new();
    let mut document = Document::new(&mut bytes, stage);
    for (kind, id, payload) in inventory {
        let text = json!({"external_kind": kind, "external_id": id, "normalized": {}, "raw_payload": payload});
        let asset = Asset {
            kind: Cow::Borrowed(kind),
            id: Cow::Borrowed(id),
            text: &text.to_string(),
        };
        document.asset(&asset).expect("taken");
    }
    for warning in warnings {
        let warning: RawWarning = serde_json::from_value(warning.clone()).expect("a warning");
        document.warning(&warning, "").expect("taken");
    }
    assert!(!document.is_whole());
    document.finish(outcome).expect("written");
    assert!(document.is_whole());
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(text.is_ascii(), "{text}");
    assert_eq!(text.find('\n'), Some(text.len() - 1));
    serde_json::from_str(&text).expect("JSON")
}

/// PC-1: pairs of object and properties, per kind in the order of the listing.
#[test]
fn the_raw_stage_is_the_payloads_as_they_came() {
    let inventory = inventory();
    let raw = write(Stage::Raw, &inventory, &[], &complete());
    let pairs = |kind: &str| -> Value {
        let of_kind = inventory.iter().filter(|(known, ..)| *known == kind);
        of_kind
            .map(|(_, id, payload)| json!([id, payload]))
            .collect()
    };
    assert_eq!(
        raw,
        json!({
            "clusters": pairs("cluster"),
            "hosts": pairs("host"),
            "vms": pairs("vm"),
            "datastores": pairs("datastore"),
            "networks": pairs("network"),
            "dvpgs": pairs("dvportgroup"),
            "dvswitches": pairs("dvswitch"),
            "errors": [],
            "fetch_time_ms": 1234,
        })
    );
}

/// PC-2, PC-7, PC-10: ids, decoded names, and names in place of references; what is not known is absent.
#[test]
fn the_processed_stage_has_a_row_per_object_with_names_looked_up() {
    let mut processed = write(Stage::Processed, &inventory(), &[], &complete());
    assert!(processed["process_time_ms"].take().is_u64());
    let host = |id: &str, name: &str| {
        json!({
            "id": id, "name": name, "serial_number": "S1", "cpu_packages": 2, "cpu_cores": 16, "cpu_threads": 32,
            "cpu_hz": 2_400_000_000_u64, "memory_bytes": 549_755_813_888_u64, "power_state": "poweredOn", "connection_state": "connected",
        })
    };
    let vm = |id: &str, name: &str, host: &str| {
        json!({
            "id": id, "name": name, "uuid": "4211", "power_state": "poweredOn", "vm_path": "[ds] a/a.vmx", "host": host,
            "connection_state": "connected",
        })
    };
    let in_cluster = |mut row: Value| {
        row["cluster"] = "C%".into();
        row
    };
    assert_eq!(
        processed,
        json!({
            "clusters": [{"id": "domain-c1", "name": "C%", "num_hosts": 1, "num_effective_hosts": 1, "total_cpu_mhz": 38400, "total_memory_bytes": 549_755_813_888_u64}],
            "hosts": [host("host-2", "alone"), in_cluster(host("host-1", "esx1"))],
            "vms": [
                vm("vm-2", "web/1", "alone"),
                in_cluster(vm("vm-1", "db+Zürich", "esx1")),
                {"id": "vm-3", "name": "orphan"},
            ],
            "datastores": [{"id": "datastore-1", "name": "ds", "capacity_bytes": 8_796_093_022_208_u64, "free_bytes": 0, "type": "VMFS"}],
            "networks": [{"id": "network-1", "name": "VM Network"}],
            "dvpgs": [{"id": "dvportgroup-1", "name": "pg\\1", "dvs": "dvs/a"}],
            "dvswitches": [{"id": "dvs-1", "name": "dvs/a", "uuid": "50 1e"}],
            "fetch_time_ms": 1234,
            "process_time_ms": null,
            "total_objects": 10,
            "errors": [],
        })
    );
}

#[test]
fn deep_relationships_become_lists_of_ids() {
    let vms = json!([
        reference("VirtualMachine", "vm-1"),
        reference("VirtualMachine", "vm-2")
    ]);
    let mount = json!({"_typeName": "DatastoreHostMount", "key": reference("HostSystem", "host-1"), "mountInfo": {}});
    let inventory = [
        (
            "datastore",
            "datastore-1",
            json!({"host": [mount], "vm": vms}),
        ),
        (
            "network",
            "network-1",
            json!({"host": [reference("HostSystem", "host-1")], "vm": []}),
        ),
        (
            "dvportgroup",
            "dvportgroup-1",
            json!({"host": [], "vm": vms}),
        ),
    ];
    let processed = write(Stage::Processed, &inventory, &[], &complete());
    let lists = |list: &str| {
        (
            processed[list][0]["hosts"].clone(),
            processed[list][0]["vms"].clone(),
        )
    };
    assert_eq!(
        lists("datastores"),
        (json!(["host-1"]), json!(["vm-1", "vm-2"]))
    );
    assert_eq!(lists("networks"), (json!(["host-1"]), json!([])));
    assert_eq!(lists("dvpgs"), (json!([]), json!(["vm-1", "vm-2"])));
}

/// PC-9: what is wrong with one object ends nothing, and a failed run is a whole document too.
#[test]
fn warnings_and_errors_are_entries_with_object_message_and_severity() {
    let warnings = [
        json!({"code": "VCENTER_VM_INACCESSIBLE", "category": "parse", "message": "vm-1 is orphaned", "redacted_context": {"vm_id": "vm-1"}}),
        json!({"code": "VCENTER_PROPERTY_UNREADABLE", "category": "permission", "message": "config.uuid of 2 …", "redacted_context": {"objects": ["vm-1", "vm-2"]}}),
    ];
    let mut failed = complete();
    failed.conclusion = Conclusion::Partial;
    failed.errors = vec![
        Problem::new(ErrorCode::InventoryIncomplete, "vm-7 is missing").with("external_id", "vm-7"),
        Problem::new(ErrorCode::VcenterNetworkError, "reset"),
    ];
    let entry = |object: &str, message: &str, severity: &str| json!({"object": object, "message": message, "severity": severity});
    let expected = json!([
        entry("vm-1", "vm-1 is orphaned", "warning"),
        entry("vm-1", "config.uuid of 2 …", "warning"),
        entry("vm-2", "config.uuid of 2 …", "warning"),
        entry("vm-7", "vm-7 is missing", "error"),
        entry("", "reset", "error"),
    ]);
    for stage in [Stage::Raw, Stage::Processed] {
        let document = write(stage, &inventory(), &warnings, &failed);
        assert_eq!(document["errors"], expected, "{stage:?}");
        assert_eq!(
            document["vms"].as_array().map(Vec::len),
            Some(3),
            "{stage:?}"
        );
    }
}

#[test]
fn a_run_that_is_not_complete_says_so_even_without_an_error() {
    let outcome = Outcome::default();
    let document = write(Stage::Processed, &[], &[], &outcome);
    assert_eq!(document["errors"][0]["severity"], "error");
    assert_eq!(document["total_objects"], 0);
}
