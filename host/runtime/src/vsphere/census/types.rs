//! Managed object types and the kinds that an inventory has of them.

use crate::count::Object;
use crate::vsphere::operation::Reference;

/// Each kind with its types: the one that views are made of, then its subtypes.
const TYPES: [(&str, &[&str]); 12] = [
    ("vm", &["VirtualMachine"]),
    ("host", &["HostSystem"]),
    ("cluster", &["ClusterComputeResource"]),
    ("datastore", &["Datastore"]),
    ("network", &["Network", "OpaqueNetwork"]),
    ("dvportgroup", &["DistributedVirtualPortgroup"]),
    (
        "dvswitch",
        &["DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch"],
    ),
    ("datacenter", &["Datacenter"]),
    ("folder", &["Folder"]),
    ("resourcepool", &["ResourcePool"]),
    ("vapp", &["VirtualApp"]),
    ("datastorepod", &["StoragePod"]),
];

/// The kind of a type, and which of the kind's types it is.
pub(super) fn kind(type_name: &str) -> Option<(&'static str, u8)> {
    TYPES.iter().find_map(|(kind, names)| {
        let form = names.iter().position(|name| *name == type_name)?;
        Some((*kind, u8::try_from(form).ok()?))
    })
}

/// The types that a view of these kinds is made of.
pub(super) fn for_kinds(kinds: &[&str]) -> Vec<&'static str> {
    let asked = TYPES.iter().filter(|(kind, _)| kinds.contains(kind));
    asked.map(|(_, names)| names[0]).collect()
}

/// How an object is named to the server.
pub(super) fn reference(object: &Object) -> Reference {
    let name = names(object.kind).get(usize::from(object.form));
    Reference {
        type_name: (*name.unwrap_or(&"ManagedEntity")).to_owned(),
        id: object.id.clone(),
    }
}

/// How it is named if it is another of its kind's types.
pub(super) fn other_references(object: &Object) -> Vec<Reference> {
    let forms = names(object.kind).iter().enumerate();
    forms
        .filter(|(form, _)| *form != usize::from(object.form))
        .map(|(_, name)| Reference {
            type_name: (*name).to_owned(),
            id: object.id.clone(),
        })
        .collect()
}

fn names(kind: &str) -> &'static [&'static str] {
    let known = TYPES.iter().find(|(known, _)| *known == kind);
    known.map_or(&[], |(_, names)| names)
}

#[cfg(test)]
mod tests {
    use super::{TYPES, for_kinds, kind, other_references, reference};
    use crate::count::Object;

    #[test]
    fn every_type_has_one_kind_and_every_kind_its_view() {
        for (of, names) in TYPES {
            for (form, name) in names.iter().enumerate() {
                assert_eq!(kind(name), Some((of, u8::try_from(form).expect("few"))));
            }
            assert_eq!(for_kinds(&[of]), [names[0]]);
        }
        assert_eq!(kind("ContainerView"), None);
        let kinds = stocktake_contract::response::LEDGER_KINDS.into_iter();
        let kinds = kinds.chain(stocktake_contract::response::EXTENDED_KINDS);
        for known in kinds.chain(stocktake_contract::response::TREE_KINDS) {
            assert!(TYPES.iter().any(|(of, _)| *of == known), "{known}");
        }
    }

    #[test]
    fn an_object_is_named_by_its_own_type() {
        let object = Object {
            kind: "network",
            form: 1,
            id: "network-7".to_owned(),
        };
        assert_eq!(reference(&object).type_name, "OpaqueNetwork");
        assert_eq!(other_references(&object)[0].type_name, "Network");
    }
}
