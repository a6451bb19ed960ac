//! The simulator's folders, notes, attributes, snapshots and hardware, as pyVmomi reads them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use stocktake_simulator::{Profile, Simulator, SimulatorBuilder};
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::python::{details, property_types};
use stocktake_tests::server::{self, Server};
use stocktake_tests::vcsim::{Size, Vcsim};

fn varied() -> SimulatorBuilder {
    Simulator::builder().vms(150).hosts(12).clusters(3).varied()
}

/// A property that few objects have still has to be on one of them. These are on none.
const UNSET: [&str; 1] = ["HostSystem config.network.consoleVnic"];

#[test]
fn every_property_of_the_simulator_is_of_the_type_that_pyvmomi_declares() {
    let simulated = server::start(varied());
    let properties = simulated.simulator.properties();
    let counts = property_types(&simulated.server, &properties);
    let counts = counts.as_object().expect("counts");
    assert_eq!(counts.len(), properties.len());
    let unset = counts.iter().filter(|(_, count)| **count == json!(0));
    let unset: Vec<&String> = unset.map(|(name, _)| name).collect();
    assert_eq!(unset, UNSET);
}

#[test]
fn pyvmomi_reads_details_from_servers_of_every_version() {
    for profile in Profile::ALL {
        let builder = Simulator::builder().vms(30).hosts(6).clusters(2).varied();
        let simulated = server::start(builder.profile(profile));
        let details = details(&simulated.server);
        let totals = simulated.simulator.totals();
        for (kind, count) in [
            ("vm", totals.vms),
            ("host", totals.hosts),
            ("cluster", totals.clusters),
            ("datastore", totals.datastores),
            ("network", totals.networks + totals.opaque_networks),
            ("dvportgroup", totals.port_groups),
            ("dvswitch", totals.switches),
            ("datacenter", totals.datacenters),
            ("resourcepool", totals.resource_pools),
            ("vapp", totals.vapps),
            ("datastorepod", totals.storage_pods),
        ] {
            let clusters_of_a_host = profile == Profile::Esxi && kind == "cluster";
            let count = if clusters_of_a_host { 0 } else { count };
            let found = details[kind].as_object().expect("objects").len();
            assert_eq!(u32::try_from(found), Ok(count), "{profile} {kind}");
        }
        let with_tpm = those(&details, "vm", |vm| vm["vtpm"] == true).len();
        let has_none = matches!(profile, Profile::V6_5 | Profile::Esxi);
        assert_eq!(with_tpm, usize::from(!has_none), "{profile}");
    }
}

#[test]
fn pyvmomi_reads_details_from_vcsim() {
    let vcsim = Vcsim::start(Size {
        datacenters: 2,
        clusters: 2,
        hosts: 3,
        vms: 10,
    });
    let details = details(&vcsim.server);
    for (kind, count) in [("vm", 60), ("host", 14), ("cluster", 4), ("datacenter", 2)] {
        assert_eq!(
            details[kind].as_object().map(Map::len),
            Some(count),
            "{kind}"
        );
    }
    let of_first = those(&details, "vm", |vm| vm["folder_path"] == "/DC0/vm");
    assert_eq!(of_first.len(), 30);
    for vm in of_first {
        assert_eq!(
            (&vm["datacenter"], &vm["resource_pool"]),
            (&json!("DC0"), &json!("Resources"))
        );
        assert_eq!((list(vm, "disks").len(), list(vm, "nics").len()), (1, 1));
    }
}

