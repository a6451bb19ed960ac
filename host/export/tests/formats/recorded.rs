//! Responses that the collector gave to recorded exchanges.

use std::fs;
use std::path::Path;

use serde_json::Value;
use stocktake_export::{DiffOptions, Format, Options, Response, diff, export, export_to};

use super::support::{exported, inventory, options, python, response};

/// Cases that have what is hard to write, besides those with details.
const RICH: [&str; 5] = [
    "duplicate-uuid",
    "esxi-host",
    "extended-kinds",
    "ghosts",
    "odd-names",
];

/// The responses of the fixtures that hold an inventory, by the name of their case.
fn responses() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut responses = Vec::new();
    for entry in fs::read_dir(folder).expect("the fixtures") {
        let case = entry.expect("an entry").path();
        let Ok(text) = fs::read_to_string(case.join("expected.json")) else {
            continue;
        };
        let response: Value = serde_json::from_str(&text).expect("JSON");
        if response["assets"].is_array() {
            let name = case.file_name().expect("a name").to_string_lossy();
            responses.push((name.into_owned(), response));
        }
    }
    responses
}

#[test]
fn responses_are_exported_in_every_format_and_equal_to_themselves() {
    let responses = responses();
    let has_details = |inventory: &Value| inventory["assets"][0]["details"].is_object();
    let mut inventories = responses.iter().map(|(_, inventory)| inventory);
    assert!(inventories.any(has_details));
    for (name, inventory) in &responses {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            allow_incomplete: true,
            ..options()
        };
        let is_rich = has_details(inventory) || RICH.contains(&name.as_str());
        for format in Format::ALL {
            // Each file of a directory is brought to the disk, which takes most of the time.
            if format.is_directory() && !is_rich {
                continue;
            }
            let path = folder.path().join(format!("out.{format}"));
            let report = export(&mut response(inventory), *format, &path, &options);
            let report = report.unwrap_or_else(|error| panic!("{name} {format}: {error}"));
            let assets = inventory["assets"].as_array().expect("assets").len();
            assert_eq!(report.assets, assets as u64, "{name} {format}");
        }
        if is_rich {
            let refused = python("netbox.py", &[&folder.path().join("out.netbox")]);
            assert_eq!(refused, serde_json::json!([]), "{name}");
            // It ends with an error when a cell is a formula.
            python("xlsx.py", &[&folder.path().join("out.xlsx")]);
        }
        let options = DiffOptions {
            allow_incomplete: true,
            ..DiffOptions::default()
        };
        let (mut old, mut new) = (response(inventory), response(inventory));
        let difference = diff(&mut old, &mut new, &options).expect("a difference");
        assert!(difference.is_empty(), "{name}: {difference:?}");
    }
}

#[test]
fn a_format_that_is_a_file_is_written_to_any_output() {
    for format in Format::ALL {
        let mut out = Vec::new();
        let written = export_to(
            &mut response(&inventory()),
            *format,
            "stdout",
            &mut out,
            &options(),
        );
        if format.is_directory() {
            let message = written.expect_err("a refusal").to_string();
            let expected = format!(
                "cannot write stdout: {format} is a directory of files; name a directory for it"
            );
            assert_eq!(message, expected);
            continue;
        }
        written.expect("written");
        let file = exported(&inventory(), *format);
        let file = fs::read(&file.path).expect("the export");
        // A workbook says when it was created.
        if *format == Format::Xlsx {
            assert!(out.starts_with(b"PK") && out.len().abs_diff(file.len()) < 64);
        } else {
            assert_eq!(out, file);
        }
    }
}

#[test]
fn a_response_that_is_not_there_is_named() {
    let error = Response::open("missing/inventory.json").expect_err("no file");
    let expected = "cannot read missing/inventory.json: No such file or directory (os error 2)";
    assert_eq!(error.to_string(), expected);
}
