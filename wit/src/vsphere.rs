//! The properties that are read from a vCenter: managed object types and their property paths.
//!
//! The collector builds its calls from these tables, and the host's egress policy allows only
//! what they contain, so that the two cannot differ.
//!
//! ```
//! use stocktake_contract::vsphere;
//!
//! assert!(vsphere::readable().any(|read| read == ("VirtualMachine", "config.uuid")));
//! assert!(vsphere::readable().any(|read| read == ("VirtualMachine", "config.annotation")));
//! assert!(!vsphere::readable().any(|read| read == ("VirtualMachine", "config")));
//! ```

use crate::details;
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
        Kind::Datacenter => "Datacenter",
        Kind::Folder => "Folder",
        Kind::ResourcePool => "ResourcePool",
        Kind::VApp => "VirtualApp",
        Kind::DatastorePod => "StoragePod",
    }
}

/// The second type that objects of a kind may have; it is read as the first.
#[must_use]
pub const fn subtype_name(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Network => Some("OpaqueNetwork"),
        Kind::DvSwitch => Some("VmwareDistributedVirtualSwitch"),
        _ => None,
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
        _ => &[],
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
        _ => &[],
    }
}

/// The relationship properties that `deep_relationships` adds to either profile.
#[must_use]
pub const fn deep(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Datastore | Kind::Network | Kind::DvPortgroup => &["host", "vm"],
        _ => &[],
    }
}

/// Profile `full`: the paths of `sync`, `ledger` and [`details`], each once.
#[must_use]
pub fn full(kind: Kind) -> Vec<&'static str> {
    let mut paths = sync(kind).to_vec();
    paths.extend(ledger(kind));
    for path in details::paths(kind) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
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

/// Of the objects that `details` of others name: read before those others, for profile `full`.
pub const PLACES: [Properties; 9] = [
    Properties {
        type_name: "Folder",
        paths: &["name", "parent"],
    },
    Properties {
        type_name: "StoragePod",
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
    Properties {
        type_name: "ResourcePool",
        paths: &["name", "parent"],
    },
    Properties {
        type_name: "VirtualApp",
        paths: &["name", "parent", "parentFolder"],
    },
    Properties {
        type_name: "Network",
        paths: &["name"],
    },
    // The id of an opaque network is a field of this subtype's summary alone, and a path does not
    // lead into fields of subtypes.
    Properties {
        type_name: "OpaqueNetwork",
        paths: &["name", "summary"],
    },
    Properties {
        type_name: "DistributedVirtualPortgroup",
        paths: &["name"],
    },
];

/// The names of custom attributes.
pub const ATTRIBUTES: Properties = Properties {
    type_name: "CustomFieldsManager",
    paths: &["field"],
};

/// Of a compute resource, the datastores and networks that it uses.
pub const USES: Properties = Properties {
    type_name: "ComputeResource",
    paths: &["datastore", "network"],
};

/// Every type and property path that the collector can read. Those in several tables are
/// returned several times.
pub fn readable() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_kinds = Kind::ALL.into_iter().flat_map(|kind| {
        let paths = full(kind).into_iter().chain(deep(kind).iter().copied());
        paths.map(move |path| (type_name(kind), path))
    });
    let others = [VIEW, ROOT, USES, ATTRIBUTES].into_iter();
    let others = others.chain(TREE).chain(PLACES).flat_map(|properties| {
        let paths = properties.paths.iter();
        paths.map(move |path| (properties.type_name, *path))
    });
    of_kinds.chain(others)
}

#[cfg(test)]
mod tests {
    use super::{Kind, deep, full, ledger, readable, subtype_name, sync, type_name};

    /// What a property's value can hold is known from the vSphere API: these hold secrets, or can.
    #[test]
    fn no_table_holds_what_can_hold_secrets_or_all_of_a_configuration() {
        // Name, id and type of a network, and no more.
        let small = [("OpaqueNetwork", "summary")];
        for (of, path) in readable().filter(|read| !small.contains(read)) {
            let whole = [
                "config",
                "configuration",
                "configurationEx",
                "summary",
                "guest",
                "runtime",
                "capability",
                "content",
                "snapshot",
                "config.network",
                "config.storageDevice",
                "config.option",
                "config.tools",
                "config.dateTimeInfo",
                // CHAP secrets of iSCSI adapters.
                "config.storageDevice.hostBusAdapter",
                // Advanced options, which hold any text.
                "configuration.dasConfig",
                "configuration.drsConfig",
            ];
            assert!(!whole.contains(&path), "{of}.{path}");
            for secret in [
                "extraConfig",
                "vAppConfig",
                "license",
                "customization",
                "option",
                "password",
                "sessionList",
                "certificate",
            ] {
                assert!(!path.contains(secret), "{of}.{path}");
            }
            let is_names = of == "CustomFieldsManager" && path == "field";
            assert!(!of.ends_with("Manager") || is_names, "{of}.{path}");
        }
    }

    #[test]
    fn the_profiles_of_ledgers_hold_nothing_of_the_tree() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_tree()) {
            assert!([sync(kind), ledger(kind), deep(kind)].concat().is_empty());
        }
    }

    #[test]
    fn the_full_profile_asks_for_each_path_once_and_for_no_part_of_another() {
        for kind in Kind::ALL {
            let mut paths = full(kind);
            let count = paths.len();
            paths.sort_unstable();
            paths.dedup();
            assert_eq!(paths.len(), count, "{kind:?}");
            for path in &paths {
                let within = paths.iter().find(|other| {
                    let rest = path.strip_prefix(**other);
                    rest.is_some_and(|rest| rest.starts_with('.'))
                });
                assert_eq!(within, None, "{kind:?} {path}");
            }
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
