//! Folders and datacenters: the skeleton every other object hangs on.

use super::names::{datacenter_name, write_val_reference, write_val_references};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use crate::soap::xml::Xml;

/// A folder below a datacenter.
pub(crate) struct FolderShape {
    /// The letter of its MoRef: `group-v3`.
    pub(crate) letter: &'static str,
    pub(crate) name: &'static str,
    /// The slot it lies in; absent for the four that belong to the datacenter itself.
    pub(crate) parent: Option<u32>,
}

const fn shape(letter: &'static str, name: &'static str, parent: Option<u32>) -> FolderShape {
    FolderShape {
        letter,
        name,
        parent,
    }
}

pub(crate) const FOLDERS_PER_DATACENTER: u32 = 13;
/// Those that belong to the datacenter itself.
pub(crate) const BASE_FOLDERS: u32 = 4;
const SHAPES: [FolderShape; 13] = [
    shape("v", "vm", None),
    shape("h", "host", None),
    shape("s", "datastore", None),
    shape("n", "network", None),
    shape("v", "Production", Some(0)),
    shape("v", "Linux", Some(4)),
    shape("v", "Windows", Some(4)),
    shape("v", "Test%2fStaging", Some(0)),
    shape("v", "Templates", Some(0)),
    shape("v", "vCLS", Some(0)),
    shape("h", "Clusters", Some(1)),
    shape("s", "Local", Some(2)),
    shape("n", "Switches", Some(3)),
];

/// The slots that other files refer to.
pub(crate) mod slot {
    pub(crate) const HOSTS: u32 = 1;
    pub(crate) const DATASTORES: u32 = 2;
    pub(crate) const NETWORKS: u32 = 3;
    pub(crate) const LINUX: u32 = 5;
    pub(crate) const WINDOWS: u32 = 6;
    pub(crate) const TEST: u32 = 7;
    pub(crate) const TEMPLATES: u32 = 8;
    pub(crate) const VCLS: u32 = 9;
    pub(crate) const CLUSTERS: u32 = 10;
    pub(crate) const LOCAL: u32 = 11;
    pub(crate) const SWITCHES: u32 = 12;
}

/// The folder in a slot of a datacenter; a host of its own has the first four only.
pub(crate) fn folder(site: &Site, datacenter: u32, slot: u32) -> Object {
    let mut slot = slot;
    while site.host_agent
        && let Some(outer) = SHAPES.get(slot as usize).and_then(|shape| shape.parent)
    {
        slot = outer;
    }
    Object::new(Kind::Folder, 1 + datacenter * FOLDERS_PER_DATACENTER + slot)
}

/// The datacenter, the slot and the shape of a folder; none for the root folder.
pub(crate) fn placement(folder: u32) -> Option<(u32, u32, &'static FolderShape)> {
    let nth = folder.checked_sub(1)?;
    let slot = nth % FOLDERS_PER_DATACENTER;
    let shape = SHAPES.get(usize::try_from(slot).ok()?)?;
    Some((nth / FOLDERS_PER_DATACENTER, slot, shape))
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", |site, index, xml| {
        let root = if site.host_agent {
            "ha-folder-root"
        } else {
            "Datacenters"
        };
        xml.val_string(placement(index).map_or(root, |(_, _, shape)| shape.name));
    }),
    ("parent", |site, index, xml| {
        super::tree::write_parent(site, Object::new(Kind::Folder, index), xml);
    }),
    ("childType", |_, index, xml| write_child_types(index, xml)),
    ("childEntity", |site, index, xml| {
        let me = Object::new(Kind::Folder, index);
        write_val_references(site, children(site, me), xml);
    }),
];

pub(super) const DATACENTER_PROPERTIES: &[(&str, Property)] = &[
    ("name", |site, index, xml| {
        if site.host_agent {
            xml.val_string("ha-datacenter")
        } else {
            xml.val_string(&datacenter_name(index))
        }
    }),
    ("parent", |site, _, xml| {
        write_val_reference(site, Object::ROOT, xml)
    }),
    ("vmFolder", |site, index, xml| {
        base_folder(site, index, 0, xml)
    }),
    ("hostFolder", |site, index, xml| {
        base_folder(site, index, slot::HOSTS, xml);
    }),
    ("datastoreFolder", |site, index, xml| {
        base_folder(site, index, slot::DATASTORES, xml);
    }),
    ("networkFolder", |site, index, xml| {
        base_folder(site, index, slot::NETWORKS, xml);
    }),
];

fn base_folder(site: &Site, datacenter: u32, slot: u32, xml: &mut Xml) {
    write_val_reference(site, folder(site, datacenter, slot), xml);
}

/// What may lie in a folder: of its datacenter's kind of folders.
fn write_child_types(index: u32, xml: &mut Xml) {
    let kinds: &[&str] = match placement(index).map(|(_, _, shape)| shape.letter) {
        None => &["Folder", "Datacenter"],
        Some("v") => &["Folder", "VirtualMachine", "VirtualApp"],
        Some("h") => &["Folder", "ComputeResource"],
        Some("s") => &["Folder", "Datastore", "StoragePod"],
        Some(_) => &["Folder", "Network", "DistributedVirtualSwitch"],
    };
    xml.open_typed("val", "ArrayOfString");
    for kind in kinds {
        xml.open_typed("string", "xsd:string")
            .raw(kind)
            .close("string");
    }
    xml.close("val");
}

fn children(site: &Site, parent: Object) -> impl Iterator<Item = Object> + '_ {
    Kind::ALL
        .into_iter()
        .flat_map(|kind| (0..site.count(kind)).map(move |index| Object::new(kind, index)))
        .filter(move |&object| super::tree::folder_side(site, object) == Some(parent))
}
