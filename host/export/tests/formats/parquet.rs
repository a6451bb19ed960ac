//! Parquet files.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use stocktake_export::Format;

use super::support::{asset, exported, inventory, large_inventory, ledger_inventory, python};

/// What the files should have, per kind.
fn expected(inventory: &Value) -> BTreeMap<String, Vec<Value>> {
    let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for asset in inventory["assets"].as_array().expect("assets") {
        let mut normalized = asset["normalized"].clone();
        let members = normalized.as_object_mut().expect("an object");
        members.remove("version");
        members.remove("kind");
        if let Some(attributes) = members.get_mut("attributes") {
            for value in attributes.as_object_mut().expect("an object").values_mut() {
                if !value.is_string() {
                    *value = value.to_string().into();
                }
            }
        }
        let mut details = asset["details"].clone();
        if let Some(details) = details.as_object_mut() {
            details.remove("version");
        }
        let identity = &asset["normalized"]["identity"];
        let name = [&identity["caption"], &identity["hostname"]];
        let name = name.into_iter().find(|name| name.is_string());
        let row = json!({
            "external_id": asset["external_id"],
            "name": name,
            "normalized": normalized,
            "details": details,
        });
        let kind = asset["external_kind"].as_str().expect("a kind").to_owned();
        kinds.entry(kind).or_default().push(without_empty(row));
    }
    let relations = inventory["relations"].as_array().expect("relations");
    let relations = relations.iter().map(|relation| {
        json!({
            "type": relation["type"],
            "from_kind": relation["from"]["external_kind"],
            "from_id": relation["from"]["external_id"],
            "to_kind": relation["to"]["external_kind"],
            "to_id": relation["to"]["external_id"],
        })
    });
    kinds.insert("relation".to_owned(), relations.collect());
    kinds
}

fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, member)| (name, without_empty(member)));
            let is_there = |member: &Value| !member.is_null() && member != &json!({});
            Value::Object(
                members
                    .filter(|(_, member)| is_there(member))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.into_iter().map(without_empty).collect(),
        other => other,
    }
}

#[test]
fn pyarrow_and_duckdb_read_the_assets_that_were_written() {
    let mut empty_lists = inventory();
    let details = &mut asset(&mut empty_lists, "vm-1")["details"];
    details["disks"] = json!([]);
    details["nics"] =
        json!([{"addresses": []}, {}, {"addresses": [{"ip": "192.0.2.1"}, {"prefix": 7}]}]);
    for inventory in [
        inventory(),
        large_inventory(),
        ledger_inventory(),
        empty_lists,
    ] {
        let export = exported(&inventory, Format::Parquet);
        let read = python("parquet.py", &[&export.path]);
        let expected = expected(&inventory);
        for reader in ["pyarrow", "duckdb"] {
            let files = read[reader].as_object().expect("files");
            let names: Vec<&String> = files.keys().collect();
            assert_eq!(names, expected.keys().collect::<Vec<_>>(), "{reader}");
            for (name, rows) in files {
                assert_eq!(
                    rows,
                    &Value::from(expected[name].clone()),
                    "{reader} {name}"
                );
                let counted = rows.as_array().expect("rows").len() as u64;
                assert_eq!(export.report.rows[name], counted, "{name}");
            }
        }
        assert_eq!(export.report.omitted_numbers, 0);
    }
}

#[test]
fn columns_have_types_that_queries_can_use() {
    let read = python(
        "parquet.py",
        &[&exported(&inventory(), Format::Parquet).path],
    );
    let types = |kind: &str, column: &str| -> String {
        let name = read["types"][kind][column].as_str();
        name.expect("a column").to_owned()
    };
    assert_eq!(types("vm", "external_id"), "VARCHAR");
    let details = types("vm", "details");
    for part in [
        "created_at TIMESTAMP WITH TIME ZONE",
        "secure_boot BOOLEAN",
        "custom_attributes MAP(VARCHAR, VARCHAR)",
        "cpu STRUCT(sockets BIGINT",
    ] {
        assert!(details.contains(part), "{part}: {details}");
    }
    let gib = 1_u64 << 30;
    assert_eq!(
        read["answers"],
        json!([80 * gib, "=cmd|' /C calc'!A0", "esx-1.example.com", 4])
    );
}

#[test]
fn numbers_and_times_that_a_column_cannot_hold_are_absent_and_counted() {
    let mut inventory = inventory();
    let details = &mut asset(&mut inventory, "vm-1")["details"];
    details["cpu"]["limit_mhz"] = u64::MAX.into();
    details["created_at"] = "2026-13-41T99:00:00Z".into();
    let export = exported(&inventory, Format::Parquet);
    assert_eq!(export.report.omitted_numbers, 2);
    let read = python("parquet.py", &[&export.path]);
    let details = &read["duckdb"]["vm"][0]["details"];
    assert_eq!(details["cpu"].get("limit_mhz"), None);
    assert_eq!(details.get("created_at"), None);
    assert_eq!(details["cpu"]["shares"], 2000);
}

#[test]
fn row_groups_are_bounded() {
    let mut inventory = inventory();
    let one = asset(&mut inventory, "vm-2").clone();
    let assets = inventory["assets"].as_array_mut().expect("assets");
    for number in 0..300 {
        let mut vm = one.clone();
        vm["external_id"] = format!("vm-{}", 100 + number).into();
        vm["details"]["annotation"] = format!("{number} ").repeat(16_000).into();
        assets.push(vm);
    }
    inventory["stats"]["assets"] = assets.len().into();
    let read = python("parquet.py", &[&exported(&inventory, Format::Parquet).path]);
    assert_eq!(read["groups"]["vm"], 3);
    assert_eq!(read["groups"]["host"], 1);
    let expected = expected(&inventory);
    for reader in ["pyarrow", "duckdb"] {
        assert_eq!(read[reader]["vm"], Value::from(expected["vm"].clone()));
    }
}
