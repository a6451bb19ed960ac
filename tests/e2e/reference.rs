//! Against pyVmomi, VMware's own SDK, value by value.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use stocktake_simulator::{Fault, Profile, Simulator};
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::python::reference;
use stocktake_tests::server::{self, Server, Simulated};
use stocktake_tests::vcsim::{Size, Vcsim};

/// Most reported differences.
const NAMED: usize = 20;

const KINDS: [&str; 7] = [
    "vms",
    "hosts",
    "clusters",
    "datastores",
    "networks",
    "dvpgs",
    "dvswitches",
];

fn vcsim() -> Vcsim {
    Vcsim::start(Size {
        datacenters: 2,
        clusters: 2,
        hosts: 3,
        vms: 10,
    })
}

fn simulated() -> Simulated {
    server::start(Simulator::builder().vms(150).hosts(12).clusters(3))
}

/// The objects of a kind by id.
type Objects = Map<String, Value>;

/// The number of compared values, and the differences.
#[derive(Default)]
struct Comparison {
    values: usize,
    differences: Vec<String>,
}

impl Comparison {
    /// Compares all objects of a kind, of which there must be some.
    fn objects(&mut self, kind: &str, ours: &Objects, theirs: &Objects) {
        assert!(!theirs.is_empty(), "the server has no {kind}");
        let before = self.values;
        for id in names(ours, theirs) {
            let at = format!("{kind} {id}");
            match (ours.get(id), theirs.get(id)) {
                (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
                    for property in names(ours, theirs) {
                        let at = format!("{at} {property}");
                        self.value(&at, ours.get(property), theirs.get(property));
                    }
                }
                (_, None) => self.differences.push(format!("{at}: pyVmomi has none")),
                _ => self.differences.push(format!("{at}: only pyVmomi has it")),
            }
        }
        let compared = self.values - before;
        let is_told = !self.differences.is_empty();
        assert!(
            is_told || compared >= theirs.len(),
            "{kind}: {compared} values"
        );
    }

    fn relations(&mut self, ours: &BTreeSet<String>, theirs: &BTreeSet<String>) {
        assert!(!theirs.is_empty(), "the server has no relations");
        self.values += theirs.len();
        for relation in ours.difference(theirs) {
            self.differences
                .push(format!("relation {relation}: pyVmomi has none"));
        }
        for relation in theirs.difference(ours) {
            self.differences
                .push(format!("relation {relation}: only pyVmomi has it"));
        }
    }

    fn value(&mut self, at: &str, ours: Option<&Value>, theirs: Option<&Value>) {
        match (ours, theirs) {
            (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
                let mut theirs = theirs.clone();
                // Some servers send a type that the schema implies; it must be the same.
                if let Some(type_name) = theirs.remove("_typeNameIfNamed")
                    && ours.contains_key("_typeName")
                {
                    theirs.insert("_typeName".to_owned(), type_name);
                }
                for name in names(ours, &theirs) {
                    self.value(&format!("{at}.{name}"), ours.get(name), theirs.get(name));
                }
            }
            (Some(Value::Array(ours)), Some(Value::Array(theirs))) => {
                for index in 0..ours.len().max(theirs.len()) {
                    let at = format!("{at}[{index}]");
                    self.value(&at, ours.get(index), theirs.get(index));
                }
            }
            _ => {
                self.values += 1;
                if ours != theirs {
                    let text = |value: Option<&Value>| {
                        value.map_or_else(|| "nothing".to_owned(), Value::to_string)
                    };
                    let (ours, theirs) = (text(ours), text(theirs));
                    self.differences
                        .push(format!("{at}: {ours}, pyVmomi reads {theirs}"));
                }
            }
        }
    }

    /// Asserts that nothing differs in at least `values` values.
    fn assert_equal(&self, values: usize) {
        let count = self.differences.len();
        let named = self.differences[..count.min(NAMED)].join("\n");
        assert!(
            count == 0,
            "{count} of {} values differ:\n{named}",
            self.values
        );
        assert!(self.values >= values, "only {} values", self.values);
    }
}

