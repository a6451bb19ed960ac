//! Against the project's own simulator: size, formats, the demo.

use serde_json::Value;
use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::executable::{response, run, run_against};
use stocktake_tests::server;

#[test]
fn fifty_thousand_vms_generated_are_collected_whole() {
    let simulated = server::start(
        Simulator::builder()
            .vms(50_000)
            .hosts(400)
            .clusters(20)
            .seed(5),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("response.json");
    let path = file.to_str().expect("UTF-8");
    let output = run_against(
        &simulated.server,
        "collect",
        &["--output", path, "--include-templates"],
    );
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let document = std::fs::read(&file).expect("the response");
    assert!(document.is_ascii());
    let tail = String::from_utf8_lossy(&document[document.len() - 200..]).into_owned();
    assert!(tail.contains(r#""inventory_complete":true"#), "{tail}");
    let output = run(&["validate", path]);
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.starts_with("valid: 50420 assets (20 cluster, 400 host, 50000 vm)"),
        "{output}"
    );
    simulated.assert_clean();
}

#[test]
fn every_format_shows_the_same_inventory() {
    let simulated = server::simulator(&[]);
    let collect = |format: &str| {
        let output = run_against(&simulated.server, "collect", &["--format", format]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        output
    };
    let assets = response(&collect("json"))["stats"]["assets"]
        .as_u64()
        .expect("a count");
    let lines = String::from_utf8(collect("ndjson").stdout).expect("UTF-8");
    let values: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        values
            .iter()
            .filter(|value| value.get("asset").is_some())
            .count() as u64,
        assets
    );
    let summary = &values.last().expect("a summary")["summary"];
    assert_eq!(
        (summary["assets"].as_u64(), &summary["inventory_complete"]),
        (Some(assets), &Value::Bool(true))
    );
    let rows = String::from_utf8(collect("csv").stdout).expect("UTF-8");
    assert_eq!(rows.lines().count() as u64, assets + 1);
    let table = String::from_utf8(collect("table").stdout).expect("UTF-8");
    assert!(
        table.contains("COMPLETE: every object") && table.contains("VIRTUAL MACHINES ("),
        "{table}"
    );
    simulated.assert_clean();
}

#[test]
fn simulate_lists_every_fault_with_what_it_does() {
    let output = run(&["simulate", "--list-faults"]);
    assert_eq!(output.status.code(), Some(0));
    let listed = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(listed.lines().count(), Fault::all().len());
    for (line, fault) in listed.lines().zip(Fault::all()) {
        assert!(line.starts_with(fault.name()), "{line}");
        assert!(line.ends_with(fault.description()), "{line}");
    }
}

#[test]
fn the_demo_ends_with_tables_verdict_evidence_and_the_response() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("demo.json");
    let path = file.to_str().expect("UTF-8");
    let output = run(&[
        "demo",
        "--vms",
        "60",
        "--hosts",
        "6",
        "--clusters",
        "2",
        "--output",
        path,
    ]);
    assert_eq!(output.status.code(), Some(0));
    let message = String::from_utf8(output.stdout).expect("UTF-8");
    for part in [
        "CLUSTERS (2)",
        "HOSTS (6)",
        "VIRTUAL MACHINES (",
        "verdict     COMPLETE",
        "vm          60 announced = 60 returned",
        path,
    ] {
        assert!(message.contains(part), "{part} is missing in {message}");
    }
    assert_eq!(run(&["validate", path]).status.code(), Some(0));
}

#[test]
fn validate_names_every_problem_by_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.json");
    let document = serde_json::json!({
        "schema_version": "collector-response-v1",
        "assets": [
            {"external_kind": "vm", "external_id": "vm-1", "normalized": {"version": "normalized-v1", "kind": "vm", "hardware": {"memory_bytes": -1}}, "raw_payload": {}},
            {"external_kind": "vm", "external_id": "vm-1", "normalized": {"version": "normalized-v1", "kind": "host"}, "raw_payload": {}},
        ],
        "relations": [{"type": "runs_on", "from": {"external_kind": "vm", "external_id": "vm-1"}, "to": {"external_kind": "host", "external_id": "host-9"}, "raw_payload": {}}],
        "stats": {"assets": 3, "relations": 1, "inventory_complete": true, "warnings": []},
        "errors": [],
    });
    std::fs::write(&file, document.to_string()).expect("written");
    let output = run(&[
        "validate",
        file.to_str().expect("UTF-8"),
        "--mode",
        "collect",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stdout).expect("UTF-8");
    for part in [
        "SCHEMA_VALIDATION_FAILED: $.assets[0].normalized.hardware.memory_bytes",
        "$.assets[1]",
        "$.relations[0]",
        "$.stats",
    ] {
        assert!(message.contains(part), "{part} is missing in {message}");
    }
}

/// Cells of CSV output by column name, a map per row.
fn csv_rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize();
    rows.map(|row| row.expect("a row")).collect()
}

