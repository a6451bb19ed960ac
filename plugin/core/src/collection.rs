//! Processes the objects of a run, one by one as they arrive.

use stocktake_contract::normalized::Kind;
use stocktake_contract::request;

use crate::attributes::AttributeNames;
use crate::completeness_gaps::CompletenessGaps;
use crate::config::Config;
use crate::datastores::Datastores;
use crate::details;
use crate::duplicates::{Duplicates, Identity};
use crate::gaps::{Gap, Gaps};
use crate::inventory::{Container, Inventory, Placement, Source};
use crate::inventory_tree::InventoryTree;
use crate::moref::MoRef;
use crate::normalize;
use crate::output::Output;
use crate::placeholder;
use crate::places::{self, Places};
use crate::profile::Profile;
use crate::soap::fault::Fault;
use crate::tags::{self, Tags};
use crate::tape::{Tape, Value};
use crate::types::{self, ObjectType};
use crate::unreadable::Unreadable;
use crate::unseen::Unseen;
use crate::uses;
use crate::vim::listing::{Object, Objects};
use crate::warnings;

/// The purpose of a retrieval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Whether the account may read the root folder.
    Root,
    /// The tree in which the requested part of the inventory is found.
    InventoryTree,
    /// The datastores that hosts are described with.
    #[default]
    Datastores,
    /// The objects that the details of others name.
    Places,
    /// The names of custom attributes.
    Attributes,
    /// The VMs whose tags are read.
    Tags,
    /// The emitted objects.
    Inventory,
    /// The view's list, read again.
    ListAgain,
    /// Whether one missing object still exists.
    Probe,
    /// Nothing: the retrieval is restarted.
    Skip,
    /// Nothing: the run is being ended.
    Discard,
}

/// Whether the account may read the root folder.
#[derive(Debug, Default)]
pub struct Root {
    /// It has been read.
    pub is_read: bool,
    /// Why it could not be read.
    pub fault: Option<Fault>,
    /// It is reported that it cannot be read.
    pub is_told: bool,
}

impl Stage {
    /// Of a page in transit only the token is needed, to cancel it.
    #[must_use]
    pub fn drops_pages(self) -> bool {
        matches!(self, Stage::Skip | Stage::Discard)
    }
}

/// The collected state of a run.
#[derive(Debug, Default)]
pub struct Collection {
    /// What the current retrieval is for.
    pub stage: Stage,
    /// The account of every object.
    pub inventory: Inventory,
    /// The output.
    pub output: Output,
    /// What could not be read.
    pub unreadable: Unreadable,
    /// The tree above the machines, when it was asked for.
    pub tree: InventoryTree,
    /// The datastores that hosts are described with.
    pub datastores: Datastores,
    /// The objects that details name.
    pub places: Places,
    /// The names of custom attributes.
    pub attributes: AttributeNames,
    /// The tags of VMs.
    pub tags: Tags,
    /// Where the tree begins.
    pub root_folder: String,
    /// VMs and hosts that share an identity.
    pub duplicates: Duplicates,
    /// What objects lack.
    pub gaps: Gaps,
    /// Relations that lead out of the account's sight.
    pub unseen: Unseen,
    /// The token of the page being read, until it is taken.
    pub token: Option<String>,
    /// Objects of the current retrieval.
    pub objects: u64,
    /// The view's list has been read in the current retrieval.
    pub announced: bool,
    /// Objects in the list of the current retrieval.
    pub listed: u64,
    /// Objects of the inventory that the current retrieval returned.
    pub taken: u64,
    /// A property was missing because the session is gone.
    pub session_lost: bool,
    /// Whether the account may read the root folder.
    pub root: Root,
    /// Gaps that make the inventory incomplete.
    pub completeness_gaps: CompletenessGaps,
    /// Clusters that report hosts.
    pub clusters_with_hosts: u64,
    /// Relations emitted, other than to what an object lies in.
    pub related: u64,
    kinds: Vec<Kind>,
    is_sync: bool,
    /// Objects are emitted with details.
    has_details: bool,
    /// Those of the current object, as JSON.
    details: Vec<u8>,
    /// Those of VMs hold tags.
    has_tags: bool,
    is_scoped: bool,
    include_templates: bool,
    /// Datastores and networks are emitted, without their own lists of VMs.
    vms_tell_uses: bool,
}

impl Collection {
    /// An empty state.
    #[must_use]
    pub fn new(config: &Config, profile: &Profile) -> Self {
        Collection {
            kinds: profile.kinds.clone(),
            is_sync: config.profile == request::Profile::Sync,
            has_details: config.profile == request::Profile::Full,
            has_tags: config.tags,
            is_scoped: !config.scope.is_everything(),
            include_templates: config.include_templates,
            vms_tell_uses: !config.deep_relationships
                && config.profile != request::Profile::Sync
                && [Kind::Datastore, Kind::Network, Kind::DvPortgroup]
                    .iter()
                    .any(|kind| profile.kinds.contains(kind)),
            ..Collection::default()
        }
    }

