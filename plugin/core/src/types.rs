//! Managed object types and the kinds they are emitted as.
//!
//! Types are never inferred: an object is what its reference says. Two kinds
//! have a second type, a subtype of the first.

use stocktake_contract::normalized::Kind;
use stocktake_contract::vsphere;

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
        "Datacenter" => Kind::Datacenter,
        "Folder" => Kind::Folder,
        "ResourcePool" => Kind::ResourcePool,
        "VirtualApp" => Kind::VApp,
        "StoragePod" => Kind::DatastorePod,
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
    let subtype = vsphere::subtype_name(object.kind).filter(|_| object.subtype);
    subtype.unwrap_or(vsphere::type_name(object.kind))
}

#[cfg(test)]
mod tests {
    use super::{Kind, ObjectType, name, of};

    #[test]
    fn a_type_is_named_as_it_is_known() {
        for kind in Kind::ALL {
            let plain = ObjectType::plain(kind);
            assert_eq!(of(name(plain)), Some(plain));
            let subtype = ObjectType {
                subtype: true,
                ..plain
            };
            let known = of(name(subtype)).map(|object| object.kind);
            assert_eq!(known, Some(kind));
        }
        assert_eq!(of("OpaqueNetwork").map(name), Some("OpaqueNetwork"));
        assert_eq!(of("ComputeResource"), None);
    }
}
