//! What a row needs to know of other objects: a first pass over the response.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::io::{Read, Seek};

use stocktake_contract::normalized::Kind;

use crate::Error;
use crate::asset::Asset;
use crate::response::{Items, Relation, Response, Summary};

/// Objects of a kind, by id. A relation can name one before it is read, or one that never is.
#[derive(Debug, Default)]
pub(crate) struct Objects<T> {
    places: HashMap<Box<str>, u32>,
    ids: Vec<Box<str>>,
    facts: Vec<T>,
}

impl<T: Default> Objects<T> {
    fn place(&mut self, id: &str) -> u32 {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        // Four billion objects do not fit into memory.
        let place = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        self.facts.push(T::default());
        self.ids.push(id.into());
        self.places.insert(id.into(), place);
        place
    }

    fn entry(&mut self, id: &str) -> &mut T {
        let place = self.place(id);
        &mut self.facts[place as usize]
    }

    /// The object with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).and_then(|place| self.at(*place))
    }

    fn id(&self, place: u32) -> Option<&str> {
        self.ids.get(place as usize).map(|id| &**id)
    }

    fn at(&self, place: u32) -> Option<&T> {
        self.facts.get(place as usize)
    }
}

/// What rows show of a VM's place.
#[derive(Debug, Default)]
struct VmFacts {
    host: Option<u32>,
    pool: Option<u32>,
    powered_on: bool,
    cpus: u64,
    memory_bytes: u64,
}

/// What rows show of VMs that belong to an object.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Load {
    /// VMs.
    pub(crate) vms: u64,
    /// Those that are powered on.
    pub(crate) powered_on: u64,
    /// Virtual CPUs of those.
    pub(crate) cpus: u64,
    /// Memory of those.
    pub(crate) memory_bytes: u64,
}

impl Load {
    fn add(&mut self, vm: &VmFacts) {
        self.vms += 1;
        if vm.powered_on {
            self.powered_on += 1;
            self.cpus += vm.cpus;
            self.memory_bytes += vm.memory_bytes;
        }
    }
}

/// A host.
#[derive(Debug, Default)]
pub(crate) struct HostFacts {
    pub(crate) name: Option<Box<str>>,
    pub(crate) load: Load,
    cluster: Option<u32>,
}

/// A resource pool or vApp.
#[derive(Debug, Default)]
pub(crate) struct PoolFacts {
    pub(crate) path: Option<Box<str>>,
    pub(crate) load: Load,
}

/// A datastore.
#[derive(Debug, Default)]
pub(crate) struct DatastoreFacts {
    pub(crate) load: Load,
    hosts: Vec<u32>,
}

/// A distributed port group.
#[derive(Debug, Default)]
pub(crate) struct PortgroupFacts {
    pub(crate) name: Option<Box<str>>,
    switch: Option<u32>,
}

/// A datastore cluster, by name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PodFacts {
    pub(crate) capacity_bytes: Option<u64>,
    pub(crate) free_bytes: Option<u64>,
}

/// What hosts say of their parts of a distributed switch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SwitchFacts {
    pub(crate) hosts: u64,
    pub(crate) mtu: Option<u64>,
}

/// What a row needs to know of other objects.
#[derive(Debug, Default)]
pub(crate) struct Index {
    vms: Objects<VmFacts>,
    pub(crate) hosts: Objects<HostFacts>,
    clusters: Objects<Option<Box<str>>>,
    pub(crate) pools: Objects<PoolFacts>,
    pub(crate) datastores: Objects<DatastoreFacts>,
    pub(crate) portgroups: Objects<PortgroupFacts>,
    switches: Objects<Option<Box<str>>>,
    pods: HashMap<Box<str>, PodFacts>,
    parts: HashMap<Box<str>, SwitchFacts>,
    stored: Vec<(u32, u32)>,
    duplicates: Duplicates,
    /// Names of custom attributes, per kind.
    pub(crate) custom: HashMap<Kind, BTreeSet<String>>,
    /// Assets per kind.
    pub(crate) kinds: HashMap<Kind, u64>,
    /// Some asset has details.
    pub(crate) has_details: bool,
}

