//! Details of objects from XML, for tests.

use serde_json::Value;
use stocktake_contract::normalized::Kind;

use super::{Context, write};
use crate::attributes::AttributeNames;
use crate::datastores::Datastores;
use crate::gaps::Gap;
use crate::moref::MoRef;
use crate::normalize::sample::tape;
use crate::places::Places;

/// What is around the objects of tests.
pub(super) fn places() -> Places {
    let mut places = Places::default();
    for (type_name, value, name, rest) in [
        ("Folder", "group-d2", "Europe", above("Folder", "group-d1")),
        (
            "Datacenter",
            "datacenter-3",
            "Berlin",
            above("Folder", "group-d2"),
        ),
        (
            "Folder",
            "group-v4",
            "vm",
            above("Datacenter", "datacenter-3"),
        ),
        ("Folder", "group-v5", "a%2fb", above("Folder", "group-v4")),
        (
            "Folder",
            "group-h6",
            "host",
            above("Datacenter", "datacenter-3"),
        ),
        (
            "Folder",
            "group-s7",
            "datastore",
            above("Datacenter", "datacenter-3"),
        ),
        (
            "StoragePod",
            "group-p8",
            "gold",
            above("Folder", "group-s7"),
        ),
        (
            "ClusterComputeResource",
            "domain-c9",
            "Prod%2fA",
            above("Folder", "group-h6"),
        ),
        (
            "ResourcePool",
            "resgroup-10",
            "Resources",
            above("ClusterComputeResource", "domain-c9"),
        ),
        (
            "VirtualApp",
            "resgroup-v11",
            "shop",
            above("ResourcePool", "resgroup-10")
                + r#"<parentFolder type="Folder">group-v5</parentFolder>"#,
        ),
        (
            "VirtualApp",
            "resgroup-v12",
            "inner",
            above("VirtualApp", "resgroup-v11"),
        ),
        ("Network", "network-13", "VM Network", String::new()),
        (
            "DistributedVirtualPortgroup",
            "dvportgroup-14",
            "web%2f1",
            String::new(),
        ),
        (
            "OpaqueNetwork",
            "network-o15",
            "segment",
            "<summary><opaqueNetworkId>ls-1</opaqueNetworkId></summary>".to_owned(),
        ),
    ] {
        let name = format!(r#"<name xsi:type="xsd:string">{name}</name>"#);
        places.add(MoRef { type_name, value }, &tape(&(name + &rest)));
    }
    places
}

fn above(type_name: &str, id: &str) -> String {
    format!(r#"<parent type="{type_name}">{id}</parent>"#)
}

fn datastores() -> Datastores {
    let mut datastores = Datastores::default();
    let named = |name| tape(&format!(r#"<name xsi:type="xsd:string">{name}</name>"#));
    datastores.add("datastore-1", &named("fast%2f1"));
    datastores.add("datastore-2", &named("slow"));
    datastores
}

fn attributes() -> AttributeNames {
    AttributeNames::from_properties(&tape(
        r#"<field xsi:type="ArrayOfCustomFieldDef">
             <CustomFieldDef><key>101</key><name>owner</name></CustomFieldDef>
             <CustomFieldDef><key>102</key><name>owner</name></CustomFieldDef>
             <CustomFieldDef><key>103</key><name>cost centre</name></CustomFieldDef>
           </field>"#,
    ))
}

/// The details of an object, and its gaps.
pub(super) fn details(kind: Kind, properties: &str) -> (Value, Vec<Gap>) {
    let properties = tape(properties);
    let (places, datastores, attributes) = (places(), datastores(), attributes());
    let context = Context {
        places: &places,
        datastores: &datastores,
        attributes: &attributes,
        tags: None,
    };
    let mut gaps = Vec::new();
    let mut json = Vec::new();
    write(kind, &properties, context, &mut gaps, &mut json);
    (serde_json::from_slice(&json).expect("JSON"), gaps)
}

/// A property that is text.
pub(super) fn text(path: &str, text: &str) -> String {
    format!(r#"<{path} xsi:type="xsd:string">{text}</{path}>"#)
}

/// A property that is a reference.
pub(super) fn reference(path: &str, type_name: &str, id: &str) -> String {
    format!(r#"<{path} type="{type_name}">{id}</{path}>"#)
}
