//! Profile `full`: every kind with details, proved and counted like the others.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stocktake_tests::executable::{response, run, run_against};
use stocktake_tests::recording::record;
use stocktake_tests::request;
use stocktake_tests::vcsim::{Size, Vcsim};

const SIZE: Size = Size {
    datacenters: 2,
    clusters: 2,
    hosts: 3,
    vms: 5,
};

/// With what only `full` reads: folders above datacenters, resource pools and vApps.
fn vcsim(size: Size) -> Vcsim {
    Vcsim::start_with(
        size,
        &["-folder", "1", "-pool", "1", "-app", "1", "-pg", "2"],
    )
}

fn collect(vcsim: &Vcsim, arguments: &[&str]) -> Value {
    let output = run_against(&vcsim.server, "collect", arguments);
    let answer = response(&output);
    assert_eq!(output.status.code(), Some(0), "{}", answer["errors"]);
    answer
}

fn assets(answer: &Value) -> BTreeMap<&str, Vec<&Value>> {
    let mut assets = BTreeMap::<_, Vec<_>>::new();
    for asset in answer["assets"].as_array().expect("assets") {
        let kind = asset["external_kind"].as_str().expect("a kind");
        assets.entry(kind).or_default().push(asset);
    }
    assets
}

#[test]
fn every_kind_is_collected_with_details_and_counted_by_the_host() {
    let vcsim = vcsim(SIZE);
    let answer = collect(&vcsim, &["--profile", "full", "--evidence"]);
    let stats = &answer["stats"];
    assert_eq!(stats["inventory_complete"], true);
    assert_eq!(stats["evidence"]["counted_by"], "host");
    let assets = assets(&answer);
    let (_, hosts, clusters) = vcsim.counts();
    for (kind, least) in [
        ("vm", 40),
        ("host", hosts),
        ("cluster", clusters),
        ("datastore", 1),
        ("network", 2),
        ("dvportgroup", 4),
        ("dvswitch", 2),
        ("datacenter", 2),
        ("folder", 8),
        ("resourcepool", 8),
        ("vapp", 4),
    ] {
        let found = assets.get(kind).map_or(0, Vec::len) as u64;
        assert!(found >= least, "{found} of {kind}");
        let kinds = stats["evidence"]["kinds"].as_array().expect("kinds");
        let evidence = kinds.iter().find(|evidence| evidence["kind"] == kind);
        let evidence = evidence.expect("evidence");
        assert_eq!(evidence["announced"], found, "{evidence}");
        assert_eq!(evidence["returned"], found, "{evidence}");
    }
    for asset in assets.values().flatten() {
        assert_eq!(asset["details"]["version"], "details-v1", "{asset}");
    }
    for vm in &assets["vm"] {
        let details = &vm["details"];
        assert!(
            details["datacenter"]
                .as_str()
                .is_some_and(|name| name.starts_with("DC")),
            "{details}"
        );
        let folder = details["folder_path"].as_str().expect("a folder");
        assert!(folder.contains("/vm"), "{folder}");
        assert!(details["resource_pool"].is_string(), "{details}");
        let disk = &details["disks"][0];
        assert_eq!(disk["datastore_name"], "LocalDS_0", "{disk}");
        assert!(disk["controller"].is_string(), "{disk}");
        let nic = &details["nics"][0];
        assert!(nic["network_name"].is_string(), "{nic}");
    }
    // vcsim tells of a VM in a vApp by its resource pool only.
    let in_vapps = assets["vm"].iter().filter(|vm| {
        let pool = vm["details"]["resource_pool"].as_str();
        pool.is_some_and(|pool| pool.contains("_APP"))
    });
    assert!(in_vapps.count() > 0);
    for host in &assets["host"] {
        let details = &host["details"];
        assert!(details["datacenter"].is_string(), "{details}");
        assert_eq!(details["datastores"][0]["name"], "LocalDS_0", "{details}");
    }
    let pool = assets["resourcepool"][0];
    assert!(pool["details"]["cpu"]["shares"].is_u64(), "{pool}");
    assert!(
        pool["details"]["path"]
            .as_str()
            .is_some_and(|path| path.contains("/host/"))
    );

    let relations = answer["relations"].as_array().expect("relations");
    let within = |kind: &str, to: &str| {
        let of = relations.iter().filter(|relation| {
            relation["type"] == "contained_in"
                && relation["from"]["external_kind"] == kind
                && relation["to"]["external_kind"] == to
        });
        of.count()
    };
    let vms = assets["vm"].len();
    assert_eq!(within("vm", "resourcepool") + within("vm", "vapp"), vms);
    assert!(within("vm", "vapp") > 0);
    assert_eq!(within("cluster", "folder") as u64, clusters);
    assert!(within("folder", "datacenter") >= 8);
    // The root folder is not part of an inventory.
    assert_eq!(within("datacenter", "folder"), 1);
}

