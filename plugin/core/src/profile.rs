//! Which properties are read of which type.

use stocktake_contract::normalized::Kind;
use stocktake_contract::request;

use crate::config::Config;
use crate::types::{self, ObjectType};
use crate::vim::calls::PropertySet;

/// Exactly the properties of the PropertyCollector sync, of all seven kinds.
fn sync(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Vm => &[
            "name",
            "config.uuid",
            "runtime.powerState",
            "summary.config.vmPathName",
            "summary.runtime.host",
            "summary.runtime.connectionState",
        ],
        Kind::Host => &[
            "name",
            "hardware.systemInfo.serialNumber",
            "hardware.cpuInfo",
            "hardware.memorySize",
            "summary.runtime.powerState",
            "summary.runtime.connectionState",
            "parent",
        ],
        Kind::Cluster => &[
            "name",
            "summary.numHosts",
            "summary.numEffectiveHosts",
            "summary.totalCpu",
            "summary.totalMemory",
        ],
        Kind::Datastore => &[
            "name",
            "summary.capacity",
            "summary.freeSpace",
            "summary.type",
        ],
        Kind::Network => &["name"],
        Kind::DvPortgroup => &["name", "parent", "config.distributedVirtualSwitch"],
        Kind::DvSwitch => &["name", "uuid"],
    }
}

/// What `normalized-v1` needs besides.
fn ledger(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Vm => &[
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
            "summary.config.numCpu",
            "summary.config.memorySizeMB",
        ],
        Kind::Host => &[
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
        ],
        Kind::Datastore => &["summary.name", "summary.url", "summary.multipleHostAccess"],
        Kind::Cluster | Kind::Network | Kind::DvPortgroup | Kind::DvSwitch => &[],
    }
}

/// The heavy ones: who mounts it, stands on it or is attached to it.
fn deep(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Datastore | Kind::Network | Kind::DvPortgroup => &["host", "vm"],
        Kind::Vm | Kind::Host | Kind::Cluster | Kind::DvSwitch => &[],
    }
}

/// What a run reads.
#[derive(Clone, Debug, Default)]
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
    /// The profile that a request asks for.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let mode = config.mode;
        let is_sync = config.profile == request::Profile::Sync;
        let is_emitted = |kind: &Kind| match kind {
            Kind::Vm => mode.collects_vms(),
            Kind::Host | Kind::Cluster => mode.collects_hosts(),
            _ => {
                let by_profile = is_sync && mode.collects_hosts();
                mode.collects() && (by_profile || config.kinds.contains(kind))
            }
        };
        let set = |kind: Kind, is_deep: bool| {
            let mut paths = sync(kind).to_vec();
            if !is_sync {
                paths.extend(ledger(kind));
            }
            if is_deep {
                paths.extend(deep(kind));
            }
            PropertySet {
                type_name: types::name(ObjectType::plain(kind)),
                paths,
            }
        };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(is_emitted).collect();
        let describes_storage = mode.collects_hosts() && !is_sync;
        Profile {
            inventory: kinds
                .iter()
                .map(|kind| set(*kind, config.deep_relationships))
                .collect(),
            datastores: describes_storage.then(|| set(Kind::Datastore, false)),
            kinds,
        }
    }

    /// The managed object types that the view covers.
    #[must_use]
    pub fn types(&self) -> Vec<&'static str> {
        let sets = self.inventory.iter().chain(&self.datastores);
        let mut types: Vec<&str> = sets.map(|set| set.type_name).collect();
        let mut seen = Vec::new();
        types.retain(|name| {
            let is_new = !seen.contains(name);
            seen.push(*name);
            is_new
        });
        types
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

#[cfg(test)]
mod tests;
