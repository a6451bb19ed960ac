//! What filters mean over the assets of `sample.json` and of recorded responses.

use std::fs;

use serde_json::{Value, json};
use stocktake_contract::details::{self, Shape};
use stocktake_contract::normalized::Kind;
use stocktake_filter::asset::{self, Asset};
use stocktake_filter::{Catalogue as _, Column, Condition, Filter, Record as _, SortKey, Type};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn read(file: &str) -> Value {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("JSON")
}

fn sample() -> Vec<Value> {
    serde_json::from_value(read("tests/sample.json")).expect("assets")
}

fn condition(filter: &str) -> Condition<asset::Source> {
    let now = OffsetDateTime::parse("2026-02-01T06:00:00Z", &Rfc3339).expect("a time");
    Filter::parse(filter)
        .and_then(|filter| filter.resolve(asset::fields(), now))
        .unwrap_or_else(|error| panic!("{filter}: {error}"))
}

fn found(filter: &str, assets: &[Value]) -> Vec<String> {
    let condition = condition(filter);
    assets
        .iter()
        .filter(|asset| condition.matches(&Asset(asset)))
        .map(|asset| asset["external_id"].as_str().expect("an id").to_owned())
        .collect()
}

/// A filter, and what it finds in `sample.json`.
const MEANINGS: &[(&str, &str)] = &[
    // Words and names in any case, and the spellings of other languages.
    ("KIND == VM", "vm-1 vm-2 vm-3"),
    ("kind <> vm && !template", "host-9 datastore-22"),
    ("kind=host || Kind=datastore", "host-9 datastore-22"),
    ("NORMALIZED.hardware.Memory_Bytes >= 64GiB", "vm-2 host-9"),
    ("id = 'VM-1'", "vm-1"),
    // `and` before `or`, `not` before both.
    ("kind=host or kind=vm and name~db", "vm-2 host-9"),
    ("(kind=host or kind=vm) and name~db", "vm-2"),
    ("not kind=vm and not kind=host", "datastore-22"),
    ("not (kind=vm or kind=host)", "datastore-22"),
    ("not not kind=host", "host-9"),
    // Missing values fulfil negations only.
    ("cpu < 1000", "vm-1 vm-2 vm-3 host-9"),
    ("not cpu >= 16", "vm-1 vm-3 datastore-22"),
    ("cpu != 4", "vm-2 vm-3 host-9 datastore-22"),
    ("has cpu and cpu != 4", "vm-2 vm-3 host-9"),
    ("kind=vm and not has snapshots", "vm-1 vm-3"),
    ("has disks", "vm-1 vm-2"),
    ("has rdm", "vm-2"),
    ("notes !~ owner", "vm-2 vm-3 host-9 datastore-22"),
    // Lists: one of them, or none.
    ("ip = 10.1.0.11", "vm-1"),
    ("ip in (10.0.0.21, 10.0.0.11)", "vm-1 vm-2"),
    ("kind=vm and ip not in (10.1.0.11)", "vm-2 vm-3"),
    ("datastore=san-1", "vm-1 vm-2 host-9"),
    ("disks.capacity > 1TiB", "vm-1"),
    ("disks.capacity in (100GiB, 500 gib)", "vm-1 vm-2"),
    // Keys.
    ("custom_attributes.owner = nobody", "vm-3"),
    ("custom_attributes.OWNER ~ team", "vm-1"),
    ("custom_attributes ~ 47*", "vm-1"),
    ("has custom_attributes.'cost centre'", "vm-1"),
    ("tags.tier = frontend", "vm-1"),
    ("tag = test", "vm-2"),
    // Values of differing types.
    ("attributes.rack_units = 2", "vm-1 vm-2"),
    ("attributes.rack_units >= 2", "vm-1"),
    ("maintenance = true", "host-9"),
    ("in_maintenance_mode", "host-9"),
    ("template = no and kind = vm", "vm-1 vm-2"),
    ("cpu < 4.5 and cpu > 3.5", "vm-1"),
    // Units.
    ("memory = 16384 MiB", "vm-1"),
    ("memory = 0.5GiB", "vm-3"),
    ("memory = 17179869.184kB", "vm-1"),
    ("memory > 0 and kind = host", "host-9"),
    ("cpu_mhz > 2.1GHz and cpu_mhz < 2200", "host-9"),
    ("capacity >= 10TiB and free < 1TB", "datastore-22"),
    // Times; a date is a day.
    ("created_at = 2026-01-31", "vm-1"),
    ("created_at != 2026-01-31 and has created_at", "vm-2"),
    (
        "created_at <= 2026-01-31 and created_at >= 2026-01-31",
        "vm-1",
    ),
    ("created_at < 2026-01-31", "vm-2"),
    ("created_at > 2026-01-31", ""),
    ("created_at > 2026-01-30", "vm-1"),
    ("created_at = 2026-01-31T09:30:00+01:00", "vm-1"),
    ("created_at > now - 1d", "vm-1"),
    ("created_at > now-21h", ""),
    ("created = today-1d", "vm-1"),
    ("created < now-1w2d", "vm-2"),
    ("snapshots.created_at = 2025-12-24", "vm-2"),
    (
        "has snapshots and snapshots.created_at != 2025-12-25",
        "vm-2",
    ),
    // Versions.
    ("hardware_version >= vmx-10", "vm-1"),
    ("hardware_version = VMX-9", "vm-2"),
    ("os.version > 8 and os.version < 8.0.10", "host-9"),
    // Patterns.
    ("name ~ 'größe *'", "vm-3"),
    ("name ~ 'GRÖSSE*'", ""),
    ("name ~ '*100[*]'", "vm-3"),
    ("name ~ '??-01'", "vm-2"),
    ("kind=vm and name !~ '*-01'", "vm-3"),
    ("os ~ windows", "vm-2"),
    ("tools.status != current and kind = vm", "vm-2 vm-3"),
    // What no section of an asset is called.
    ("name = esx01.example.com", "host-9"),
    ("cluster = cluster-01", "host-9"),
    // Of one value in several places the first counts, of many values all do.
    ("name = web-01.example.com", ""),
    ("os ~ 'Microsoft*'", "vm-2"),
];