#[test]
fn other_profiles_have_no_details_and_no_tree() {
    let vcsim = vcsim(SIZE);
    for profile in ["ledger", "sync"] {
        let answer = collect(&vcsim, &["--profile", profile]);
        let text = answer.to_string();
        assert!(!text.contains("\"details\""), "{profile}");
        assert!(!text.contains("contained_in"), "{profile}");
        let assets = assets(&answer);
        for kind in ["datacenter", "folder", "resourcepool", "vapp"] {
            assert!(!assets.contains_key(kind), "{profile} {kind}");
        }
    }
}

#[test]
fn each_mode_has_details_of_its_kinds_alone() {
    let vcsim = vcsim(SIZE);
    for (mode, kinds) in [
        ("collect_vms", &["vm"][..]),
        ("collect_hosts", &["cluster", "host"][..]),
    ] {
        let answer = collect(&vcsim, &["--profile", "full", "--mode", mode]);
        assert_eq!(answer["stats"]["inventory_complete"], true, "{mode}");
        let assets = assets(&answer);
        assert_eq!(assets.keys().copied().collect::<Vec<_>>(), kinds, "{mode}");
        for asset in assets.values().flatten() {
            assert!(asset["details"]["datacenter"].is_string(), "{asset}");
        }
    }
}

#[test]
fn a_part_of_the_inventory_names_what_lies_outside_of_it() {
    let vcsim = vcsim(SIZE);
    let arguments = ["--profile", "full", "--scope-cluster", "DC1_C0"];
    let answer = collect(&vcsim, &arguments);
    assert_eq!(answer["stats"]["inventory_complete"], true);
    let assets = assets(&answer);
    assert_eq!(assets["cluster"].len(), 1);
    for vm in &assets["vm"] {
        assert_eq!(vm["details"]["datacenter"], "DC1", "{vm}");
        assert!(vm["details"]["folder_path"].is_string(), "{vm}");
    }
}

#[test]
fn every_page_size_and_strategy_tells_the_same() {
    let vcsim = vcsim(SIZE);
    let collect = |strategy: &str, size: &str| {
        let arguments = [
            "--profile",
            "full",
            "--strategy",
            strategy,
            "--page-size",
            size,
        ];
        let mut answer = collect(&vcsim, &arguments);
        let assets = answer["assets"].take();
        let mut assets = assets.as_array().expect("assets").clone();
        // vcsim reads a port group as the network that it is too, unless it is asked for alone.
        for asset in &mut assets {
            asset["raw_payload"].take();
        }
        assets.sort_by_key(|asset| {
            let text = |name: &str| asset[name].as_str().expect("text").to_owned();
            (text("external_kind"), text("external_id"))
        });
        assets
    };
    let whole = collect("property_collector", "1000");
    assert!(
        whole == collect("property_collector", "7"),
        "page sizes differ"
    );
    assert!(whole == collect("per_object", "1000"), "strategies differ");
}

/// What details cost in calls does not grow with the inventory.
#[test]
fn details_cost_at_most_five_calls_at_any_size() {
    for vms in [2, 120] {
        let vcsim = vcsim(Size { vms, ..SIZE });
        let calls = |profile: &str| {
            let asked = request::with(
                request::to(&vcsim.server, "collect"),
                "profile",
                json!(profile),
            );
            let recording = record(&vcsim.server, &asked);
            let errors = &recording.outcome.errors;
            assert!(recording.outcome.succeeded(), "{profile}: {errors:?}");
            recording.exchanges.len()
        };
        let (ledger, full) = (calls("ledger"), calls("full"));
        assert!(full <= ledger + 5, "{vms} VMs: {ledger} and {full} calls");
    }
}

#[test]
fn a_document_of_the_full_profile_is_valid_as_one() {
    let vcsim = vcsim(SIZE);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("full.json");
    let path = file.to_str().expect("UTF-8");
    let arguments = ["--profile", "full", "--output", path];
    let output = run_against(&vcsim.server, "collect", &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let validated = run(&["validate", "--full", path]);
    let report = String::from_utf8_lossy(&validated.stdout).into_owned();
    assert_eq!(validated.status.code(), Some(0), "{report}");
    let refused = run(&["validate", path]);
    let report = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{report}");
    assert!(report.contains("profile full"), "{report}");
}
