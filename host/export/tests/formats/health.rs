//! The findings of `vHealth`.

use std::io::Cursor;

use serde_json::{Value, json};
use stocktake_export::{Format, Options, Response, export};

use super::support::{asset, inventory, options, python};

/// What `vHealth` lists of an object, as finding and value.
fn findings(inventory: &Value, options: &Options, id: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sheets");
    let mut response = Response::new("inventory", Cursor::new(inventory.to_string()));
    export(&mut response, Format::Csv, &path, options).expect("an export");
    let sheets = python("sheets.py", &[&path]);
    let rows = sheets["vHealth"].as_array().expect("rows").iter();
    let rows = rows.filter(|row| row[6] == id);
    let text = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
    rows.map(|row| (text(&row[2]), text(&row[4]))).collect()
}

#[test]
fn an_object_that_vcenter_does_not_reach_is_listed_by_its_state() {
    for (id, state, expected) in [
        ("vm-3", "connected", None),
        ("vm-3", "orphaned", Some("orphaned")),
        ("vm-3", "inaccessible", Some("inaccessible")),
        ("vm-3", "invalid", Some("inaccessible")),
        ("vm-3", "disconnected", Some("disconnected")),
        ("host-1", "connected", None),
        ("host-1", "notResponding", Some("disconnected")),
    ] {
        let mut inventory = inventory();
        asset(&mut inventory, id)["normalized"]["attributes"]["connection_state"] = state.into();
        let expected = expected.map(|finding| (finding.to_owned(), state.to_owned()));
        let found = findings(&inventory, &options(), id);
        assert_eq!(
            found,
            expected.into_iter().collect::<Vec<_>>(),
            "{id} {state}"
        );
    }
}

#[test]
fn a_snapshot_is_old_and_a_datastore_full_from_the_number_on_that_the_options_say() {
    let listed = |snapshot_days: u32, datastore_percent: u8, id: &str, finding: &str| {
        let options = Options {
            snapshot_days,
            datastore_percent,
            ..options()
        };
        let found = findings(&inventory(), &options, id);
        found.iter().any(|(known, _)| known == finding)
    };
    // The snapshot is 333 days old, and 93.75 percent of the datastore are used.
    assert!(listed(333, 90, "vm-1", "old_snapshot"));
    assert!(!listed(334, 90, "vm-1", "old_snapshot"));
    assert!(listed(7, 93, "datastore-1", "datastore_full"));
    assert!(!listed(7, 94, "datastore-1", "datastore_full"));
}

#[test]
fn devices_and_tools_are_listed_only_of_a_vm_that_is_on() {
    let mut inventory = inventory();
    let vm = asset(&mut inventory, "vm-3");
    vm["details"]["tools"] = json!({"running": false, "status": "NOT_INSTALLED"});
    vm["details"]["cdroms"] =
        json!([{"label": "CD", "connected": false, "start_connected": false}]);
    assert_eq!(findings(&inventory, &options(), "vm-3"), []);
    asset(&mut inventory, "vm-3")["normalized"]["runtime"]["power_state"] = "poweredOn".into();
    let expected = [
        ("tools_not_running", "NOT_INSTALLED"),
        ("device_disconnected", "Network adapter 1"),
    ];
    let expected = expected.map(|(finding, value)| (finding.to_owned(), value.to_owned()));
    assert_eq!(findings(&inventory, &options(), "vm-3"), expected);
}

#[test]
fn a_datastore_without_size_or_free_space_is_not_full() {
    for (capacity, free) in [
        (json!(0), json!(0)),
        (json!(10), json!(20)),
        (json!(null), json!(0)),
    ] {
        let mut inventory = inventory();
        let datastore = asset(&mut inventory, "datastore-1");
        let details = datastore["details"].as_object_mut().expect("details");
        details.remove("capacity_bytes");
        details.remove("free_bytes");
        let attributes = datastore["normalized"]["attributes"]
            .as_object_mut()
            .expect("attributes");
        attributes.insert("free_bytes".to_owned(), free);
        attributes.insert("capacity_bytes".to_owned(), capacity);
        assert_eq!(findings(&inventory, &options(), "datastore-1"), []);
    }
}