impl Index {
    /// Reads a response. An inventory that is not complete is refused unless that is allowed.
    pub(crate) fn read<R: Read + Seek>(
        response: &mut Response<R>,
        allow_incomplete: bool,
    ) -> Result<(Self, Summary), Error> {
        let name = response.name().to_owned();
        let mut reader = Reader {
            name: &name,
            index: Index::default(),
        };
        let summary = response.read(&mut reader)?;
        summary.require_complete(&name, allow_incomplete)?;
        let mut index = reader.index;
        index.count_loads();
        Ok((index, summary))
    }

    fn add(&mut self, asset: &Asset<'_>) {
        *self.kinds.entry(asset.kind).or_default() += 1;
        self.has_details |= asset.details_text.is_some();
        for (name, _) in asset.details.custom_attributes() {
            let names = self.custom.entry(asset.kind).or_default();
            if !names.contains(name.as_str()) {
                names.insert(name.as_str().to_owned());
            }
        }
        match asset.kind {
            Kind::Vm => self.add_vm(asset),
            Kind::Host => self.add_host(asset),
            Kind::Cluster => *self.clusters.entry(&asset.id) = Some(asset.name().into()),
            Kind::ResourcePool | Kind::VApp => {
                let pool = asset.resource_pool().and_then(|pool| pool.path.as_ref());
                let vapp = asset.vapp().and_then(|vapp| vapp.path.as_ref());
                let path = pool.or(vapp).map_or(asset.name(), |path| path.as_str());
                self.pools.entry(&asset.id).path = Some(path.into());
            }
            Kind::DvPortgroup => {
                self.portgroups.entry(&asset.id).name = Some(asset.name().into());
            }
            Kind::DvSwitch => *self.switches.entry(&asset.id) = Some(asset.name().into()),
            Kind::DatastorePod => {
                if let Some(pod) = asset.datastore_pod() {
                    let facts = PodFacts {
                        capacity_bytes: pod.capacity_bytes,
                        free_bytes: pod.free_bytes,
                    };
                    self.pods.insert(asset.name().into(), facts);
                }
            }
            Kind::Datastore | Kind::Network | Kind::Datacenter | Kind::Folder => {}
        }
    }

    fn add_vm(&mut self, asset: &Asset<'_>) {
        let attributes = &asset.normalized.attributes;
        self.duplicates
            .add(Identity::Bios, attributes.bios_uuid.as_deref());
        self.duplicates
            .add(Identity::Instance, attributes.instance_uuid.as_deref());
        let hardware = &asset.normalized.hardware;
        let vm = self.vms.entry(&asset.id);
        vm.powered_on = asset.normalized.runtime.power_state.as_deref() == Some("poweredOn");
        vm.cpus = hardware.cpu_count.unwrap_or_default();
        vm.memory_bytes = hardware.memory_bytes.unwrap_or_default();
    }

    fn add_host(&mut self, asset: &Asset<'_>) {
        let serial = asset.normalized.identity.serial_number.as_deref();
        self.duplicates.add(Identity::SerialNumber, serial);
        self.hosts.entry(&asset.id).name = Some(asset.name().into());
        let switches = asset.host().and_then(|host| host.vswitches.as_ref());
        for switch in switches.into_iter().flatten() {
            if let Some(uuid) = &switch.uuid {
                let facts = self.parts.entry(uuid.as_str().into()).or_default();
                facts.hosts += 1;
                facts.mtu = facts.mtu.max(switch.mtu);
            }
        }
    }

    fn relate(&mut self, relation: &Relation) {
        let (from, to) = (&relation.from, &relation.to);
        match (relation.name.as_str(), from.kind.as_str(), to.kind.as_str()) {
            ("runs_on", "vm", "host") => {
                let host = self.hosts.place(&to.id);
                self.vms.entry(&from.id).host = Some(host);
            }
            ("member_of", "host", "cluster") => {
                let cluster = self.clusters.place(&to.id);
                self.hosts.entry(&from.id).cluster = Some(cluster);
            }
            ("contained_in", "vm", "resourcepool" | "vapp") => {
                let pool = self.pools.place(&to.id);
                self.vms.entry(&from.id).pool = Some(pool);
            }
            ("stored_on", "vm", "datastore") => {
                let stored = (self.vms.place(&from.id), self.datastores.place(&to.id));
                self.stored.push(stored);
            }
            ("mounts", "host", "datastore") => {
                let host = self.hosts.place(&from.id);
                self.datastores.entry(&to.id).hosts.push(host);
            }
            ("part_of", "dvportgroup", "dvswitch") => {
                let switch = self.switches.place(&to.id);
                self.portgroups.entry(&from.id).switch = Some(switch);
            }
            _ => {}
        }
    }

