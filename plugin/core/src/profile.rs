//! Which properties are read of which type (20-vsphere §3 of the design: `ledger`).

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Mode;

use crate::vim::calls::PropertySet;

/// Properties of a VM.
const VIRTUAL_MACHINE: [&str; 20] = [
    "name",
    "config.uuid",
    "runtime.powerState",
    "summary.config.vmPathName",
    "summary.runtime.connectionState",
    "config.instanceUuid",
    "config.template",
    "config.guestId",
    "config.hardware.numCPU",
    "config.hardware.memoryMB",
    "config.hardware.device",
    "guest.hostName",
    "guest.net",
    "guest.ipAddress",
    "guest.toolsRunningStatus",
    "guest.toolsVersionStatus2",
    "runtime.host",
    "summary.runtime.host",
    "summary.config.numCpu",
    "summary.config.memorySizeMB",
];

/// Properties of a host.
const HOST_SYSTEM: [&str; 24] = [
    "name",
    "hardware.systemInfo.serialNumber",
    "hardware.cpuInfo",
    "hardware.memorySize",
    "summary.runtime.powerState",
    "summary.runtime.connectionState",
    "parent",
    "summary.config.product.version",
    "summary.config.product.build",
    "summary.hardware.vendor",
    "summary.hardware.model",
    "summary.hardware.numCpuCores",
    "summary.hardware.numCpuThreads",
    "summary.hardware.numCpuPkgs",
    "summary.hardware.cpuModel",
    "summary.hardware.cpuMhz",
    "summary.hardware.memorySize",
    "hardware.systemInfo.otherIdentifyingInfo",
    "config.network.vnic",
    "config.network.consoleVnic",
    "datastore",
    "config.storageDevice.scsiLun",
    "config.storageDevice.nvmeTopology",
    "runtime.inMaintenanceMode",
];

/// Properties of a cluster.
const CLUSTER: [&str; 5] = [
    "name",
    "summary.numHosts",
    "summary.numEffectiveHosts",
    "summary.totalCpu",
    "summary.totalMemory",
];

/// Properties of a datastore.
const DATASTORE: [&str; 7] = [
    "name",
    "summary.capacity",
    "summary.freeSpace",
    "summary.type",
    "summary.name",
    "summary.url",
    "summary.multipleHostAccess",
];

/// The managed object type behind a kind.
#[must_use]
pub fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Vm => "VirtualMachine",
        Kind::Host => "HostSystem",
        Kind::Cluster => "ClusterComputeResource",
    }
}

/// The kind that a managed object type is emitted as.
#[must_use]
pub fn kind(type_name: &str) -> Option<Kind> {
    match type_name {
        "VirtualMachine" => Some(Kind::Vm),
        "HostSystem" => Some(Kind::Host),
        "ClusterComputeResource" => Some(Kind::Cluster),
        _ => None,
    }
}

/// What a mode reads.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Kinds that are emitted.
    pub kinds: Vec<Kind>,
    /// Properties of what is emitted.
    pub inventory: Vec<PropertySet>,
    /// Properties of the datastores that hosts are described with. They are
    /// read before the hosts, so that no host has to be held back.
    pub datastores: Option<PropertySet>,
}

impl Profile {
    /// The profile of `mode`.
    #[must_use]
    pub fn of(mode: Mode) -> Self {
        let mut kinds = Vec::new();
        let mut inventory = Vec::new();
        let mut add = |kind: Kind, paths: &[&'static str]| {
            kinds.push(kind);
            inventory.push(PropertySet {
                type_name: type_name(kind),
                paths: paths.to_vec(),
            });
        };
        if mode.collects_vms() {
            add(Kind::Vm, &VIRTUAL_MACHINE);
        }
        if mode.collects_hosts() {
            add(Kind::Host, &HOST_SYSTEM);
            add(Kind::Cluster, &CLUSTER);
        }
        Profile {
            kinds,
            inventory,
            datastores: mode.collects_hosts().then(|| PropertySet {
                type_name: "Datastore",
                paths: DATASTORE.to_vec(),
            }),
        }
    }

    /// The managed object types that the view covers.
    #[must_use]
    pub fn types(&self) -> Vec<&'static str> {
        let sets = self.inventory.iter().chain(&self.datastores);
        sets.map(|set| set.type_name).collect()
    }

    /// Stops asking for `path`, answering whether it was asked for.
    pub fn drop_property(&mut self, path: &str) -> bool {
        let mut dropped = false;
        for set in self.inventory.iter_mut().chain(&mut self.datastores) {
            let before = set.paths.len();
            set.paths.retain(|known| *known != path);
            dropped |= set.paths.len() < before;
        }
        dropped
    }
}