#[test]
fn a_filter_finds_what_people_expect() {
    let sample = sample();
    for (filter, expected) in MEANINGS {
        assert_eq!(found(filter, &sample).join(" "), *expected, "{filter}");
    }
}

#[test]
fn recorded_responses_are_filtered() {
    let response = read("../../fixtures/simulator-collect/expected.json");
    let assets = response["assets"].as_array().expect("assets");
    let large = assets.iter().filter(|asset| {
        asset["external_kind"] == "vm"
            && asset["normalized"]["hardware"]["memory_bytes"].as_u64() >= Some(4 << 30)
    });
    let large: Vec<&str> = large
        .map(|vm| vm["external_id"].as_str().expect("an id"))
        .collect();
    assert!(!large.is_empty());
    assert_eq!(found("kind=vm and memory>=4GiB", assets), large);
    assert_eq!(found("datastore=local-0001", assets), ["host-18"]);
    assert_eq!(
        found("kind=cluster and total_memory>1TiB", assets),
        ["domain-c16"]
    );
}

/// Every member of `normalized` that recorded assets have is a field.
#[test]
fn every_recorded_value_has_a_field() {
    let folders = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures"));
    let mut checked = 0;
    for folder in folders.expect("fixtures") {
        let file = folder.expect("a folder").path().join("expected.json");
        let Ok(text) = fs::read_to_string(file) else {
            continue;
        };
        let response: Value = serde_json::from_str(&text).expect("JSON");
        for asset in response["assets"].as_array().into_iter().flatten() {
            check_members(&asset["normalized"], "", &mut checked);
        }
    }
    assert!(checked > 1_000, "{checked} values");
}

fn check_members(json: &Value, path: &str, checked: &mut usize) {
    match json {
        Value::Object(members) => {
            for (name, member) in members {
                let path = format!("{path}.{name}");
                check_members(member, path.trim_start_matches('.'), checked);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                check_members(element, path, checked);
            }
        }
        _ if path == "version" || path == "kind" => {}
        value => {
            *checked += 1;
            let segments: Vec<String> = path.split('.').map(str::to_owned).collect();
            let field = asset::fields()
                .field(&segments)
                .unwrap_or_else(|| panic!("no field {path}"));
            let fits = match field.value_type {
                Type::Text | Type::Version | Type::Time => value.is_string(),
                Type::Choice(choices) => choices.contains(&value.as_str().unwrap_or_default()),
                Type::Number | Type::Quantity(_) => value.is_number(),
                Type::Boolean => value.is_boolean(),
                _ => true,
            };
            assert!(fits, "{path}: {value} is no {:?}", field.value_type);
        }
    }
}

#[test]
fn null_and_empty_lists_are_missing_and_empty_text_is_not() {
    let asset = |normalized: Value| json!({"external_kind": "vm", "normalized": normalized});
    for missing in [
        json!({}),
        json!({"comments": null}),
        json!({"comments": []}),
        json!({"comments": [null]}),
        json!({"comments": {"a": "b"}}),
        json!([]),
    ] {
        assert!(
            !condition("has comments").matches(&Asset(&asset(missing.clone()))),
            "{missing}"
        );
    }
    let empty = asset(json!({"comments": ""}));
    assert!(condition("has comments and comments=\"\"").matches(&Asset(&empty)));
}

