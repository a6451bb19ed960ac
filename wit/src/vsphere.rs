//! The properties that are read from a vCenter: managed object types and their property paths.
//!
//! The collector builds its calls from these tables, and the host's egress policy allows only
//! what they contain, so that the two cannot differ.
//!
//! ```
//! use stocktake_contract::vsphere;
//!
//! assert!(vsphere::readable().any(|read| read == ("VirtualMachine", "config.uuid")));
//! assert!(!vsphere::readable().any(|read| read == ("VirtualMachine", "config")));
//! ```

use crate::normalized::Kind;

/// Properties of one managed object type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Properties {
    /// The type; its subtypes have the properties too.
    pub type_name: &'static str,
    /// Property paths.
    pub paths: &'static [&'static str],
}

/// The managed object type that a kind is read as.
#[must_use]
pub const fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Vm => "VirtualMachine",
        Kind::Host => "HostSystem",
        Kind::Cluster => "ClusterComputeResource",
        Kind::Datastore => "Datastore",
        Kind::Network => "Network",
        Kind::DvPortgroup => "DistributedVirtualPortgroup",
        Kind::DvSwitch => "DistributedVirtualSwitch",
    }
}

/// The second type that objects of a kind may have; it is read as the first.
#[must_use]
pub const fn subtype_name(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Network => Some("OpaqueNetwork"),
        Kind::DvSwitch => Some("VmwareDistributedVirtualSwitch"),
        Kind::Vm | Kind::Host | Kind::Cluster | Kind::Datastore | Kind::DvPortgroup => None,
    }
}

/// Profile `sync`: exactly the properties of the PropertyCollector sync.
#[must_use]
pub const fn sync(kind: Kind) -> &'static [&'static str] {
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

/// Profile `ledger`: what `normalized-v1` needs besides [`sync`].
#[must_use]
pub const fn ledger(kind: Kind) -> &'static [&'static str] {
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
            "config.virtualNicManagerInfo.netConfig",
            "datastore",
            "config.storageDevice.scsiLun",
            "config.storageDevice.nvmeTopology",
            "runtime.inMaintenanceMode",
        ],
        Kind::Datastore => &["summary.name", "summary.url", "summary.multipleHostAccess"],
        Kind::Cluster | Kind::Network | Kind::DvPortgroup | Kind::DvSwitch => &[],
    }
}

/// The relationship properties that `deep_relationships` adds to either profile.
#[must_use]
pub const fn deep(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Datastore | Kind::Network | Kind::DvPortgroup => &["host", "vm"],
        Kind::Vm | Kind::Host | Kind::Cluster | Kind::DvSwitch => &[],
    }
}

/// Of a container view, the list of its objects. The only property that a retrieval traverses.
pub const VIEW: Properties = Properties {
    type_name: "ContainerView",
    paths: &["view"],
};

/// Of the root folder, whether the account may read it.
pub const ROOT: Properties = Properties {
    type_name: "Folder",
    paths: &["name"],
};

/// Of the inventory tree, in which a scope is found.
pub const TREE: [Properties; 3] = [
    Properties {
        type_name: "Folder",
        paths: &["name", "parent"],
    },
    Properties {
        type_name: "Datacenter",
        paths: &["name", "parent"],
    },
    Properties {
        type_name: "ComputeResource",
        paths: &["name", "parent"],
    },
];

/// The type besides those of [`TREE`] that a folder may have; it is read as one.
pub const FOLDER_SUBTYPE: &str = "StoragePod";

/// Of a compute resource, the datastores and networks that it uses.
pub const USES: Properties = Properties {
    type_name: "ComputeResource",
    paths: &["datastore", "network"],
};

/// Every type and property path that the collector can read. Those in several tables are
/// returned several times.
pub fn readable() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_kinds = Kind::ALL.into_iter().flat_map(|kind| {
        [sync(kind), ledger(kind), deep(kind)].map(|paths| Properties {
            type_name: type_name(kind),
            paths,
        })
    });
    let others = [VIEW, ROOT, USES].into_iter().chain(TREE);
    of_kinds.chain(others).flat_map(|properties| {
        let paths = properties.paths.iter();
        paths.map(move |path| (properties.type_name, *path))
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, readable, subtype_name, type_name};

    /// Properties of the vSphere API with secrets, or that contain such.
    #[test]
    fn no_table_holds_what_can_hold_secrets_or_all_of_a_configuration() {
        for (of, path) in readable() {
            let whole = ["config", "summary", "guest", "runtime", "content"];
            assert!(!whole.contains(&path), "{of}.{path}");
            for secret in ["extraConfig", "vAppConfig", "license", "customization"] {
                assert!(!path.contains(secret), "{of}.{path}");
            }
            assert!(!of.ends_with("Manager"), "{of}.{path}");
        }
    }

    #[test]
    fn no_two_kinds_are_read_as_one_type() {
        let mut names: Vec<&str> = Kind::ALL.map(type_name).into();
        names.extend(Kind::ALL.into_iter().filter_map(subtype_name));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
