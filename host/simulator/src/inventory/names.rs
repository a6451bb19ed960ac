//! Names, identifiers and references as they appear in values.

use super::object::{Kind, Object};
use super::site::Site;
use crate::soap::xml::Xml;

const CITIES: [&str; 8] = [
    "Berlin", "Zürich", "Austin", "Osaka", "Lyon", "Porto", "Oslo", "Pune",
];

pub(crate) fn datacenter_name(datacenter: u32) -> String {
    let city = usize::try_from(datacenter).unwrap_or(0) % CITIES.len();
    format!("DC{:02} {}", datacenter + 1, CITIES[city])
}

/// A UUID in canonical spelling from 128 bits.
pub(crate) fn write_uuid(high: u64, low: u64, xml: &mut Xml) {
    xml.hex(high >> 32, 8)
        .raw("-")
        .hex(high >> 16, 4)
        .raw("-")
        .hex(high, 4)
        .raw("-")
        .hex(low >> 48, 4)
        .raw("-")
        .hex(low, 12);
}

/// `type="HostSystem"` and the MoRef value, without the element around it.
pub(crate) fn write_reference(site: &Site, tag: &str, object: Object, xml: &mut Xml) {
    xml.raw("<")
        .raw(tag)
        .raw(" type=\"")
        .raw(object.kind.type_name())
        .raw("\">");
    site.write_id(object, xml);
    xml.close(tag);
}

pub(crate) fn write_val_reference(site: &Site, object: Object, xml: &mut Xml) {
    xml.raw("<val type=\"")
        .raw(object.kind.type_name())
        .raw("\" xsi:type=\"ManagedObjectReference\">");
    site.write_id(object, xml);
    xml.close("val");
}

/// One element of an `ArrayOfManagedObjectReference`.
pub(crate) fn write_array_reference(site: &Site, object: Object, xml: &mut Xml) {
    xml.raw("<ManagedObjectReference type=\"")
        .raw(object.kind.type_name())
        .raw("\" xsi:type=\"ManagedObjectReference\">");
    site.write_id(object, xml);
    xml.close("ManagedObjectReference");
}

pub(crate) fn write_val_references(
    site: &Site,
    objects: impl Iterator<Item = Object>,
    xml: &mut Xml,
) {
    xml.open_typed("val", "ArrayOfManagedObjectReference");
    for object in objects {
        write_array_reference(site, object, xml);
    }
    xml.close("val");
}

pub(crate) fn write_val_list(
    site: &Site,
    kind: Kind,
    indexes: impl IntoIterator<Item = u32>,
    xml: &mut Xml,
) {
    let objects = indexes.into_iter().map(|index| Object::new(kind, index));
    write_val_references(site, objects, xml);
}

/// Writes a `val` of type string whose text `text` appends; it must need no escaping.
pub(crate) fn write_val_text(xml: &mut Xml, text: impl FnOnce(&mut Xml)) {
    xml.open_typed("val", "xsd:string");
    text(xml);
    xml.close("val");
}
