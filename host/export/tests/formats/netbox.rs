//! NetBox's bulk import.

use std::path::Path;
use std::{env, fs};

use serde_json::{Value, json};
use stocktake_export::Format;

use super::support::{
    asset, exported, fixture, inventory, large_inventory, ledger_inventory, python,
};

fn objects(folder: &Path, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(file)).expect("a file");
    serde_json::from_str(&text).expect("an array")
}

/// An inventory with everything that NetBox holds otherwise.
fn odd_inventory() -> Value {
    let mut odd = large_inventory();
    // Names that differ by case, by white space at their ends or behind what is cut, in two clusters.
    let long = "x".repeat(70);
    for (id, name) in [("vm-1", "Web"), ("vm-2", " wEB\t"), ("vm-3", &long)] {
        asset(&mut odd, id)["normalized"]["identity"]["caption"] = name.into();
    }
    for (number, name) in [
        format!("{long}y"),
        "web".to_owned(),
        "web (vm-2)".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let mut vm = asset(&mut odd, "vm-1").clone();
        vm["external_id"] = format!("vm-{}", number + 50).into();
        vm["normalized"]["identity"]["caption"] = name.as_str().into();
        odd["assets"].as_array_mut().expect("assets").push(vm);
    }
    // Vendors that have the same slug, or none.
    for (id, vendor) in [
        ("host-1", "Dell, Inc"),
        ("host-2", "戴尔"),
        ("host-3", "DELL, inc"),
    ] {
        let identity = &mut asset(&mut odd, id)["normalized"]["identity"];
        identity["vendor"] = vendor.into();
        identity["model"] =
            format!("PowerEdge {}", if id == "host-3" { "r760" } else { "R760" }).into();
        identity["serial_number"] = "S".repeat(60).into();
    }
    asset(&mut odd, "host-2")["normalized"]["identity"]["hostname"] = "ESX-1.example.com".into();
    // Two adapters for management.
    asset(&mut odd, "host-1")["details"]["vmkernels"][1]["services"] = json!(["management"]);
    // Addresses and cards that NetBox refuses.
    let nics = &mut asset(&mut odd, "vm-3")["details"]["nics"];
    *nics = json!([
        {"label": "a", "key": 1, "mac": "no mac", "addresses": [
            {"ip": "127.0.0.1", "prefix": 8}, {"ip": "192.0.2.0", "prefix": 24}, {"ip": "fe80::1"}, {"ip": "192.0.2.77"},
            {"ip": "192.0.2.78", "prefix": 24}, {"ip": "192.0.2.77", "prefix": 24}
        ]},
        {"label": "A", "key": 2},
        {"key": 3},
    ]);
    let vm = &mut asset(&mut odd, "vm-3")["normalized"]["hardware"];
    vm["cpu_count"] = 100_000.into();
    vm["memory_bytes"] = u64::MAX.into();
    vm["disks"] = json!([{"size_bytes": u64::MAX}, {"size_bytes": 1}]);
    odd["stats"]["assets"] = odd["assets"].as_array().expect("assets").len().into();
    odd
}

#[test]
fn an_import_keeps_the_rules_of_netboxs_forms_and_models() {
    for inventory in [inventory(), odd_inventory(), ledger_inventory()] {
        let export = exported(&inventory, Format::Netbox);
        assert_eq!(python("netbox.py", &[&export.path]), json!([]));
    }
}

