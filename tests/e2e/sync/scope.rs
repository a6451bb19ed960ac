//! The requested part of an inventory.

use std::collections::BTreeSet;

use serde_json::Value;
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::{executable, server};

use super::{failed, items, small, sync, text};

fn names(document: &Value, list: &str) -> BTreeSet<String> {
    let rows = items(document, list).iter();
    rows.filter_map(|row| text(&row["name"])).collect()
}

/// Ids of the objects in a cluster.
fn in_cluster(document: &Value, list: &str, cluster: &str) -> BTreeSet<String> {
    let rows = items(document, list).iter();
    rows.filter(|row| row["cluster"] == *cluster)
        .filter_map(|row| text(&row["id"]))
        .collect()
}

#[test]
fn a_cluster_is_listed_with_its_hosts_their_vms_and_what_they_use() {
    let simulated = server::simulator(&[]);
    let vcsim = small();
    for server in [&simulated.server, &vcsim.server] {
        let everything = sync(server, &[]);
        let cluster = names(&everything, "clusters")
            .pop_first()
            .expect("a cluster");
        let one = sync(server, &["--scope-cluster", &cluster]);
        assert_eq!(names(&one, "clusters"), BTreeSet::from([cluster.clone()]));
        for list in ["hosts", "vms"] {
            let found = items(&one, list).iter();
            let found: BTreeSet<String> = found.filter_map(|row| text(&row["id"])).collect();
            assert_eq!(found, in_cluster(&everything, list, &cluster), "{list}");
        }
        assert!(!items(&one, "datastores").is_empty());
        let port_groups = items(&one, "dvpgs").iter();
        assert!(port_groups.clone().count() > 0);
        assert!(port_groups.clone().all(|row| row["dvs"].is_string()));
    }
    simulated.assert_clean();
}

#[test]
fn datacenters_alone_are_listed_whole_and_paths_name_them_too() {
    let vcsim = small();
    let everything = sync(&vcsim.server, &[]);
    let one = sync(&vcsim.server, &["--scope-datacenter", "DC1"]);
    assert_eq!(
        one["total_objects"].as_u64().map(|total| total * 2),
        everything["total_objects"].as_u64()
    );
    assert_eq!(names(&one, "dvswitches").len(), 1);
    let path = sync(&vcsim.server, &["--scope-folder", "/DC1"]);
    assert_eq!(one["vms"], path["vms"]);
    assert_eq!(one["total_objects"], path["total_objects"]);
}

/// A `/` within a name is written `%2f`, as the vCenter stores it.
#[test]
fn a_folder_of_vms_is_listed_without_their_hosts() {
    let simulated = server::simulator(&[]);
    let tree = ["DC01 Berlin", "vm", "Test%2fStaging"].join("/");
    let one = sync(&simulated.server, &["--scope-folder", &tree]);
    assert!(!items(&one, "vms").is_empty());
    assert!(items(&one, "hosts").is_empty());
    assert!(items(&one, "vms").iter().all(|vm| vm.get("host").is_none()));
    let collected = run_against(
        &simulated.server,
        "collect",
        &["--scope-folder", &tree, "--mode", "collect_vms"],
    );
    assert_eq!(collected.status.code(), Some(0));
    let related = items(&response(&collected), "relations").len();
    assert!(related > 0, "to hosts that are elsewhere");
    simulated.assert_clean();
}

#[test]
fn a_scope_that_matches_nothing_names_what_exists() {
    let vcsim = small();
    for (arguments, exists) in [
        (&["--scope-datacenter", "Atlantis"][..], r#""DC0", "DC1""#),
        (&["--scope-cluster", "Atlantis"], r#""DC0_C0", "DC0_C1""#),
        (
            &["--scope-cluster", "Atlantis", "--scope-datacenter", "DC1"],
            r#"are "DC1_C0", "DC1_C1""#,
        ),
        (&["--scope-folder", "/DC0/Atlantis"], r#""host", "network""#),
    ] {
        let document = failed(&vcsim.server, arguments);
        let message = text(&document["errors"][0]["message"]).expect("a message");
        assert!(message.contains("Atlantis"), "{message}");
        assert!(message.contains(exists), "{message}");
    }
}

/// The options of `collect` that reach the same places.
#[test]
fn collect_takes_kinds_profile_and_scope() {
    let simulated = server::simulator(&[]);
    let collect = |arguments: &[&str]| {
        let output = run_against(&simulated.server, "collect", arguments);
        let answer = response(&output);
        assert_eq!(output.status.code(), Some(0), "{}", answer["errors"]);
        answer
    };
    let kinds = |answer: &Value| -> BTreeSet<String> {
        let assets = items(answer, "assets").iter();
        assets
            .filter_map(|asset| text(&asset["external_kind"]))
            .collect()
    };
    let ledger = BTreeSet::from(["vm", "host", "cluster"].map(str::to_owned));
    assert_eq!(kinds(&collect(&[])), ledger);
    let asked = collect(&["--kinds", "datastore,dvswitch"]);
    let extended = ["datastore", "dvswitch"].map(str::to_owned);
    assert_eq!(
        kinds(&asked),
        ledger.iter().cloned().chain(extended).collect()
    );
    assert_eq!(kinds(&collect(&["--profile", "sync"])).len(), 7);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("response.json");
    std::fs::write(&file, asked.to_string()).expect("written");
    let file = file.to_str().expect("UTF-8");
    let valid = executable::run(&["validate", file, "--kinds", "datastore,dvswitch"]);
    assert_eq!(
        valid.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&valid.stdout)
    );
    assert_eq!(executable::run(&["validate", file]).status.code(), Some(1));
}
