//! Datastores: shared VMFS, NFS, vsan and local ones.

use super::datastore_info::write_host_mount;
use super::draw::{Draw, Topic};
use super::names::{write_val_list, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::{Backing, Site, VMFS_PER_CLUSTER};
use super::tree::write_parent;
use super::vm::Vm;
use super::vm_disks::datastores;
use crate::soap::xml::Xml;

const TIB: i64 = 1 << 40;
const GIB: i64 = 1 << 30;

pub(crate) fn write_name(site: &Site, datastore: u32, xml: &mut Xml) {
    match site.backing(datastore) {
        Backing::Vmfs { cluster } => xml
            .raw("san-cluster")
            .zero_padded(u64::from(cluster) + 1, 2)
            .raw("-lun")
            .int(datastore % VMFS_PER_CLUSTER + 1),
        Backing::Nfs { datacenter } => xml.raw("nfs-dc").int(i64::from(datacenter) + 1).raw("-iso"),
        Backing::Vsan => xml.raw("vsanDatastore"),
        Backing::Local { host } => xml.raw("local-").zero_padded(u64::from(host) + 1, 4),
    };
}

/// Capacity and free space, bytes.
pub(crate) fn space(site: &Site, datastore: u32) -> (i64, i64) {
    let mut draw = Draw::new(site.seed, Topic::Datastore, datastore);
    let capacity = match site.backing(datastore) {
        Backing::Vmfs { .. } => i64::from(*draw.pick(&[8u32, 16, 32])) * TIB,
        Backing::Nfs { .. } => 4 * TIB,
        Backing::Vsan => 96 * TIB,
        Backing::Local { .. } => i64::from(*draw.pick(&[120u32, 240, 448])) * GIB,
    };
    let free = capacity / 100 * i64::from(5 + draw.below(90));
    (capacity, free)
}

/// The device a VMFS lies on, without its partition.
pub(crate) fn write_device(site: &Site, datastore: u32, xml: &mut Xml) {
    let mut draw = Draw::new(site.seed, Topic::Datastore, datastore);
    xml.raw("naa.6006016")
        .hex(draw.next(), 9)
        .hex(u64::from(datastore), 16);
}

pub(super) fn write_volume(site: &Site, datastore: u32, xml: &mut Xml) {
    let bits = Draw::new(site.seed, Topic::Datastore, datastore).next();
    match site.backing(datastore) {
        Backing::Vsan => xml.raw("vsan:").hex(bits, 16).raw("-").hex(!bits, 16),
        _ => xml
            .hex(bits >> 32, 8)
            .raw("-")
            .hex(bits, 8)
            .raw("-")
            .hex(bits >> 16, 4)
            .raw("-")
            .hex(u64::from(datastore), 12),
    };
}

pub(super) fn kind_name(site: &Site, datastore: u32) -> &'static str {
    match site.backing(datastore) {
        Backing::Vmfs { .. } | Backing::Local { .. } => "VMFS",
        Backing::Nfs { .. } => "NFS41",
        Backing::Vsan => "vsan",
    }
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", name),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Datastore, index), xml);
    }),
    ("summary.name", name),
    ("summary.capacity", |site, index, xml| {
        xml.val_long(space(site, index).0)
    }),
    ("summary.freeSpace", |site, index, xml| {
        xml.val_long(space(site, index).1)
    }),
    ("summary.type", |site, index, xml| {
        xml.val_string(kind_name(site, index))
    }),
    ("summary.url", |site, index, xml| {
        write_val_text(xml, |xml| {
            xml.raw("ds:///vmfs/volumes/");
            write_volume(site, index, xml);
            xml.raw("/");
        });
    }),
    ("summary.multipleHostAccess", |site, index, xml| {
        xml.val_bool(site.hosts_of_datastore(index).len() > 1);
    }),
    ("summary.accessible", |_, _, xml| xml.val_bool(true)),
    ("host", hosts),
    ("vm", vms),
];

fn name(site: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| write_name(site, index, xml));
}

fn hosts(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfDatastoreHostMount");
    for host in site.hosts_of_datastore(index) {
        write_host_mount(site, index, host, xml);
    }
    xml.close("val");
}

fn vms(site: &Site, index: u32, xml: &mut Xml) {
    // VMs live on a datastore that their host mounts; only those without a host are left to look at.
    let hosts = site.hosts_of_datastore(index);
    let placed = hosts.iter().flat_map(|&host| site.vms_on_host(host));
    let unplaced = site.living_vms().filter(|_| site.hosts == 0);
    let here = placed
        .chain(unplaced)
        .filter(|&vm| datastores(site, &Vm::new(site, vm)).contains(&index));
    write_val_list(site, Kind::Vm, here, xml);
}