/// What the program above must find, as a change of one file.
#[test]
fn the_rules_refuse_what_netbox_refuses() {
    for (file, old, new, reason) in [
        (
            "01-manufacturers.json",
            "\"dell-inc\"",
            "\"dell inc.\"",
            "slug has another form",
        ),
        (
            "03-device-types.json",
            "Dell Inc.",
            "Dell",
            "manufacturer finds 0 manufacturers",
        ),
        (
            "05-sites.json",
            "\"status\":\"active\"",
            "\"state\":\"active\"",
            "status is required",
        ),
        (
            "07-clusters.json",
            "\"Berlin\"",
            "\"Bonn\"",
            "scope_name finds 0 sites",
        ),
        (
            "08-devices.json",
            "esx-2.example.com",
            "ESX-1.example.com",
            "['site', 'name'] is not unique",
        ),
        (
            "08-devices.json",
            "\"SN1\"",
            "\"012345678901234567890123456789012345678901234567890\"",
            "has more than 50 characters",
        ),
        (
            "09-interfaces.json",
            "\"mtu\":9000",
            "\"mtu\":90000",
            "mtu is no integer",
        ),
        (
            "10-virtual-machines.json",
            "\"offline\"",
            "\"off\"",
            "status is none of",
        ),
        (
            "10-virtual-machines.json",
            "\"app-1\"",
            "\"WEB-1\"",
            "['cluster', 'name'] is not unique",
        ),
        (
            "10-virtual-machines.json",
            "\"esx-2.example.com\"",
            "\"esx-3.example.com\"",
            "the device is not assigned to this cluster",
        ),
        (
            "11-vm-interfaces.json",
            "\"enabled\"",
            "\"colour\"",
            "unexpected column colour",
        ),
        (
            "13-ip-addresses.json",
            "192.0.2.2/24",
            "192.0.2.255/24",
            "is a broadcast address",
        ),
        (
            "13-ip-addresses.json",
            "192.0.2.2/24",
            "192.0.2.1/32",
            "duplicate IP address",
        ),
        (
            "13-ip-addresses.json",
            "\"Network adapter 1\"",
            "\"Network adapter 9\"",
            "finds 0 interfaces",
        ),
    ] {
        let export = exported(&inventory(), Format::Netbox);
        let path = export.path.join(file);
        let text = fs::read_to_string(&path).expect("a file");
        let changed = text.replacen(old, new, 1);
        assert_ne!(changed, text, "{file} has no {old}");
        fs::write(&path, changed).expect("written");
        let refused = python("netbox.py", &[&export.path]).to_string();
        assert!(refused.contains(reason), "{file} {new}: {refused}");
    }
}

/// Changed on purpose? `STOCKTAKE_BLESS=1 cargo test -p stocktake-export` writes the files anew; review them like code.
#[test]
fn an_import_has_the_expected_objects() {
    let export = exported(&inventory(), Format::Netbox);
    let folder = fixture("netbox");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        for entry in fs::read_dir(&export.path).expect("the export") {
            let entry = entry.expect("an entry");
            fs::copy(entry.path(), folder.join(entry.file_name())).expect("copied");
        }
    }
    let mut files = 0;
    for entry in fs::read_dir(&export.path).expect("the export") {
        let name = entry.expect("an entry").file_name();
        let text = |folder: &Path| fs::read_to_string(folder.join(&name)).expect("a file");
        assert_eq!(text(&export.path), text(&folder), "{name:?}");
        files += 1;
    }
    assert_eq!(files, fs::read_dir(&folder).expect("the fixtures").count());
    assert_eq!(
        export.report.notes,
        [
            "1 VMs are left out: templates, agents of vSphere, and what no host has",
            "1 names differ from vCenter's, because they were too long or not unique",
        ]
    );
}

#[test]
fn names_and_addresses_that_netbox_would_refuse_are_changed_or_left_out_and_counted() {
    let export = exported(&odd_inventory(), Format::Netbox);
    let machines = objects(&export.path, "10-virtual-machines.json");
    let names: Vec<&str> = machines
        .iter()
        .map(|machine| machine["name"].as_str().expect("a name"))
        .collect();
    let long = "x".repeat(64);
    let cut = "x".repeat(56) + " (vm-50)";
    assert_eq!(
        names,
        [
            "Web",
            "wEB (vm-2)",
            &long,
            &cut,
            "web (vm-51)",
            "web (vm-2) (vm-52)"
        ]
    );
    let huge = &machines[2];
    for left_out in ["vcpus", "memory", "disk"] {
        assert_eq!(huge.get(left_out), None, "{left_out}");
    }
    let vendors = objects(&export.path, "01-manufacturers.json");
    let slugs: Vec<&Value> = vendors.iter().map(|vendor| &vendor["slug"]).collect();
    assert_eq!(slugs, ["dell-inc", "unnamed"]);
    assert_eq!(
        export.report.notes,
        [
            "1 VMs are left out: templates, agents of vSphere, and what no host has",
            "6 names differ from vCenter's, because they were too long or not unique",
            "3 serial numbers are left out, because they are too long",
            "3 addresses are left out: loopback, link-local, network and broadcast addresses, and what is none",
            "7 addresses are left out, because another interface has them",
        ]
    );
}