    fn count_loads(&mut self) {
        for vm in &self.vms.facts {
            if let Some(host) = vm.host {
                self.hosts.facts[host as usize].load.add(vm);
            }
            if let Some(pool) = vm.pool {
                self.pools.facts[pool as usize].load.add(vm);
            }
        }
        for (vm, datastore) in std::mem::take(&mut self.stored) {
            let vm = &self.vms.facts[vm as usize];
            self.datastores.facts[datastore as usize].load.add(vm);
        }
        self.duplicates.seen = HashSet::new();
    }

    /// The host that a VM runs on.
    pub(crate) fn host_of(&self, vm: &str) -> Option<&HostFacts> {
        self.hosts.at(self.vms.get(vm)?.host?)
    }

    /// The name of the cluster of a host.
    pub(crate) fn cluster_of(&self, host: &HostFacts) -> Option<&str> {
        self.clusters.at(host.cluster?)?.as_deref()
    }

    /// The id of the cluster of a host.
    pub(crate) fn cluster_id_of(&self, host: &str) -> Option<&str> {
        let cluster = self.hosts.get(host)?.cluster?;
        self.clusters.id(cluster)
    }

    /// The id of the host that a VM runs on.
    pub(crate) fn host_id_of(&self, vm: &str) -> Option<&str> {
        self.hosts.id(self.vms.get(vm)?.host?)
    }

    /// The resource pool or vApp that a VM draws on.
    pub(crate) fn pool_of(&self, vm: &str) -> Option<&PoolFacts> {
        self.pools.at(self.vms.get(vm)?.pool?)
    }

    /// The name of the distributed switch of a port group.
    pub(crate) fn switch_of(&self, portgroup: &str) -> Option<&str> {
        let switch = self.portgroups.get(portgroup)?.switch?;
        self.switches.at(switch)?.as_deref()
    }

    /// The names of the hosts that mount a datastore.
    pub(crate) fn hosts_of(&self, datastore: &DatastoreFacts) -> Vec<&str> {
        let hosts = datastore.hosts.iter();
        let names = hosts.filter_map(|host| self.hosts.at(*host)?.name.as_deref());
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The datastore cluster with this name.
    pub(crate) fn pod(&self, name: &str) -> Option<&PodFacts> {
        self.pods.get(name)
    }

    /// What hosts say of a distributed switch.
    pub(crate) fn parts(&self, uuid: &str) -> Option<&SwitchFacts> {
        self.parts.get(uuid)
    }

    /// Another object of this kind has the same identity.
    pub(crate) fn is_duplicate(&self, identity: Identity, value: &str) -> bool {
        let hash = self.duplicates.hash(identity, value);
        self.duplicates.again.contains(&hash)
    }
}

/// What should tell one object from another.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Identity {
    Bios,
    Instance,
    SerialNumber,
}

/// Identities that several objects have. Hashes are enough: of 100,000 random ones two are equal once in four billion runs.
#[derive(Debug, Default)]
struct Duplicates {
    hasher: RandomState,
    seen: HashSet<u64>,
    again: HashSet<u64>,
}

impl Duplicates {
    fn hash(&self, identity: Identity, value: &str) -> u64 {
        self.hasher.hash_one((identity, value))
    }

    fn add(&mut self, identity: Identity, value: Option<&str>) {
        if let Some(value) = value {
            let hash = self.hash(identity, value);
            if !self.seen.insert(hash) {
                self.again.insert(hash);
            }
        }
    }
}

struct Reader<'n> {
    name: &'n str,
    index: Index,
}

impl Items for Reader<'_> {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        self.index.add(&Asset::from_text(self.name, text)?);
        Ok(())
    }

    fn relation(&mut self, relation: Relation) -> Result<(), Error> {
        self.index.relate(&relation);
        Ok(())
    }
}