fn of_type<'a>(relations: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let relations = relations.iter();
    relations.filter(move |relation| relation["type"] == kind)
}

#[test]
fn csv_shows_os_host_cluster_and_datastores_by_name() {
    let simulated = server::simulator(&[]);
    let document = response(&run_against(&simulated.server, "collect", &[]));
    let output = run_against(&simulated.server, "collect", &["--format", "csv"]);
    let rows = csv_rows(&String::from_utf8(output.stdout).expect("UTF-8"));
    let assets = document["assets"].as_array().expect("assets");
    let name = |kind: &str, id: &Value, key: &str| {
        let asset = assets
            .iter()
            .find(|asset| asset["external_kind"] == kind && asset["external_id"] == *id);
        let asset = asset.expect("an end of a relation");
        asset["normalized"]["identity"][key]
            .as_str()
            .expect("a name")
            .to_owned()
    };
    let row = |id: &Value| rows.iter().find(|row| row["id"] == *id).expect("a row");
    let relations = document["relations"].as_array().expect("relations");
    for relation in of_type(relations, "member_of") {
        let [from, to] = ["from", "to"].map(|end| &relation[end]["external_id"]);
        assert_eq!(row(from)["cluster"], name("cluster", to, "caption"));
        let host = row(from);
        assert_eq!(
            (host["os_name"].as_str(), host["os_version"].is_empty()),
            ("ESXi", false)
        );
        assert!(host["datastores"].contains("san-cluster"), "{host:?}");
    }
    let mut placed = 0;
    for relation in of_type(relations, "runs_on") {
        placed += 1;
        let [vm, host] = ["from", "to"].map(|end| &relation[end]["external_id"]);
        assert_eq!(row(vm)["host"], name("host", host, "hostname"));
        assert_eq!(row(vm)["cluster"], row(host)["cluster"]);
        let path = assets.iter().find(|asset| asset["external_id"] == *vm);
        let path = path.expect("the VM")["normalized"]["attributes"]["vm_path"].as_str();
        let datastore = path.expect("a path").trim_start_matches('[');
        let datastore = datastore.split(']').next().expect("a name");
        assert!(
            row(vm)["datastores"]
                .split("; ")
                .any(|name| name == datastore)
        );
    }
    assert!(placed > 10, "{placed}");
    simulated.assert_clean();
}

#[test]
fn sizes_in_a_table_are_what_they_are() {
    let simulated = server::simulator(&[]);
    let document = response(&run_against(&simulated.server, "collect", &[]));
    let small = document["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .find(|asset| asset["normalized"]["hardware"]["memory_bytes"] == 134_217_728);
    let id = small.expect("a VM of 128 MiB")["external_id"]
        .as_str()
        .expect("an id");
    let output = run_against(&simulated.server, "collect", &["--format", "table"]);
    let table = String::from_utf8(output.stdout).expect("UTF-8");
    let line = table.lines().find(|line| line.trim_start().starts_with(id));
    let line = line.expect("its line");
    assert!(line.contains("  128 MiB  "), "{line}");
}