    /// The relations of a placement. With `hosts_elsewhere` a VM's
    /// host need not be part of this run.
    pub fn relate(&mut self, placement: Placement, hosts_elsewhere: bool) {
        if let Some(relation) = self.inventory.relation(placement, hosts_elsewhere) {
            self.output.relation(&relation);
            let is_within = matches!(placement.source, Source::Within(..));
            self.related += u64::from(!is_within);
            return;
        }
        // With a scope many objects are outside it, but visible.
        let source = placement.source;
        if !self.is_scoped
            && self.kinds.contains(&source.referred_kind())
            && let Some((telling, referred)) = self.inventory.half(placement)
        {
            self.unseen.add(source, &telling, &referred);
        }
    }

    /// Emits the warnings that need all objects.
    pub fn conclude(&mut self) {
        let unreadable = self.unreadable.warnings();
        for warning in unreadable
            .chain(self.gaps.warnings())
            .chain(self.unseen.warnings())
        {
            self.output.warning(&warning);
        }
        let inventory = &self.inventory;
        for warning in self
            .duplicates
            .warnings(|kind, object| inventory.id(kind, object).to_string())
        {
            self.output.warning(&warning);
        }
    }

    fn emit(&mut self, object_type: ObjectType, object: Object<'_>) {
        let kind = object_type.kind;
        let id = object.reference.value;
        if !self.inventory.receive(object_type, id) {
            return;
        }
        self.note_missing(kind, object);
        if let Some(damage) = object.damage {
            self.inventory.quarantine(kind, id);
            self.output
                .warning(&warnings::quarantined(kind, id, damage));
        }
        let properties = object.properties;
        match kind {
            Kind::Vm => self.emit_vm(object),
            Kind::Host => self.emit_host(id, properties),
            Kind::Cluster => {
                self.describe(kind, id, properties);
                let mut gaps = Vec::new();
                let normalized = normalize::cluster(properties, &mut gaps);
                self.note_gaps(kind, id, gaps);
                let hosts = properties.get("summary.numHosts");
                self.clusters_with_hosts +=
                    u64::from(hosts.and_then(Value::as_u64).is_some_and(|hosts| hosts > 0));
                self.output
                    .asset(id, &normalized, &self.details, properties);
            }
            _ => {
                self.describe(kind, id, properties);
                let mut gaps = Vec::new();
                let normalized = normalize::extended(kind, properties, &mut gaps);
                self.note_gaps(kind, id, gaps);
                self.output
                    .asset(id, &normalized, &self.details, properties);
                self.place_extended(kind, id, properties);
            }
        }
    }

    fn emit_vm(&mut self, object: Object<'_>) {
        let id = object.reference.value;
        let properties = object.properties;
        if normalize::is_template(properties) && !self.include_templates {
            self.inventory.exclude(Kind::Vm, id);
            return;
        }
        self.describe(Kind::Vm, id, properties);
        let context = normalize::Context {
            include_templates: self.include_templates,
            config_withheld: object
                .missing
                .iter()
                .any(|missing| missing.path.starts_with("config")),
        };
        let mut gaps = Vec::new();
        let normalized = normalize::vm(properties, context, &mut gaps);
        self.note_gaps(Kind::Vm, id, gaps);
        if !normalize::is_connected(properties) {
            self.output
                .warning(&warnings::inaccessible_vm(id, properties));
        } else if !self.is_sync {
            let missing = normalize::missing_required(&normalized);
            self.completeness_gaps.require(id, &missing);
        }
        let placed = [Source::RuntimeHost, Source::SummaryRuntimeHost]
            .into_iter()
            .find_map(|source| Some((source, properties.get(source.path())?.as_reference()?)));
        match placed {
            Some((source, host)) => self.inventory.place(source, id, host.value),
            None => {
                let mut hosts = object.missing.iter();
                if let Some(host) = hosts.find(|missing| missing.path.ends_with("runtime.host")) {
                    self.completeness_gaps
                        .homeless
                        .add(object.reference, &host.fault);
                }
            }
        }
        if self.vms_tell_uses
            && let Some(devices) = properties.get("config.hardware.device")
        {
            for (source, used) in uses::of(devices) {
                let (_, kind) = source.ends();
                if self.kinds.contains(&kind) {
                    self.inventory.place(source, id, used);
                }
            }
        }
        let number = self.inventory.number(Kind::Vm, id);
        for (identity, path) in [
            (Identity::Bios, "config.uuid"),
            (Identity::Instance, "config.instanceUuid"),
        ] {
            let Some(uuid) = properties.get(path).and_then(Value::non_blank) else {
                continue;
            };
            match placeholder::uuid(uuid) {
                Some(uuid) => self.duplicates.add(identity, uuid, number),
                None => self.duplicates.add_placeholder(identity, uuid, number),
            }
        }
        self.output
            .asset(id, &normalized, &self.details, properties);
    }

