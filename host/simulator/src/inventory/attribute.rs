//! Custom attributes: their definitions, and the values of VMs and hosts.
//!
//! Attribute 108 is defined nowhere, as if it were deleted while it is read; two attributes are called `Owner`.

use super::draw::{Draw, Topic};
use super::object::Kind;
use super::oddity::Oddity;
use super::property::Property;
use super::site::Site;
use super::vm::Vm;
use crate::soap::xml::Xml;

const FIRST_OF_MANY: u32 = 1001;
const MANY: u32 = 300;
const DELETED: u32 = 108;

/// Key, name and the only type that has it.
const DEFINITIONS: [(u32, &str, Option<&str>); 7] = [
    (101, "Owner", None),
    (102, "Cost centre", Some("VirtualMachine")),
    (103, "Last backup", Some("VirtualMachine")),
    (104, "Rack", Some("HostSystem")),
    (105, "Owner", Some("VirtualMachine")),
    (106, "Büro / Etage 100%", Some("VirtualMachine")),
    (107, "Empty", Some("VirtualMachine")),
];

fn write_definition(key: u32, name: &str, of: Option<&str>, xml: &mut Xml) {
    xml.open_typed("CustomFieldDef", "CustomFieldDef")
        .element_int("key", key)
        .element("name", name)
        .element("type", "xsd:string");
    if let Some(of) = of {
        xml.element("managedObjectType", of);
    }
    xml.close("CustomFieldDef");
}

fn write_definitions(_: &Site, _: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfCustomFieldDef");
    for (key, name, of) in DEFINITIONS {
        write_definition(key, name, of, xml);
    }
    for nth in 0..MANY {
        let name = format!("attribute {:03}", nth + 1);
        write_definition(FIRST_OF_MANY + nth, &name, Some("VirtualMachine"), xml);
    }
    xml.close("val");
}

fn write_value(key: u32, value: &str, xml: &mut Xml) {
    xml.open_typed("CustomFieldValue", "CustomFieldStringValue")
        .element_int("key", key)
        .element("value", value)
        .close("CustomFieldValue");
}

fn write_vm_values(site: &Site, index: u32, xml: &mut Xml) {
    let vm = Vm::new(site, index);
    let mut draw = Draw::new(site.seed, Topic::Attributes, index);
    xml.open_typed("val", "ArrayOfCustomFieldValue");
    if draw.percent(60) {
        let teams = ["platform", "Müller & Söhne", "data \"lake\"", "<none>"];
        write_value(101, draw.pick::<&str>(&teams), xml);
    }
    if draw.percent(40) {
        write_value(102, &format!("CC-{:04}", draw.below(10_000)), xml);
    }
    if draw.percent(30) {
        write_value(103, "2025-06-30 23:15:00 +0200\nincremental", xml);
    }
    if draw.percent(10) {
        write_value(105, "=HYPERLINK(\"http://example.com\")", xml);
    }
    if draw.percent(10) {
        write_value(106, "3 / 100%", xml);
    }
    if draw.percent(10) {
        write_value(107, "", xml);
    }
    if draw.percent(5) {
        write_value(DELETED, "of an attribute that is gone", xml);
    }
    if Oddity::of(site, &vm) == Some(Oddity::ManyAttributes) {
        for nth in 0..MANY {
            write_value(FIRST_OF_MANY + nth, &format!("value {}", nth + 1), xml);
        }
    }
    xml.close("val");
}

fn write_host_values(_: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfCustomFieldValue");
    write_value(
        104,
        &format!("R{:02} / U{}", index / 20 + 1, index % 20 * 2 + 1),
        xml,
    );
    xml.close("val");
}

/// Every third object of another kind has an owner.
fn write_owner(_: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfCustomFieldValue");
    if index.is_multiple_of(3) {
        write_value(101, "infrastructure", xml);
    }
    xml.close("val");
}

/// A host of its own has no custom attributes.
fn values(of: Property) -> impl Fn(&Site, u32, &mut Xml) {
    move |site, index, xml| {
        if !site.host_agent {
            of(site, index, xml);
        }
    }
}

const VM: Property = |site, index, xml| values(write_vm_values)(site, index, xml);
const HOST: Property = |site, index, xml| values(write_host_values)(site, index, xml);
const OTHER: Property = |site, index, xml| values(write_owner)(site, index, xml);

const VM_PROPERTIES: &[(&str, Property)] = &[
    ("customValue", VM),
    ("value", VM),
    ("summary.customValue", VM),
];
const HOST_PROPERTIES: &[(&str, Property)] = &[
    ("customValue", HOST),
    ("value", HOST),
    ("summary.customValue", HOST),
];
const OTHER_PROPERTIES: &[(&str, Property)] = &[("customValue", OTHER), ("value", OTHER)];

/// The properties in which an object of a kind has its values.
pub(super) const fn properties(kind: Kind) -> &'static [(&'static str, Property)] {
    match kind {
        Kind::Vm => VM_PROPERTIES,
        Kind::Host => HOST_PROPERTIES,
        Kind::CustomFields => &[("field", write_definitions)],
        _ => OTHER_PROPERTIES,
    }
}
