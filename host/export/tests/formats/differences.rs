//! The difference of two inventories.

use std::{env, fs};

use serde_json::{Value, json};
use stocktake_export::{DiffOptions, Difference, diff};

use super::support::{asset, fixture, inventory, ledger_inventory, response};

fn compared(old: &Value, new: &Value) -> Difference {
    compared_with(old, new, &DiffOptions::default())
}

fn compared_with(old: &Value, new: &Value, options: &DiffOptions) -> Difference {
    diff(&mut response(old), &mut response(new), options).expect("a difference")
}

fn remove(inventory: &mut Value, id: &str) -> Value {
    let mut removed = Value::Null;
    let assets = inventory["assets"].as_array_mut().expect("assets");
    assets.retain(|asset| {
        let is_kept = asset["external_id"] != id;
        if !is_kept {
            removed = asset.clone();
        }
        is_kept
    });
    inventory["stats"]["assets"] = assets.len().into();
    removed
}

fn add(inventory: &mut Value, asset: Value) {
    let assets = inventory["assets"].as_array_mut().expect("assets");
    assets.push(asset);
    inventory["stats"]["assets"] = assets.len().into();
}

/// Lets a relation of `id` lead elsewhere.
fn relate(inventory: &mut Value, name: &str, id: &str, to: &str) {
    let relations = inventory["relations"].as_array_mut().expect("relations");
    let mut found = relations.iter_mut();
    let found =
        found.find(|relation| relation["type"] == name && relation["from"]["external_id"] == id);
    found.expect("a relation")["to"]["external_id"] = to.into();
}

/// Gives an asset another id, in relations too.
fn rename(inventory: &mut Value, id: &str, other: &str) {
    asset(inventory, id)["external_id"] = other.into();
    for relation in inventory["relations"].as_array_mut().expect("relations") {
        for end in ["from", "to"] {
            if relation[end]["external_id"] == id {
                relation[end]["external_id"] = other.into();
            }
        }
    }
}

/// A day on which a bit of everything happened.
fn next_day() -> Value {
    let mut new = inventory();
    // Added and removed.
    remove(&mut new, "vm-4");
    let mut fresh = asset(&mut new, "vm-3").clone();
    fresh["external_id"] = "vm-9".into();
    fresh["normalized"]["identity"]["caption"] = "=new\nline".into();
    fresh["normalized"]["attributes"]["instance_uuid"] =
        "502e1c5a-0000-4000-8000-000000000009".into();
    add(&mut new, fresh);
    // Moved to another host, which is in no cluster, to another folder and to another datastore.
    relate(&mut new, "runs_on", "vm-1", "host-3");
    let web = asset(&mut new, "vm-1");
    web["details"]["folder_path"] = "/Berlin/vm".into();
    web["details"]["disks"][0]["datastore_id"] = "datastore-2".into();
    web["details"]["disks"][0]["datastore_name"] = "nfs 1".into();
    web["details"]["disks"][0]["path"] = "[nfs 1] vm-1/vm-1.vmdk".into();
    // Changed: a field, a member of a list that is in another order, a list's items.
    web["normalized"]["hardware"]["cpu_count"] = 4.into();
    let odd = asset(&mut new, "vm-2");
    odd["details"]["disks"]
        .as_array_mut()
        .expect("disks")
        .swap(0, 1);
    odd["details"]["disks"][1]["capacity_bytes"] = 17.into();
    odd["details"]["disks"][0]
        .as_object_mut()
        .expect("a disk")
        .remove("rdm");
    odd["details"]["snapshots"] = json!([{"id": "snapshot-9", "name": "new"}]);
    // The same machine under another id.
    rename(&mut new, "vm-3", "vm-30");
    asset(&mut new, "vm-30")["details"]["vapp"] = "shop 2".into();
    new
}