/// What the collector makes of a server: `details` by kind and id.
fn collected(server: &Server) -> BTreeMap<String, Map<String, Value>> {
    let arguments = [
        "--profile",
        "full",
        "--include-templates",
        "--format",
        "json",
    ];
    let output = run_against(server, "collect", &arguments);
    let answer = response(&output);
    assert_eq!(output.status.code(), Some(0), "{}", answer["errors"]);
    assert_eq!(answer["stats"]["inventory_complete"], true);
    let mut kinds = BTreeMap::<_, Map<_, _>>::new();
    for asset in answer["assets"].as_array().expect("assets") {
        let [kind, id] = ["external_kind", "external_id"].map(|name| text(&asset[name]));
        let details = asset["details"].clone();
        kinds.entry(kind).or_default().insert(id, details);
    }
    kinds
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Of both, field by field, so that a failure names the field.
fn assert_same(server: &Server, case: &str) {
    let read = details(server);
    let collected = collected(server);
    let mut fields = 0;
    for (kind, objects) in read.as_object().expect("kinds") {
        let objects = objects.as_object().expect("objects");
        let nothing = Map::new();
        let found = collected.get(kind).unwrap_or(&nothing);
        let ids = |objects: &Map<String, Value>| objects.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(ids(found), ids(objects), "{case} {kind}");
        for (id, object) in objects {
            let [mut ours, mut theirs] = [&found[id], object].map(|details| {
                let details = details.as_object().cloned();
                details.unwrap_or_default()
            });
            for side in [&mut ours, &mut theirs] {
                side.remove("version");
            }
            for name in ids(&ours).union(&ids(&theirs)) {
                assert_eq!(
                    ours.get(name),
                    theirs.get(name),
                    "{case} {kind} {id} {name}"
                );
                fields += 1;
            }
        }
    }
    assert!(fields > 300, "{case}: {fields}");
}

#[test]
fn the_collector_reads_the_details_that_pyvmomi_reads_from_every_version() {
    for profile in Profile::ALL {
        let builder = Simulator::builder().vms(60).hosts(8).clusters(2).varied();
        let simulated = server::start(builder.profile(profile));
        assert_same(&simulated.server, &profile.to_string());
    }
}

#[test]
fn the_collector_reads_the_details_that_pyvmomi_reads_from_vcsim() {
    let size = Size {
        datacenters: 2,
        clusters: 2,
        hosts: 3,
        vms: 5,
    };
    let vcsim = Vcsim::start_with(
        size,
        &["-folder", "1", "-pool", "1", "-app", "1", "-pg", "2"],
    );
    assert_same(&vcsim.server, "vcsim");
}

/// The objects of a kind for which a condition holds.
fn those<'d>(details: &'d Value, kind: &str, fits: impl Fn(&Value) -> bool) -> Vec<&'d Value> {
    let objects = details[kind].as_object().expect("objects");
    objects.values().filter(|object| fits(object)).collect()
}

fn the_one<'d>(details: &'d Value, kind: &str, fits: impl Fn(&Value) -> bool) -> &'d Value {
    let found = those(details, kind, fits);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]
}

fn list<'v>(object: &'v Value, field: &str) -> &'v [Value] {
    object[field].as_array().map_or(&[], Vec::as_slice)
}

fn attributes(object: &Value) -> Map<String, Value> {
    let attributes = object["custom_attributes"].as_object();
    attributes.cloned().unwrap_or_default()
}

fn of_disks<'v>(vm: &'v Value, field: &str) -> Vec<&'v Value> {
    list(vm, "disks").iter().map(|disk| &disk[field]).collect()
}

