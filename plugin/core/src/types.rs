//! Managed object types and the kinds they are emitted as.
//!
//! Types are never inferred: an object is what its reference says. Two kinds
//! have a second type, a subtype of the first.

use stocktake_contract::normalized::Kind;

/// What a reference says an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectType {
    /// What it is emitted as.
    pub kind: Kind,
    /// It is of the kind's second type.
    pub subtype: bool,
}

impl ObjectType {
    /// The first type of a kind.
    #[must_use]
    pub const fn plain(kind: Kind) -> Self {
        ObjectType {
            kind,
            subtype: false,
        }
    }
}

/// The type behind a managed object type's name; none for what is no part of an inventory.
#[must_use]
pub fn of(type_name: &str) -> Option<ObjectType> {
    let kind = match type_name {
        "VirtualMachine" => Kind::Vm,
        "HostSystem" => Kind::Host,
        "ClusterComputeResource" => Kind::Cluster,
        "Datastore" => Kind::Datastore,
        "Network" | "OpaqueNetwork" => Kind::Network,
        "DistributedVirtualPortgroup" => Kind::DvPortgroup,
        "DistributedVirtualSwitch" | "VmwareDistributedVirtualSwitch" => Kind::DvSwitch,
        _ => return None,
    };
    Some(ObjectType {
        kind,
        subtype: matches!(
            type_name,
            "OpaqueNetwork" | "VmwareDistributedVirtualSwitch"
        ),
    })
}

/// The name of a managed object type.
#[must_use]
pub fn name(object: ObjectType) -> &'static str {
    match (object.kind, object.subtype) {
        (Kind::Vm, _) => "VirtualMachine",
        (Kind::Host, _) => "HostSystem",
        (Kind::Cluster, _) => "ClusterComputeResource",
        (Kind::Datastore, _) => "Datastore",
        (Kind::Network, false) => "Network",
        (Kind::Network, true) => "OpaqueNetwork",
        (Kind::DvPortgroup, _) => "DistributedVirtualPortgroup",
        (Kind::DvSwitch, false) => "DistributedVirtualSwitch",
        (Kind::DvSwitch, true) => "VmwareDistributedVirtualSwitch",
    }
}
