//! Against pyVmomi, VMware's own SDK, value by value.

use serde_json::{Map, Value};
use stocktake_simulator::{Profile, Simulator};
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::python::reference;
use stocktake_tests::server::{self, Server};
use stocktake_tests::vcsim::{Size, Vcsim};

/// Differences that are told.
const NAMED: usize = 20;

fn vcsim() -> Vcsim {
    Vcsim::start(Size {
        datacenters: 2,
        clusters: 2,
        hosts: 3,
        vms: 10,
    })
}

/// Types stand on the wire only where a field may hold several; pyVmomi knows them all.
fn untyped(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "_typeName")
            .map(|(name, value)| (name.clone(), untyped(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(untyped).collect(),
        value => value.clone(),
    }
}

/// What was compared, and where the two differ.
#[derive(Default)]
struct Comparison {
    values: usize,
    differences: Vec<String>,
}

impl Comparison {
    /// Compares the fields of two objects.
    fn fields(&mut self, at: &str, ours: &Value, theirs: &Value) {
        let names = |value: &Value| -> Vec<String> {
            let fields = value.as_object();
            fields.map_or_else(Vec::new, |fields| fields.keys().cloned().collect())
        };
        let mut all = names(ours);
        all.extend(names(theirs));
        all.sort_unstable();
        all.dedup();
        for name in all {
            self.values += 1;
            let ours = ours.get(&name).map(untyped);
            let theirs = theirs.get(&name).map(untyped);
            if ours != theirs {
                let difference = format!("{at} {name}: {ours:?}, pyVmomi reads {theirs:?}");
                self.differences.push(difference);
            }
        }
    }

    fn assert_equal(&self) {
        let told = &self.differences[..self.differences.len().min(NAMED)];
        assert!(
            told.is_empty(),
            "{} differences: {told:#?}",
            self.differences.len()
        );
    }
}

fn by_id(pairs: &Value) -> Map<String, Value> {
    let pairs = pairs.as_array().expect("pairs").iter();
    pairs
        .map(|pair| {
            let id = pair[0].as_str().expect("an id").to_owned();
            (id, pair[1].clone())
        })
        .collect()
}

/// The raw stage of `stocktake sync` and pyVmomi, kind by kind.
fn compare_raw(server: &Server, what: &str, arguments: &[&str], kinds: &[&str]) {
    let output = run_against(server, "sync", &[&["--raw"], arguments].concat());
    let ours = response(&output);
    assert_eq!(ours["errors"], Value::Array(Vec::new()));
    let theirs = reference(server, what);
    for kind in kinds {
        let mut comparison = Comparison::default();
        let (ours, theirs) = (by_id(&ours[kind]), by_id(&theirs[kind]));
        assert!(!theirs.is_empty(), "the server has no {kind}");
        let empty = Value::Object(Map::new());
        for id in ours
            .keys()
            .chain(theirs.keys().filter(|id| !ours.contains_key(*id)))
        {
            let of = |all: &Map<String, Value>| all.get(id).unwrap_or(&empty).clone();
            comparison.fields(&format!("{kind} {id}"), &of(&ours), &of(&theirs));
        }
        comparison.assert_equal();
        assert!(
            comparison.values >= theirs.len(),
            "{kind}: {}",
            comparison.values
        );
    }
}

/// `normalized` of the ledger profile and what the mapping's table makes of pyVmomi's objects.
fn compare_ledger(server: &Server) {
    let ours = response(&run_against(server, "collect", &[]));
    assert_eq!(ours["stats"]["inventory_complete"], true);
    let theirs = reference(server, "ledger");
    let mut comparison = Comparison::default();
    for (kind, theirs) in theirs.as_object().expect("kinds") {
        let assets = ours["assets"].as_array().expect("assets").iter();
        let ours: Map<String, Value> = assets
            .filter(|asset| asset["external_kind"] == kind.as_str())
            .map(|asset| {
                let id = asset["external_id"].as_str().expect("an id").to_owned();
                (id, asset["normalized"].clone())
            })
            .collect();
        let theirs = theirs.as_object().expect("objects");
        assert!(
            ours.keys().all(|id| theirs.contains_key(id)),
            "{kind}: more than pyVmomi"
        );
        for (id, theirs) in theirs {
            let ours = ours.get(id).cloned().unwrap_or_default();
            for section in [
                "identity",
                "network",
                "hardware",
                "os",
                "runtime",
                "storage",
                "attributes",
            ] {
                let mut ours = ours[section].clone();
                // What a VM is, is our own conclusion; no property holds it.
                if let Some(fields) = ours.as_object_mut() {
                    fields.remove("ghost_class");
                }
                comparison.fields(&format!("{kind} {id} {section}"), &ours, &theirs[section]);
            }
        }
    }
    comparison.assert_equal();
    assert!(comparison.values > 100, "{}", comparison.values);
}

const ALL: [&str; 7] = [
    "vms",
    "hosts",
    "clusters",
    "datastores",
    "networks",
    "dvpgs",
    "dvswitches",
];

/// PC-1, PC-4, PC-6, PC-10, RE-6: all seven kinds, object by object.
#[test]
fn sync_equals_what_pyvmomi_reads_from_vcsim_value_by_value() {
    let vcsim = vcsim();
    compare_raw(&vcsim.server, "sync", &[], &ALL);
    compare_raw(&vcsim.server, "deep", &["--deep-relationships"], &ALL);
}

/// PC-5: the heavy properties too.
#[test]
fn sync_equals_what_pyvmomi_reads_from_the_simulator_value_by_value() {
    let simulated = server::start(Simulator::builder().vms(150).hosts(12).clusters(3));
    compare_raw(&simulated.server, "sync", &["--page-size", "40"], &ALL);
    compare_raw(&simulated.server, "deep", &["--deep-relationships"], &ALL);
}

#[test]
fn sync_equals_what_pyvmomi_reads_from_servers_of_every_version() {
    for profile in Profile::ALL {
        let builder = Simulator::builder().vms(12).hosts(4).clusters(1);
        let simulated = server::start(builder.profile(profile));
        let kinds = match profile {
            Profile::Esxi => &["vms", "hosts", "datastores", "networks"][..],
            _ => &ALL[..],
        };
        compare_raw(&simulated.server, "sync", &[], kinds);
    }
}

/// RE-2: every mapped field of the ledger profile.
#[test]
fn the_ledger_profile_equals_pyvmomi_for_every_mapped_field_of_the_simulator() {
    let simulated = server::start(Simulator::builder().vms(150).hosts(12).clusters(3));
    compare_ledger(&simulated.server);
}

#[test]
fn the_ledger_profile_equals_pyvmomi_for_every_mapped_field_of_vcsim() {
    compare_ledger(&vcsim().server);
}
