//! What is made of the objects of a run, one by one as they arrive.

use stocktake_contract::normalized::Kind;
use stocktake_contract::{ErrorCode, Problem, Warning, WarningCode};

use crate::config::Config;
use crate::datastores::Datastores;
use crate::inventory::Inventory;
use crate::moref::MoRef;
use crate::normalize;
use crate::output::Output;
use crate::profile;
use crate::tape::{Tape, Value};
use crate::unreadable::Unreadable;
use crate::vim::listing::{Object, Objects};

/// VMs with missing fields that are told by name.
const NAMED: usize = 20;

/// What a retrieval is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// The datastores that hosts are described with.
    #[default]
    Datastores,
    /// What the run emits.
    Inventory,
    /// Whether one missing object still exists.
    Probe,
    /// Nothing: the run is being wound up.
    Discard,
}

/// What a run has gathered.
#[derive(Debug, Default)]
pub struct Collection {
    /// What the current retrieval is for.
    pub stage: Stage,
    /// What became of every object.
    pub inventory: Inventory,
    /// What is handed over.
    pub output: Output,
    /// What could not be read.
    pub unreadable: Unreadable,
    /// The token of the page being read, until it is taken.
    pub token: Option<String>,
    /// Objects of the current retrieval.
    pub objects: u64,
    /// A property was missing because the session is gone.
    pub session_lost: bool,
    /// Connected VMs that lack a required field; the first few are told by name.
    pub incomplete_vms: Vec<Problem>,
    /// How many there are.
    pub incomplete_vm_count: u64,
    /// Clusters that say they have hosts.
    pub clusters_with_hosts: u64,
    datastores: Datastores,
    include_templates: bool,
}

impl Collection {
    /// Begins with nothing.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Collection {
            include_templates: config.include_templates,
            ..Collection::default()
        }
    }

    fn emit(&mut self, kind: Kind, object: Object<'_>) {
        let id = object.reference.value;
        if !self.inventory.receive(kind, id) {
            return;
        }
        self.note_missing(kind, object);
        match kind {
            Kind::Vm => self.emit_vm(id, object.properties),
            Kind::Host => self.emit_host(id, object.properties),
            Kind::Cluster => {
                let normalized = normalize::cluster(object.properties);
                let hosts = object.properties.get("summary.numHosts");
                self.clusters_with_hosts +=
                    u64::from(hosts.and_then(Value::as_u64).is_some_and(|hosts| hosts > 0));
                self.output.asset(id, &normalized, object.properties);
            }
        }
    }

    fn emit_vm(&mut self, id: &str, properties: &Tape) {
        if normalize::is_template(properties) && !self.include_templates {
            self.inventory.exclude(Kind::Vm, id);
            return;
        }
        let normalized = normalize::vm(properties, self.include_templates);
        if normalize::is_connected(properties) {
            let missing = normalize::missing_required(&normalized);
            if !missing.is_empty() {
                self.incomplete_vm_count += 1;
                if self.incomplete_vms.len() < NAMED {
                    self.incomplete_vms.push(incomplete_vm(id, &missing));
                }
            }
        } else {
            self.output.warning(&inaccessible_vm(id, properties));
        }
        let host = ["runtime.host", "summary.runtime.host"]
            .into_iter()
            .find_map(|path| properties.get(path)?.as_reference());
        if let Some(host) = host {
            self.inventory.place_vm(id, host.value);
        }
        self.output.asset(id, &normalized, properties);
    }

    fn emit_host(&mut self, id: &str, properties: &Tape) {
        let mut warnings = Vec::new();
        let normalized = normalize::host(id, properties, Some(&self.datastores), &mut warnings);
        let parent = properties.get("parent").and_then(Value::as_reference);
        // A standalone host's parent is a ComputeResource of its own.
        if let Some(cluster) =
            parent.filter(|parent| profile::kind(parent.type_name) == Some(Kind::Cluster))
        {
            self.inventory.place_host(id, cluster.value);
        }
        self.output.asset(id, &normalized, properties);
        for warning in &warnings {
            self.output.warning(warning);
        }
    }

    fn note_missing(&mut self, kind: Kind, object: Object<'_>) {
        for missing in object.missing {
            let fault = &missing.fault;
            if fault.lost_session() {
                self.session_lost = true;
                continue;
            }
            self.unreadable.add(object.reference, &missing.path, fault);
            // A property that a version does not have cures no account.
            if fault.name != "InvalidProperty" {
                let privilege = fault.privilege.as_deref();
                self.inventory
                    .unreadable(kind, object.reference.value, privilege);
            }
        }
    }
}

impl Objects for Collection {
    fn token(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    fn announcement(&mut self) {
        self.inventory.announcement_seen();
    }

    fn announced(&mut self, object: MoRef<'_>) {
        if let (Stage::Inventory, Some(kind)) = (self.stage, profile::kind(object.type_name)) {
            self.inventory.announce(kind, object.value);
        }
    }

    fn object(&mut self, object: Object<'_>) {
        self.objects += 1;
        match (self.stage, profile::kind(object.reference.type_name)) {
            (Stage::Discard | Stage::Probe, _) => {}
            (Stage::Datastores, _) => {
                for missing in object.missing {
                    self.session_lost |= missing.fault.lost_session();
                }
                self.datastores
                    .add(object.reference.value, object.properties);
            }
            // Every property of an object fails alike when the session is gone: the object is read again.
            (Stage::Inventory, _)
                if object
                    .missing
                    .iter()
                    .any(|missing| missing.fault.lost_session()) =>
            {
                self.session_lost = true;
            }
            (Stage::Inventory, Some(kind)) => self.emit(kind, object),
            (Stage::Inventory, None) => {}
        }
    }
}

fn incomplete_vm(id: &str, missing: &[&str]) -> Problem {
    Problem::new(
        ErrorCode::InventoryIncomplete,
        format!(
            "{id} is connected, but {} could not be read; grant System.Read on it, or look at the VM itself",
            missing.join(", ")
        ),
    )
    .with("vm_id", id)
    .with("missing_fields", missing.to_vec())
}

fn inaccessible_vm(id: &str, properties: &Tape) -> Warning {
    let state = properties
        .get("summary.runtime.connectionState")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Warning::new(
        WarningCode::VmInaccessible,
        format!("{id} is {state}: only what the vCenter remembers of it could be read"),
    )
    .with("vm_id", id)
    .with("connection_state", state)
}
