//! `stocktake export` and `stocktake diff`: responses in other formats, and what changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use stocktake_simulator::Simulator;
use stocktake_tests::executable::{run, run_against};
use stocktake_tests::server;
use tempfile::TempDir;

/// A response of the profile full, in a folder for what is made of it.
fn collected() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inventory.json");
    let simulated = server::start(Simulator::builder().vms(40).hosts(4).clusters(2).varied());
    let arguments = ["--profile", "full", "--output", name(&file)];
    let output = run_against(&simulated.server, "collect", &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    (folder, file)
}

fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON")
}

fn vms(document: &Value) -> usize {
    let assets = document["assets"].as_array().expect("assets").iter();
    assets
        .filter(|asset| asset["external_kind"] == "vm")
        .count()
}

#[test]
fn a_response_is_exported_in_every_format() {
    let (folder, file) = collected();
    let document = read(&file);
    for (format, main) in [
        ("xlsx", ""),
        ("json", ""),
        ("ndjson", ""),
        ("csv", "vInfo.csv"),
        ("parquet", "vm.parquet"),
        ("netbox", "10-virtual-machines.json"),
    ] {
        let target = folder.path().join(format);
        let output = run(&[
            "export",
            name(&file),
            "--format",
            format,
            "--output",
            name(&target),
        ]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{format}: {}",
            stderr(&output)
        );
        let main = if main.is_empty() {
            target
        } else {
            target.join(main)
        };
        let length = fs::metadata(&main).map(|main| main.len());
        assert!(length.is_ok_and(|length| length > 0), "{}", main.display());
    }
    let sheet = folder.path().join("csv/vInfo.csv");
    let mut rows = csv::Reader::from_path(sheet).expect("CSV");
    assert_eq!(rows.records().count(), vms(&document));
    let array = read(&folder.path().join("json"));
    assert_eq!(array, document["assets"]);
    let piped = run(&["export", name(&file), "--format", "ndjson"]);
    let lines = fs::read(folder.path().join("ndjson")).expect("a file");
    assert_eq!(piped.stdout, lines);
}

#[test]
fn an_export_that_cannot_be_names_the_option_that_cures_it() {
    let (folder, file) = collected();
    let mut document = read(&file);
    document["stats"]["inventory_complete"] = false.into();
    let part = folder.path().join("part.json");
    fs::write(&part, document.to_string()).expect("written");
    let target = folder.path().join("out");
    let nowhere = folder.path().join("missing.json");
    let case = |arguments: &[&str], code: i32, cure: &str| {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert!(
            stderr(&output).contains(cure),
            "{cure}: {}",
            stderr(&output)
        );
        assert!(!target.exists(), "{arguments:?}");
    };
    let to = ["--output", name(&target)];

    case(
        &[&["export", name(&part), "--format", "xlsx"][..], &to].concat(),
        1,
        "--allow-incomplete",
    );
    case(
        &[&["diff", name(&part), name(&file)][..], &to].concat(),
        1,
        "--allow-incomplete",
    );
    case(
        &["export", name(&file), "--format", "csv"],
        2,
        "--output PATH",
    );
    case(
        &[&["export", name(&nowhere), "--format", "json"][..], &to].concat(),
        2,
        "missing.json",
    );
    case(
        &["export", name(&file), "--format", "pdf"],
        2,
        "possible values: xlsx",
    );
    let allowed = [
        &[
            "export",
            name(&part),
            "--format",
            "json",
            "--allow-incomplete",
        ][..],
        &to,
    ];
    let output = run(&allowed.concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("not complete"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn two_responses_are_compared_by_field_and_by_place() {
    let (folder, old) = collected();
    let mut document = read(&old);
    let assets = document["assets"].as_array_mut().expect("assets");
    let of_vms = |asset: &&mut Value| asset["external_kind"] == "vm";
    let mut changed = assets.iter_mut().filter(of_vms);
    let first = changed.next().expect("a VM");
    first["normalized"]["identity"]["caption"] = json!("renamed");
    let renamed = first["external_id"].clone();
    let moved = changed.next().expect("another VM");
    moved["details"]["folder_path"] = json!("/elsewhere");
    let moved = moved["external_id"].clone();
    let new = folder.path().join("new.json");
    fs::write(&new, document.to_string()).expect("written");

    let output = run(&["diff", name(&old), name(&new), "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let difference: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(difference["changed"][0]["id"], renamed, "{difference}");
    assert_eq!(difference["moved"][0]["id"], moved, "{difference}");
    for list in ["added", "removed"] {
        assert_eq!(difference[list], json!([]), "{difference}");
    }
    let table = run(&["diff", name(&old), name(&new), "--format", "table"]);
    let table = String::from_utf8(table.stdout).expect("UTF-8");
    assert!(
        table.contains("renamed") && table.contains("/elsewhere"),
        "{table}"
    );
    let csv = run(&["diff", name(&old), name(&new), "--format", "csv"]);
    let mut rows = csv::Reader::from_reader(csv.stdout.as_slice());
    assert_eq!(rows.records().count(), 2);
    let same = run(&["diff", name(&old), name(&old), "--format", "json"]);
    let same: Value = serde_json::from_slice(&same.stdout).expect("JSON");
    assert_eq!((&same["changed"], &same["moved"]), (&json!([]), &json!([])));
}