#[test]
fn pyvmomi_reads_each_oddity_of_a_varied_inventory() {
    let simulated = server::start(varied());
    let details = details(&simulated.server);
    let vm = |fits: &dyn Fn(&Value) -> bool| the_one(&details, "vm", fits);

    let many = vm(&|vm| attributes(vm).len() >= 300);
    assert_eq!(many["custom_attributes"]["attribute 300"], "value 300");

    let notes = |vm: &Value| vm["annotation"].as_str().unwrap_or_default().to_owned();
    let long = notes(vm(&|vm| notes(vm).len() > 60_000));
    assert_eq!(long.chars().count(), 65_536);
    assert!(long.starts_with("=cmd|' /C calc'!A0\t+1-1\r\n@SUM(1;2) \u{85}"));

    let deep = vm(&|vm| list(vm, "snapshots").len() == 32);
    for pair in list(deep, "snapshots").windows(2) {
        assert_eq!(pair[1]["parent"], pair[0]["id"]);
        assert!(pair[1]["created_at"].as_str() > pair[0]["created_at"].as_str());
        assert_eq!(pair[0]["current"], false);
    }
    assert_eq!(list(deep, "snapshots")[31]["current"], true);

    let undated = |snapshot: &Value| snapshot.get("created_at").is_none();
    let undated = vm(&|vm| list(vm, "snapshots").iter().any(undated));
    assert_eq!(list(undated, "snapshots")[0]["name"], "before the upgrade");
    assert_eq!(list(undated, "snapshots")[1]["name"], "VM/Snapshot 50%");

    let branched = vm(&|vm| list(vm, "snapshots").len() == 7);
    let roots = list(branched, "snapshots").iter();
    assert_eq!(roots.filter(|one| one.get("parent").is_none()).count(), 2);
    assert_eq!(
        list(branched, "snapshots")[0]["created_at"],
        "2017-03-01T00:00:00Z"
    );

    let large = vm(&|vm| list(vm, "disks").len() == 60);
    assert_eq!(list(large, "nics").len(), 10);
    let last = &list(large, "disks")[59];
    assert_eq!(
        (&last["controller"], &last["unit"], &last["key"]),
        (&json!("SCSI controller 3"), &json!(15), &json!(2063))
    );

    let mapped = vm(&|vm| {
        of_disks(vm, "rdm").contains(&&json!(null)) && {
            let modes: Vec<_> = list(vm, "disks")
                .iter()
                .map(|disk| &disk["rdm"]["mode"])
                .collect();
            modes.contains(&&json!("physicalMode"))
        }
    });
    assert_eq!(list(mapped, "disks")[2]["rdm"]["mode"], "virtualMode");
    assert!(list(mapped, "disks")[1].get("thin").is_none());

    let independent = json!("independent_nonpersistent");
    let independent = vm(&|vm| of_disks(vm, "mode").contains(&&independent));
    assert_eq!(
        of_disks(independent, "mode"),
        [
            "persistent",
            "independent_persistent",
            "independent_nonpersistent"
        ]
    );

    let shared = json!("sharingMultiWriter");
    let shared = vm(&|vm| of_disks(vm, "sharing").contains(&&shared));
    assert_eq!(of_disks(shared, "sharing")[0], "sharingNone");

    let undated = those(&details, "vm", |vm| vm.get("created_at").is_none());
    assert!(
        !undated.is_empty() && undated.len() < 75,
        "{}",
        undated.len()
    );

    let tpm = vm(&|vm| vm["vtpm"] == true);
    assert_eq!(
        (&tpm["encrypted"], &tpm["firmware"]),
        (&json!(true), &json!("efi"))
    );

    let usb = vm(&|vm| !list(vm, "usb").is_empty());
    assert_eq!(
        usb["usb"],
        json!([{"label": "USB 1", "connected": true, "device": "path:1/0/3 version:2"}])
    );
    assert_eq!(
        of_disks(usb, "controller"),
        [
            "SCSI controller 0",
            "NVME controller 0",
            "SATA controller 0"
        ]
    );
    assert_eq!(
        list(usb, "cdroms")[1]["device"],
        "/vmfs/devices/cdrom/mpx.vmhba0:C0:T4:L0"
    );

    let opaque = |nic: &Value| {
        nic["network_name"]
            .as_str()
            .is_some_and(|name| name.contains("/tier-0"))
    };
    let opaque = vm(&|vm| list(vm, "nics").iter().any(opaque));
    let id = list(opaque, "nics")[0]["network_id"]
        .as_str()
        .expect("an id");
    assert!(details["network"].get(id).is_some(), "{id}");
}

#[test]
fn pyvmomi_reads_where_everything_lies() {
    let simulated = server::start(varied());
    let details = details(&simulated.server);
    let deep = those(&details, "resourcepool", |pool| pool["name"] == "Level 10");
    assert_eq!(deep.len(), 3);
    assert_eq!(
        deep[0]["path"],
        "/DC01 Berlin/host/Clusters/cluster-01/Resources/Test/Level 02/Level 03/Level 04/Level 05/Level 06/Level 07/Level 08/Level 09/Level 10"
    );
    let odd = those(&details, "resourcepool", |pool| {
        pool["name"] == "Gold / SLA 100%" || pool["name"] == "Dev\nand <Lab>"
    });
    assert_eq!(odd.len(), 6);

    let in_vapps = those(&details, "vm", |vm| vm.get("vapp").is_some());
    assert!(in_vapps.len() > 5, "{}", in_vapps.len());
    for vm in in_vapps {
        let datacenter = vm["datacenter"].as_str().expect("a datacenter");
        assert_eq!(vm["folder_path"], format!("/{datacenter}/vm"));
        assert_eq!(vm["resource_pool"], vm["vapp"]);
    }
    let test = those(&details, "vm", |vm| {
        vm["folder_path"] == "/DC02 Zürich/vm/Test%2fStaging"
    });
    assert!(!test.is_empty());

    let pod = &those(&details, "datastorepod", |_| true)[0];
    let members = those(&details, "datastore", |datastore| {
        datastore["pod"] == pod["name"]
    });
    let capacity = |datastore: &&Value| datastore["capacity_bytes"].as_u64().expect("bytes");
    assert_eq!(
        members.iter().map(capacity).sum::<u64>(),
        pod["capacity_bytes"].as_u64().expect("bytes")
    );
}
