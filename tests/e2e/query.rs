//! `--where` and `--columns`: a part of an inventory, for people.

use std::process::Output;

use stocktake_simulator::Simulator;
use stocktake_tests::executable::run_against;
use stocktake_tests::server::{self, Simulated};

fn simulated() -> Simulated {
    server::start(Simulator::builder().vms(40).hosts(4).clusters(2).varied())
}

fn collect(simulated: &Simulated, arguments: &[&str]) -> Output {
    let arguments = [&["--profile", "full"], arguments].concat();
    run_against(&simulated.server, "collect", &arguments)
}

fn stdout(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// AV-8: people find what they look for.
#[test]
fn a_query_shows_the_assets_and_values_that_it_names() {
    let simulated = simulated();
    let everything = stdout(&collect(&simulated, &["--format", "table"]));
    for part in ["FOLDER", "SNAPSHOTS", "RESOURCE POOLS", "COMPLETE"] {
        assert!(everything.contains(part), "{part}: {everything}");
    }
    let arguments = [
        "--where",
        "kind=vm and has snapshots",
        "--columns",
        "name, folder_path, snapshots.name as SNAPSHOT",
        "--format",
    ];
    let table = stdout(&collect(&simulated, &[&arguments[..], &["table"]].concat()));
    let heading = table.lines().next().expect("a heading");
    let counts = heading.strip_prefix("VIRTUAL MACHINES (").expect(heading);
    let (matching, total) = counts.split_once(" of ").expect(heading);
    assert!(matching.parse::<u32>().is_ok_and(|count| count > 0));
    let emitted = format!("vm          {}", total.trim_end_matches(')'));
    assert!(table.contains(&emitted), "the verdict is of all: {table}");
    assert!(!table.contains("HOSTS ("), "{table}");

    // Off a terminal, a part of an inventory is CSV.
    let csv = collect(&simulated, &arguments[..4]);
    let mut rows = csv::Reader::from_reader(csv.stdout.as_slice());
    let head = rows.headers().expect("a header").clone();
    assert_eq!(head, vec!["name", "folder_path", "SNAPSHOT"]);
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len().to_string(), matching);
    for row in rows {
        assert!(row[1].starts_with('/') && !row[2].is_empty(), "{row:?}");
    }

    let none = stdout(&collect(
        &simulated,
        &["--where", "name=nothing", "--format", "table"],
    ));
    assert!(none.starts_with("no asset matches --where\n"), "{none}");
}

/// A ledger would retire what a filter left out.
#[test]
fn a_part_of_an_inventory_is_no_document_for_programs() {
    let simulated = simulated();
    for format in ["json", "ndjson"] {
        let output = collect(&simulated, &["--where", "kind=vm", "--format", format]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("--format csv"), "{stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_mistake_in_a_query_is_wrong_usage_and_names_its_place() {
    let simulated = simulated();
    let output = collect(&simulated, &["--where", "kind=vm and memry>=16GiB"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for part in ["--where", "column 13", "did you mean `memory`", "^^^^^"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    simulated.assert_clean();
}