/// Changed on purpose? `STOCKTAKE_BLESS=1 cargo test -p stocktake-export` writes the files anew; review them like code.
#[test]
fn a_difference_is_written_as_table_csv_and_json() {
    let difference = compared(&inventory(), &next_day());
    let mut written = [Vec::new(), Vec::new(), Vec::new()];
    let [table, csv, json] = &mut written;
    difference.write_table(table).expect("memory");
    difference.write_csv(csv).expect("memory");
    difference.write_json(json).expect("memory");
    let names = ["difference.txt", "difference.csv", "difference.json"];
    for (name, written) in names.into_iter().zip(written) {
        let written = String::from_utf8(written).expect("UTF-8");
        if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
            fs::write(fixture(name), &written).expect("written");
        }
        let expected = fs::read_to_string(fixture(name)).expect("the fixture");
        assert_eq!(written, expected, "{name}");
    }
}

#[test]
fn equal_inventories_have_no_difference() {
    let inventory = inventory();
    let difference = compared(&inventory, &inventory);
    assert!(difference.is_empty());
    assert_eq!(difference.unchanged, 21);
    assert_eq!(difference.notes, [""; 0]);

    // In another order, and with other payloads, they are as equal.
    let mut other = inventory.clone();
    let assets = other["assets"].as_array_mut().expect("assets");
    assets.reverse();
    for asset in assets {
        asset["raw_payload"] = json!({"config.changeVersion": "2"});
    }
    let difference = compared(&inventory, &other);
    assert!(difference.is_empty(), "{difference:?}");
}

#[test]
fn a_vcenter_that_was_set_up_anew_gives_other_ids_to_the_same_machines() {
    let mut new = inventory();
    for (id, other) in [
        ("vm-1", "x"),
        ("vm-2", "vm-1"),
        ("vm-3", "vm-2"),
        ("x", "vm-3"),
    ] {
        rename(&mut new, id, other);
    }
    let mut old = inventory();
    // It has the instance UUID of vm-1, which then tells nothing.
    for inventory in [&mut old, &mut new] {
        remove(inventory, "vm-4");
    }
    let difference = compared(&old, &new);
    assert_eq!(difference.moved, []);
    assert!(difference.added.is_empty() && difference.removed.is_empty());
    let former: Vec<_> = difference
        .changed
        .iter()
        .map(|changed| (changed.object.id.as_str(), changed.former_id.as_deref()))
        .collect();
    let expected = [
        ("vm-3", Some("vm-1")),
        ("vm-1", Some("vm-2")),
        ("vm-2", Some("vm-3")),
    ];
    assert_eq!(former, expected);
    for changed in &difference.changed {
        assert_eq!(changed.fields, [], "{changed:?}");
    }
}

#[test]
fn an_instance_uuid_that_two_machines_share_identifies_none() {
    // vm-1 and vm-4 of the fixture share one.
    let mut new = inventory();
    asset(&mut new, "vm-1")["external_id"] = "vm-11".into();
    asset(&mut new, "vm-4")["external_id"] = "vm-14".into();
    let difference = compared(&inventory(), &new);
    assert_eq!(difference.added.len(), 2);
    assert_eq!(difference.removed.len(), 2);
}

#[test]
fn a_vm_whose_instance_uuid_was_changed_is_the_same_by_its_id() {
    let mut new = inventory();
    asset(&mut new, "vm-2")["normalized"]["attributes"]["instance_uuid"] = "fresh".into();
    let difference = compared(&inventory(), &new);
    assert!(difference.added.is_empty() && difference.removed.is_empty());
    let [changed] = &difference.changed[..] else {
        panic!("{difference:?}");
    };
    assert_eq!(
        changed.fields[0].field,
        "normalized.attributes.instance_uuid"
    );
    assert_eq!(changed.former_id, None);
}