fn names<'v>(ours: &'v Map<String, Value>, theirs: &'v Map<String, Value>) -> BTreeSet<&'v str> {
    ours.keys()
        .chain(theirs.keys())
        .map(String::as_str)
        .collect()
}

fn objects(pairs: impl IntoIterator<Item = (Value, Value)>) -> Objects {
    let mut found = Objects::new();
    for (id, properties) in pairs {
        let id = id.as_str().expect("an id").to_owned();
        let former = found.insert(id.clone(), properties);
        assert!(former.is_none(), "{id} stands there twice");
    }
    found
}

/// Of a list of `[id, {property: value}]`.
fn pairs(list: &Value) -> Objects {
    let list = list.as_array().expect("pairs").iter();
    objects(list.map(|pair| (pair[0].clone(), pair[1].clone())))
}

/// `field` of every asset of a kind.
fn assets(response: &Value, kind: &str, field: &str) -> Objects {
    let assets = response["assets"].as_array().expect("assets").iter();
    let of_kind = assets.filter(|asset| asset["external_kind"] == kind);
    objects(of_kind.map(|asset| (asset["external_id"].clone(), asset[field].clone())))
}

/// The raw stage of `stocktake sync` and pyVmomi, object by object.
fn compare_sync(server: &Server, kinds: &[&str], is_deep: bool) {
    let (mut arguments, mut asked) = (vec!["--raw", "--page-size", "40"], vec!["sync"]);
    if is_deep {
        arguments.push("--deep-relationships");
        asked.push("--deep");
    }
    let ours = response(&run_against(server, "sync", &arguments));
    assert_eq!(ours["errors"], json!([]));
    let theirs = reference(server, &asked);
    let mut comparison = Comparison::default();
    for kind in kinds {
        comparison.objects(kind, &pairs(&ours[kind]), &pairs(&theirs[kind]));
    }
    comparison.assert_equal(100);
}

/// `normalized` and the relations of the ledger profile, and what the mapping's table makes of
/// pyVmomi's objects.
fn compare_ledger(server: &Server) {
    let ours = response(&run_against(server, "collect", &[]));
    assert_eq!(ours["stats"]["inventory_complete"], true);
    let theirs = reference(server, &["ledger"]);
    let mut comparison = Comparison::default();
    for kind in ["vm", "host", "cluster"] {
        let mut ours = assets(&ours, kind, "normalized");
        for normalized in ours.values_mut() {
            // It is derived from several properties, and not in the table.
            if let Some(Value::Object(attributes)) = normalized.get_mut("attributes") {
                attributes.remove("ghost_class");
            }
        }
        let theirs = theirs[kind].as_object().expect("objects by id");
        comparison.objects(kind, &ours, theirs);
    }
    let listed = ours["relations"].as_array().expect("relations");
    let of_ours: BTreeSet<String> = listed
        .iter()
        .map(|relation| {
            let [from, to] = ["from", "to"].map(|end| &relation[end]["external_id"]);
            json!([relation["type"], from, to]).to_string()
        })
        .collect();
    assert_eq!(of_ours.len(), listed.len(), "a relation stands there twice");
    let of_theirs = theirs["relations"].as_array().expect("relations");
    let of_theirs = of_theirs.iter().map(Value::to_string).collect();
    comparison.relations(&of_ours, &of_theirs);
    comparison.assert_equal(500);
}

/// The relations of VMs with `--kinds`, without the heavy properties.
fn compare_uses(server: &Server) {
    let kinds = ["--kinds", "datastore,network,dvportgroup"];
    let ours = response(&run_against(server, "collect", &kinds));
    assert_eq!(ours["stats"]["inventory_complete"], true);
    let listed = ours["relations"].as_array().expect("relations");
    let listed: Vec<String> = listed
        .iter()
        .filter(|relation| relation["type"] == "stored_on" || relation["type"] == "attached_to")
        .map(|relation| {
            let [from, to] = ["from", "to"].map(|end| &relation[end]["external_id"]);
            json!([relation["type"], from, to]).to_string()
        })
        .collect();
    let of_ours: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(of_ours.len(), listed.len(), "a relation stands there twice");
    let theirs = reference(server, &["ledger"]);
    let of_theirs = theirs["uses"].as_array().expect("relations");
    let of_theirs = of_theirs.iter().map(Value::to_string).collect();
    let mut comparison = Comparison::default();
    comparison.relations(&of_ours, &of_theirs);
    comparison.assert_equal(20);
}

