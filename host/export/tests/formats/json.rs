//! JSON and NDJSON.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use serde_json::Value;
use stocktake_export::{Format, Response, export};

use super::support::{exported, fixture, inventory, large_inventory, options};

#[test]
fn json_is_the_array_of_the_assets_and_ndjson_a_line_for_each() {
    for inventory in [inventory(), large_inventory()] {
        let array = exported(&inventory, Format::Json);
        let text = fs::read_to_string(&array.path).expect("the export");
        let read: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read, inventory["assets"]);

        let lines = exported(&inventory, Format::Ndjson);
        let text = fs::read_to_string(&lines.path).expect("the export");
        let read: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(Value::from(read), inventory["assets"]);
        let assets = inventory["assets"].as_array().expect("assets").len();
        assert_eq!(lines.report.assets, assets as u64);
    }
}

#[test]
fn an_asset_that_is_formatted_over_several_lines_is_one_line_of_ndjson() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("inventory.ndjson");
    let pretty = serde_json::to_vec_pretty(&inventory()).expect("JSON");
    let mut response = Response::new("pretty", Cursor::new(pretty));
    export(&mut response, Format::Ndjson, &path, &options()).expect("an export");
    let plain = exported(&inventory(), Format::Ndjson);
    let text = |path: &Path| fs::read_to_string(path).expect("an export");
    assert_eq!(text(&path), text(&plain.path));
}

#[test]
fn a_file_is_read_as_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("inventory.ndjson");
    let mut response = Response::open(fixture("inventory.json")).expect("the fixture");
    export(&mut response, Format::Ndjson, &path, &options()).expect("an export");
    let text = fs::read_to_string(&path).expect("the export");
    let whole = fs::read_to_string(fixture("inventory.json")).expect("the fixture");
    for line in text.lines() {
        assert!(whole.contains(line), "{line}");
    }
}