#[test]
fn fields_are_left_out_on_request() {
    let mut new = inventory();
    let web = asset(&mut new, "vm-1");
    web["details"]["storage"]["committed_bytes"] = 1.into();
    web["details"]["disks"][0]["path"] = "[san-1] other".into();
    let ignore = |fields: &[&str]| {
        let ignore = fields.iter().map(|&field| field.to_owned()).collect();
        let options = DiffOptions {
            ignore,
            ..DiffOptions::default()
        };
        compared_with(&inventory(), &new, &options)
    };
    let paths = |difference: &Difference| -> Vec<String> {
        let changed = difference.changed.iter();
        let fields = changed.flat_map(|changed| &changed.fields);
        fields.map(|field| field.field.clone()).collect()
    };
    assert_eq!(
        paths(&ignore(&["details.stor"])),
        [
            "details.disks[2000].path",
            "details.storage.committed_bytes"
        ]
    );
    assert_eq!(
        paths(&ignore(&["details.storage"])),
        ["details.disks[2000].path"]
    );
    assert!(ignore(&["details.storage", "details.disks.path"]).is_empty());
}

#[test]
fn inventories_of_another_profile_scope_or_mode_are_compared_and_that_is_said() {
    let difference = compared(&ledger_inventory(), &inventory());
    assert!(difference.is_empty(), "{difference:?}");
    let mut renamed = ledger_inventory();
    asset(&mut renamed, "vm-1")["normalized"]["identity"]["caption"] = "web".into();
    let difference = compared(&inventory(), &renamed);
    assert_eq!(
        difference.changed[0].fields[0].field,
        "normalized.identity.caption"
    );
    assert_eq!(difference.changed.len(), 1);
    assert_eq!(
        difference.notes,
        [
            "inventory.json has no details (profile ledger or sync) and inventory.json has (profile full): only `normalized` is compared"
        ]
    );

    let mut vms = inventory();
    let assets = vms["assets"].as_array_mut().expect("assets");
    assets.retain(|asset| asset["external_kind"] == "vm");
    vms["stats"]["assets"] = assets.len().into();
    vms["stats"]["evidence"] =
        json!({"scope": {"part": {"folder_paths": ["/Berlin/vm"]}}, "kinds": []});
    let difference = compared(&vms, &inventory());
    assert_eq!(difference.moved, [], "places that only one knows");
    assert!(difference.changed.is_empty());
    assert_eq!(difference.added.len(), 17);
    assert_eq!(
        difference.notes,
        [
            "inventory.json has no cluster, datacenter, datastore, datastorepod, dvportgroup, dvswitch, folder, host, network, resourcepool, \
             vapp: there is none, or its mode or profile does not collect them",
            "the scope of inventory.json is {\"part\":{\"folder_paths\":[\"/Berlin/vm\"]}}, that of inventory.json is not known",
        ]
    );
}

#[test]
fn an_inventory_that_is_not_complete_is_refused_on_either_side() {
    let mut short = inventory();
    remove(&mut short, "vm-1");
    short["stats"]["inventory_complete"] = false.into();
    let whole = inventory();
    for (old, new) in [(&short, &whole), (&whole, &short)] {
        let refused = diff(
            &mut response(old),
            &mut response(new),
            &DiffOptions::default(),
        );
        let message = refused.expect_err("a refusal").to_string();
        assert!(message.contains("is not a complete inventory"), "{message}");
        let allowed = DiffOptions {
            allow_incomplete: true,
            ..DiffOptions::default()
        };
        let difference = compared_with(old, new, &allowed);
        assert_eq!(difference.added.len() + difference.removed.len(), 1);
        assert!(difference.notes[0].ends_with("is not complete: what is missing in it may exist"));
    }
}

#[test]
fn an_object_that_a_response_has_twice_is_an_error() {
    let mut twice = inventory();
    let again = asset(&mut twice, "vm-2").clone();
    add(&mut twice, again);
    for (old, new) in [(inventory(), &twice), (twice.clone(), &inventory())] {
        let refused = diff(
            &mut response(&old),
            &mut response(new),
            &DiffOptions::default(),
        );
        let message = refused.expect_err("a refusal").to_string();
        assert!(message.contains("it has vm vm-2 twice"), "{message}");
    }
}