#[test]
fn a_day_ends_before_the_next_begins() {
    for (created_at, days) in [
        ("2026-01-30T23:59:59.999999999Z", (true, false, false)),
        ("2026-01-31T00:00:00Z", (false, true, false)),
        ("2026-01-31T23:59:59.999999999Z", (false, true, false)),
        ("2026-02-01T00:00:00Z", (false, false, true)),
        ("2026-02-01T00:30:00+01:00", (false, true, false)),
    ] {
        let vm = json!({"details": {"created_at": created_at}});
        let holds = |filter: &str| condition(filter).matches(&Asset(&vm));
        let found = (
            holds("created_at < 2026-01-31"),
            holds("created_at = 2026-01-31"),
            holds("created_at > 2026-01-31"),
        );
        assert_eq!(found, days, "{created_at}");
    }
}

#[test]
fn whole_numbers_are_compared_exactly() {
    let vm = json!({"normalized": {"hardware": {"memory_bytes": 9_007_199_254_740_993_u64}}});
    for (filter, expected) in [
        ("memory_bytes = 9007199254740993", true),
        ("memory_bytes = 9007199254740992", false),
        ("memory_bytes > 9007199254740992", true),
        ("memory_bytes > 9007199254740992.5", true),
        ("memory_bytes < 9223372036854775808", true),
        ("memory_bytes > 99999999999999999999999", false),
        ("memory_bytes > -99999999999999999999999", true),
    ] {
        assert_eq!(condition(filter).matches(&Asset(&vm)), expected, "{filter}");
    }
}

#[test]
fn assets_are_sorted_with_missing_values_last() {
    let order = |keys: &str| {
        let keys = SortKey::parse_list(keys, asset::fields()).expect("an ordering");
        let compare = |a: &Value, b: &Value| {
            let orderings = keys.iter().map(|key| key.compare(&Asset(a), &Asset(b)));
            orderings.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        };
        let mut assets = sample();
        assets.sort_by(compare);
        for (a, b) in assets.iter().zip(&assets[1..]) {
            assert_eq!(compare(b, a), compare(a, b).reverse(), "{a} {b}");
        }
        let ids = assets
            .iter()
            .map(|asset| asset["external_id"].as_str().expect("an id").to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order("memory"), "vm-3 vm-1 vm-2 host-9 datastore-22");
    assert_eq!(order("-memory"), "host-9 vm-2 vm-1 vm-3 datastore-22");
    assert_eq!(order("name"), "vm-2 host-9 vm-3 datastore-22 vm-1");
    assert_eq!(
        order("custom_attributes.Owner, id"),
        "vm-3 vm-1 datastore-22 host-9 vm-2"
    );
    assert_eq!(order("kind, -name"), "datastore-22 host-9 vm-1 vm-3 vm-2");
    assert_eq!(
        order("hardware_version, id"),
        "vm-2 vm-1 datastore-22 host-9 vm-3"
    );
    assert_eq!(
        order("-created_at, +id"),
        "vm-1 vm-2 datastore-22 host-9 vm-3"
    );
}

#[test]
fn columns_have_titles_and_values() {
    let columns = Column::parse_list(
        "name, hardware.memory_bytes as memory, ip as \"IP, all\", tags.Env",
        asset::fields(),
    )
    .expect("columns");
    let titles: Vec<&str> = columns.iter().map(|column| column.title.as_str()).collect();
    assert_eq!(titles, ["name", "memory", "IP, all", "tags.Env"]);
    let sample = sample();
    let web = Asset(&sample[0]);
    let mut addresses = Vec::new();
    web.any_value(&columns[2].field, &mut |value| {
        addresses.push(value);
        false
    });
    assert_eq!(addresses.len(), 2);
    let tag = web.first_value(&columns[3].field);
    assert_eq!(tag, Some(stocktake_filter::Value::Text("prod")));
}

/// What is collected can be asked for.
#[test]
fn every_value_of_details_has_a_field() {
    for kind in Kind::ALL {
        for row in details::rows(kind) {
            let is_value = !matches!(
                row.field.shape,
                Shape::Object(_) | Shape::List(Shape::Object(_))
            );
            let name = row.name.replace("[]", "");
            let segments: Vec<String> = name.split('.').map(str::to_owned).collect();
            // The schema's own name is no value of an object.
            if is_value && name != "version" {
                let field = asset::fields().field(&segments);
                assert!(field.is_some(), "{kind:?} {name}");
            }
        }
    }
}
