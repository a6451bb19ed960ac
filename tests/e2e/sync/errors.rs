//! Errors in the document.

use serde_json::{Value, json};
use stocktake_simulator::Fault;
use stocktake_tests::executable::run_against;
use stocktake_tests::server::{self, Server};

use super::{LISTS, failed, items, sync};

/// PC-9: a problem of one object is reported with everything else.
#[test]
fn an_object_that_cannot_be_read_is_an_entry_and_not_the_end() {
    let (fault, total) = (Fault::ConfigUnreadable, 40);
    let simulated = server::simulator(&[fault]);
    let processed = sync(&simulated.server, &[]);
    let victim = simulated.simulator.victim(fault).expect("a victim");
    let entries = items(&processed, "errors");
    assert!(!entries.is_empty());
    for entry in entries {
        assert_eq!(entry["severity"], "warning", "{entry}");
        assert_eq!(entry["object"], *victim, "{entry}");
        assert!(
            entry["message"]
                .as_str()
                .is_some_and(|message| message.contains("System.Read")),
            "{entry}"
        );
    }
    let vms = items(&processed, "vms");
    assert_eq!(vms.len(), total);
    let row = vms
        .iter()
        .find(|row| row["id"] == *victim)
        .expect("its row");
    assert!(
        row["name"].is_string() && row.get("uuid").is_none(),
        "{row}"
    );
}

#[test]
fn a_failed_run_writes_what_it_has_with_the_reason() {
    let simulated = server::simulator(&[Fault::WithholdVm]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sync.json");
    let path = file.to_str().expect("UTF-8");
    let output = run_against(
        &simulated.server,
        "sync",
        &["--output", "unused", "--output-failed", path],
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    let victim = simulated
        .simulator
        .victim(Fault::WithholdVm)
        .expect("a victim");
    assert!(String::from_utf8_lossy(&output.stderr).contains(&victim));
    let document: Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the document")).expect("JSON");
    let errors = items(&document, "errors");
    let message = errors
        .iter()
        .find(|entry| entry["severity"] == "error")
        .expect("an error");
    assert_eq!(message["object"], *victim);
    assert_eq!(items(&document, "vms").len(), 39);
    simulated.assert_clean();
}

#[test]
fn a_run_that_cannot_begin_is_a_document_too() {
    let simulated = server::simulator(&[]);
    let unreachable = Server {
        url: "https://127.0.0.1:1".to_owned(),
        username: "u".to_owned(),
        password: "p".to_owned(),
        ca_file: simulated.server.ca_file.clone(),
        preferred_version: "7.0-8.x",
    };
    let document = failed(&unreachable, &[]);
    assert_eq!(document["total_objects"], 0);
    assert_eq!(document["errors"][0]["severity"], "error");
    assert_eq!(document["errors"][0]["object"], "");
    let raw = failed(&unreachable, &["--raw"]);
    assert!(LISTS.iter().all(|list| raw[list] == json!([])), "{raw}");
}