    fn emit_host(&mut self, id: &str, properties: &Tape) {
        self.describe(Kind::Host, id, properties);
        let mut gaps = Vec::new();
        let datastores = (!self.is_sync).then_some(&self.datastores);
        let normalized = normalize::host(properties, datastores, &mut gaps);
        let identity = normalized.identity.as_ref();
        let serial = identity.and_then(|identity| identity.serial_number.as_deref());
        let serial = serial.map(str::to_owned);
        let parent = properties.get("parent").and_then(Value::as_reference);
        // A standalone host's parent is a ComputeResource of its own.
        if let Some(parent) = parent
            && types::of(parent.type_name).is_some_and(|parent| parent.kind == Kind::Cluster)
        {
            self.inventory.place(Source::Parent, id, parent.value);
        }
        if self.kinds.contains(&Kind::Datastore) {
            for datastore in references(properties, "datastore") {
                self.inventory
                    .place(Source::HostDatastore, id, datastore.value);
            }
        }
        self.output
            .asset(id, &normalized, &self.details, properties);
        self.note_gaps(Kind::Host, id, gaps);
        self.note_serial_number(id, properties, serial.as_deref());
    }

    /// Writes the details of an object, if any were asked for, and notes what it lies in.
    fn describe(&mut self, kind: Kind, id: &str, properties: &Tape) {
        self.details.clear();
        if !self.has_details {
            return;
        }
        let vm = (self.has_tags && kind == Kind::Vm).then(|| self.inventory.number(kind, id));
        let context = details::Context {
            tags: vm.and_then(|vm| self.tags.of(vm)),
            places: &self.places,
            datastores: &self.datastores,
            attributes: &self.attributes,
        };
        let mut gaps = Vec::new();
        details::write(kind, properties, context, &mut gaps, &mut self.details);
        self.note_gaps(kind, id, gaps);
        for path in ["parent", "resourcePool", "parentFolder"] {
            let Some(above) = properties.get(path).and_then(Value::as_reference) else {
                continue;
            };
            let above_kind = types::of(above.type_name).map(|above| above.kind);
            let emitted = above_kind.filter(|above| self.kinds.contains(above));
            if let Some(container) = emitted.and_then(Container::from_kind)
                && above.value != self.root_folder
            {
                let source = Source::Within(kind, container);
                if source.path() == path {
                    self.inventory.place(source, id, above.value);
                }
            }
        }
    }

    fn note_serial_number(&mut self, id: &str, properties: &Tape, serial: Option<&str>) {
        let number = self.inventory.number(Kind::Host, id);
        if let Some(serial) = serial {
            self.duplicates.add(Identity::SerialNumber, serial, number);
            return;
        }
        let stated = properties.get("hardware.systemInfo.serialNumber");
        // The smaller profile does not read the tags that stand in for it.
        if let Some(stated) = stated.and_then(Value::non_blank)
            && !self.is_sync
        {
            self.duplicates
                .add_placeholder(Identity::SerialNumber, stated, number);
        }
    }

    fn note_gaps(&mut self, kind: Kind, id: &str, gaps: Vec<Gap>) {
        for gap in gaps {
            self.gaps.add(kind, id, gap);
        }
    }

    fn place_extended(&mut self, kind: Kind, id: &str, properties: &Tape) {
        match kind {
            Kind::Datastore => {
                // The hosts report it already, unless this profile does not read it.
                if self.is_sync {
                    let mounts = properties.get("host").into_iter().flat_map(Value::fields);
                    for host in mounts.filter_map(|mount| mount.get("key")?.as_reference()) {
                        self.inventory.place(Source::DatastoreHost, host.value, id);
                    }
                }
                self.place_vms(Source::DatastoreVm, id, properties);
            }
            Kind::Network => self.place_vms(Source::NetworkVm, id, properties),
            Kind::DvPortgroup => {
                self.place_vms(Source::PortgroupVm, id, properties);
                let switch = properties
                    .get(Source::PortgroupSwitch.path())
                    .and_then(Value::as_reference);
                if let Some(switch) = switch {
                    self.inventory
                        .place(Source::PortgroupSwitch, id, switch.value);
                    // A scope that contains a port group includes its switch.
                    if let (true, Some(object)) = (self.is_scoped, types::of(switch.type_name)) {
                        self.inventory.announce_by_name(object, switch.value);
                    }
                }
            }
            _ => {}
        }
    }

    fn place_vms(&mut self, source: Source, id: &str, properties: &Tape) {
        for vm in references(properties, "vm") {
            self.inventory.place(source, vm.value, id);
        }
    }

