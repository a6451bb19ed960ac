use super::{FIELDS, Shape, declared_by_xsi, shape};
use crate::tape::Type;

const VIM: &str = "urn:vim25";

fn declared(parent: &str, field: &str) -> Type<'static> {
    shape(parent, field).declared
}

#[test]
fn a_name_means_what_the_element_around_it_says() {
    let cases = [
        ("GuestNicInfo", "ipAddress", Type::Text, true),
        ("ipConfig", "ipAddress", Type::Undeclared, true),
        ("ipAddress", "ipAddress", Type::Undeclared, false),
        ("dnsConfig", "ipAddress", Type::Text, true),
        ("ip", "ipAddress", Type::Undeclared, false),
        ("VirtualDevice", "key", Type::Number, false),
        ("HostVirtualNic", "key", Type::Undeclared, false),
        ("ScsiLun", "key", Type::Undeclared, false),
        ("DatastoreHostMount", "key", Type::Reference(""), false),
        ("candidateVnic", "key", Type::Undeclared, false),
        (
            "VirtualNicManagerNetConfig",
            "selectedVnic",
            Type::Text,
            true,
        ),
        ("VirtualDevice", "device", Type::Number, true),
        ("HostVirtualNic", "device", Type::Undeclared, false),
        ("VirtualDevice", "shares", Type::Undeclared, false),
        ("storageIOAllocation", "shares", Type::Undeclared, false),
        ("shares", "shares", Type::Number, false),
        ("dnsConfig", "dhcp", Type::Flag, false),
        ("ipConfig", "dhcp", Type::Undeclared, false),
        ("ip", "dhcp", Type::Flag, false),
        ("VirtualDevice", "id", Type::Number, false),
        ("backing", "id", Type::Undeclared, false),
        ("attachedNamespace", "id", Type::Number, false),
        ("backing", "deviceId", Type::Undeclared, false),
        ("allowedDevice", "deviceId", Type::Number, false),
        ("VirtualDevice", "vendor", Type::Number, false),
        ("ScsiLun", "vendor", Type::Undeclared, false),
        (
            "config.storageDevice.nvmeTopology",
            "adapter",
            Type::Undeclared,
            true,
        ),
        ("adapter", "adapter", Type::Undeclared, false),
        ("ScsiLun", "capacity", Type::Undeclared, false),
        ("capacity", "block", Type::Number, false),
        ("alternateName", "data", Type::Number, true),
        ("hardware.cpuInfo", "hz", Type::Number, false),
        ("backing", "datastore", Type::Reference(""), false),
        ("parent", "thinProvisioned", Type::Flag, false),
    ];
    for (parent, field, declared, repeats) in cases {
        assert_eq!(
            shape(parent, field),
            Shape { declared, repeats },
            "{parent}.{field}"
        );
    }
}

#[test]
fn labels_and_identifiers_stay_text_whatever_they_look_like() {
    let texts = [
        ("deviceInfo", "label"),
        ("deviceInfo", "summary"),
        ("GuestNicInfo", "network"),
        ("HostSystemIdentificationInfo", "identifierValue"),
        ("identifierType", "key"),
        ("backing", "uuid"),
        ("ScsiLun", "serialNumber"),
        ("HostNvmeNamespace", "name"),
    ];
    for (parent, field) in texts {
        assert_eq!(shape(parent, field), Shape::UNKNOWN, "{parent}.{field}");
    }
}

#[test]
fn items_of_scalar_arrays_have_the_type_they_are_named_after() {
    assert_eq!(declared("any.property", "string"), Type::Text);
    assert_eq!(declared("any.property", "int"), Type::Number);
    assert_eq!(declared("any.property", "boolean"), Type::Flag);
}

#[test]
fn no_field_is_listed_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for (parent, fields) in FIELDS {
        for (field, _) in *fields {
            assert!(seen.insert((parent, field)), "{parent}.{field}");
        }
    }
}

#[test]
fn an_xsi_type_names_its_kind_of_value() {
    let xsd = [
        ("int", Type::Number),
        ("long", Type::Number),
        ("short", Type::Number),
        ("byte", Type::Number),
        ("unsignedInt", Type::Number),
        ("unsignedByte", Type::Number),
        ("double", Type::Number),
        ("float", Type::Number),
        ("decimal", Type::Number),
        ("integer", Type::Number),
        ("boolean", Type::Flag),
        ("string", Type::Text),
        ("dateTime", Type::Text),
        ("anyURI", Type::Text),
        ("base64Binary", Type::Text),
        ("anyType", Type::Undeclared),
    ];
    for (local, declared) in xsd {
        assert_eq!(
            declared_by_xsi(super::XSD, local, None),
            declared,
            "xsd:{local}"
        );
    }
    assert_eq!(declared_by_xsi(VIM, "ArrayOfInt", None), Type::Array);
    assert_eq!(
        declared_by_xsi(VIM, "VirtualDisk", None),
        Type::Data("VirtualDisk")
    );
    assert_eq!(
        declared_by_xsi(VIM, "ManagedObjectReference", Some("HostSystem")),
        Type::Reference("HostSystem")
    );
    // `string` of another namespace is not XML Schema's.
    assert_eq!(declared_by_xsi(VIM, "string", None), Type::Data("string"));
}