/// The raw payloads of the ledger profile, nested values and all.
fn compare_payloads(server: &Server) {
    let every_kind = ["--kinds", "datastore,network,dvportgroup,dvswitch"];
    let arguments = [&every_kind[..], &["--include-templates"]].concat();
    let ours = response(&run_against(server, "collect", &arguments));
    assert_eq!(ours["stats"]["inventory_complete"], true);
    let theirs = reference(server, &["ledger", "--raw"]);
    let mut comparison = Comparison::default();
    for (kind, external_kind) in KINDS.into_iter().zip([
        "vm",
        "host",
        "cluster",
        "datastore",
        "network",
        "dvportgroup",
        "dvswitch",
    ]) {
        let payloads = assets(&ours, external_kind, "raw_payload");
        comparison.objects(kind, &payloads, &pairs(&theirs[kind]));
    }
    comparison.assert_equal(5_000);
}

/// PC-1, PC-4, PC-6, PC-10, RE-6: all seven kinds, object by object.
#[test]
fn sync_equals_what_pyvmomi_reads_from_vcsim_value_by_value() {
    compare_sync(&vcsim().server, &KINDS, false);
}

/// PC-1, PC-4, PC-6, PC-10
#[test]
fn sync_equals_what_pyvmomi_reads_from_the_simulator_value_by_value() {
    compare_sync(&simulated().server, &KINDS, false);
}

/// PC-4, PC-6
#[test]
fn sync_equals_what_pyvmomi_reads_from_servers_of_every_version() {
    for profile in Profile::ALL {
        let builder = Simulator::builder().vms(30).hosts(6).clusters(1);
        let simulated = server::start(builder.profile(profile));
        let kinds = match profile {
            Profile::Esxi => &["vms", "hosts", "datastores", "networks"][..],
            _ => &KINDS[..],
        };
        compare_sync(&simulated.server, kinds, false);
    }
}

/// PC-5: the six heavy properties, if requested.
#[test]
fn deep_relationships_equal_what_pyvmomi_reads_from_the_simulator() {
    compare_sync(&simulated().server, &KINDS, true);
}

/// PC-5, RE-6
#[test]
fn deep_relationships_equal_what_pyvmomi_reads_from_vcsim() {
    compare_sync(&vcsim().server, &KINDS, true);
}

/// RE-2: every mapped field, and the relations.
#[test]
fn the_ledger_profile_equals_pyvmomi_for_every_mapped_field_of_the_simulator() {
    compare_ledger(&simulated().server);
}

/// RE-2, RE-6
#[test]
fn the_ledger_profile_equals_pyvmomi_for_every_mapped_field_of_vcsim() {
    compare_ledger(&vcsim().server);
}

/// PC-5: disks and network cards contain it, so no heavy property is read.
#[test]
fn kinds_relate_vms_to_what_their_devices_refer_to_for_pyvmomi() {
    compare_uses(&simulated().server);
    compare_uses(&vcsim().server);
}

/// RE-2: clones without a configuration, templates, VMs of lost files, guests without data.
#[test]
fn the_ledger_profile_equals_pyvmomi_for_vms_that_lack_what_others_have() {
    let builder = Simulator::builder().vms(60).hosts(6).clusters(2);
    let simulated = server::start(builder.fault(Fault::Ghosts).fault(Fault::GuestSilent));
    compare_ledger(&simulated.server);
}

/// RE-2, PC-6, PC-10: devices, backings, adapters, disks, each with its type.
#[test]
fn raw_payloads_equal_what_pyvmomi_reads_from_the_simulator_value_by_value() {
    compare_payloads(&simulated().server);
}

/// RE-2, PC-6, PC-10, RE-6
#[test]
fn raw_payloads_equal_what_pyvmomi_reads_from_vcsim_value_by_value() {
    compare_payloads(&vcsim().server);
}