    fn note_missing(&mut self, kind: Kind, object: Object<'_>) {
        for missing in object.missing {
            let fault = &missing.fault;
            self.unreadable.add(object.reference, &missing.path, fault);
            // No privilege cures a property that a version lacks.
            if fault.name == "InvalidProperty" {
                continue;
            }
            let privilege = fault.privilege.as_deref();
            self.inventory
                .unreadable(kind, object.reference.value, privilege);
            if missing.path == "name" {
                self.completeness_gaps.nameless.add(object.reference, fault);
            }
        }
    }

    fn take(&mut self, object: Object<'_>) {
        let Some(object_type) = self.known_type(object.reference) else {
            self.meet_foreign(object.reference);
            return;
        };
        self.taken += 1;
        if object.reference.value.is_empty() {
            self.completeness_gaps.unidentified += 1;
        } else if self.kinds.contains(&object_type.kind) {
            self.emit(object_type, object);
        }
    }

    /// Objects that the view named when only its datastores were read must be accounted for like later
    /// ones. With a scope the datastores are read from a view of everything.
    fn owe_early(&mut self, object: MoRef<'_>) {
        if let (false, Some(object_type)) = (self.is_scoped, self.known_type(object)) {
            self.inventory.announce(object_type, object.value);
        }
    }

    /// What an object is, if it can be part of this run's inventory.
    fn known_type(&self, object: MoRef<'_>) -> Option<ObjectType> {
        types::of(object.type_name).filter(|known| self.has_details || !known.kind.is_tree())
    }

    /// An object that the view lists although its type was not requested.
    fn meet_foreign(&mut self, object: MoRef<'_>) {
        match object.type_name {
            // The view lists itself.
            "ContainerView" => {}
            // Standalone hosts lie in one; details need its name.
            "ComputeResource" if self.has_details => {}
            "" => self.completeness_gaps.unidentified += 1,
            foreign => {
                self.completeness_gaps
                    .foreign
                    .get_or_insert_with(|| foreign.to_owned());
            }
        }
    }
}

impl Objects for Collection {
    fn token(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    fn announcement(&mut self) {
        self.announced = true;
    }

    fn announced(&mut self, object: MoRef<'_>) {
        self.listed += 1;
        match (self.stage, self.known_type(object)) {
            (Stage::Inventory, Some(object_type)) => {
                self.inventory.announce(object_type, object.value);
            }
            (Stage::ListAgain, Some(object_type)) => {
                self.inventory.announce_again(object_type, object.value);
            }
            (Stage::Inventory | Stage::ListAgain, None) => self.meet_foreign(object),
            (Stage::InventoryTree, _) => self.tree.announce(object),
            (Stage::Places, _) => {
                self.owe_early(object);
                if places::is_place(object.type_name) {
                    self.places.announce(object);
                }
            }
            (Stage::Tags, Some(of)) if of.kind == Kind::Vm && tags::is_askable(object.value) => {
                let vm = self.inventory.number(Kind::Vm, object.value);
                self.tags.list(vm);
            }
            (Stage::Datastores, Some(object_type)) => {
                self.owe_early(object);
                if object_type.kind == Kind::Datastore {
                    self.datastores.announce(object.value);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: Object<'_>) {
        self.objects += 1;
        let mut faults = object.missing.iter().map(|missing| &missing.fault);
        // Every property of an object fails alike when the session is gone: the object is read again.
        if !self.stage.drops_pages() && faults.any(Fault::lost_session) {
            self.session_lost = true;
            return;
        }
        match self.stage {
            Stage::Skip | Stage::Discard | Stage::Probe | Stage::ListAgain | Stage::Tags => {}
            Stage::Root => {
                self.root.is_read = object.properties.get("name").is_some();
                let fault = object.missing.first().map(|missing| &missing.fault);
                self.root.fault = fault.cloned();
            }
            // The view lists itself.
            Stage::InventoryTree if object.reference.type_name == "ContainerView" => {}
            Stage::InventoryTree => {
                self.tree
                    .add(object.reference.to_owned(), object.properties);
            }
            Stage::Places => {
                self.owe_early(object.reference);
                self.places.add(object.reference, object.properties);
            }
            Stage::Attributes => {
                self.attributes = AttributeNames::from_properties(object.properties);
                for missing in object.missing {
                    self.unreadable
                        .add(object.reference, &missing.path, &missing.fault);
                }
            }
            Stage::Datastores => {
                self.owe_early(object.reference);
                self.datastores
                    .add(object.reference.value, object.properties);
            }
            Stage::Inventory => self.take(object),
        }
    }
}

fn references<'t>(properties: &'t Tape, path: &str) -> impl Iterator<Item = MoRef<'t>> {
    let values = properties.get(path).into_iter().flat_map(Value::fields);
    values.filter_map(Value::as_reference)
}
