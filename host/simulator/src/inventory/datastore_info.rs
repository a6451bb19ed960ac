//! What lies below a datastore: its volume, the maintenance of the datastore, its pod, and its mounts.

use super::datastore::{kind_name, space, write_device, write_name, write_volume};
use super::draw::{Draw, Topic};
use super::names::{write_reference, write_val_list, write_val_reference, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::{Backing, Site};
use super::tree::write_parent;
use crate::soap::xml::Xml;

/// Whether a volume is of VMFS 5; the others are of VMFS 6.
fn is_old(site: &Site, datastore: u32) -> bool {
    Draw::new(site.seed ^ 1, Topic::Datastore, datastore).percent(25)
}

fn vmfs_version(site: &Site, datastore: u32) -> (u32, &'static str) {
    if is_old(site, datastore) {
        (5, "5.61")
    } else {
        (6, "6.82")
    }
}

fn uncommitted(site: &Site, datastore: u32) -> i64 {
    let (capacity, _) = space(site, datastore);
    capacity / 1000 * i64::from(Draw::new(site.seed ^ 2, Topic::Datastore, datastore).below(1500))
}

fn maintenance(site: &Site, datastore: u32) -> &'static str {
    match Draw::new(site.seed ^ 3, Topic::Datastore, datastore).below(20) {
        0 => "inMaintenance",
        1 => "enteringMaintenance",
        _ => "normal",
    }
}

fn is_vmfs(site: &Site, datastore: u32) -> bool {
    matches!(
        site.backing(datastore),
        Backing::Vmfs { .. } | Backing::Local { .. }
    )
}

fn write_vmfs(site: &Site, datastore: u32, xml: &mut Xml) {
    let (major, version) = vmfs_version(site, datastore);
    let (capacity, _) = space(site, datastore);
    xml.raw("<type>VMFS</type><name>");
    write_name(site, datastore, xml);
    xml.close("name")
        .element_int("capacity", capacity)
        .element_int("blockSizeMb", 1)
        .element_int("blockSize", 1024)
        .element_int("maxBlocks", 63_963_136)
        .element_int("majorVersion", major)
        .element("version", version)
        .open("uuid");
    write_volume(site, datastore, xml);
    xml.raw("</uuid><extent><diskName>");
    write_device(site, datastore, xml);
    xml.raw("</diskName><partition>1</partition></extent><vmfsUpgradable>false</vmfsUpgradable>")
        .element_bool("ssd", true)
        .element_bool(
            "local",
            matches!(site.backing(datastore), Backing::Local { .. }),
        );
}

fn write_nas(site: &Site, datastore: u32, xml: &mut Xml) {
    let (capacity, _) = space(site, datastore);
    xml.raw("<type>NFS41</type><name>");
    write_name(site, datastore, xml);
    xml.close("name")
        .element_int("capacity", capacity)
        .element("remoteHost", "nas1.example.com")
        .element("remotePath", "/export/iso & images")
        .element("remoteHostNames", "nas1.example.com")
        .element("securityType", "AUTH_SYS");
}

fn write_info(site: &Site, datastore: u32, xml: &mut Xml) {
    let kind = match site.backing(datastore) {
        Backing::Nfs { .. } => "NasDatastoreInfo",
        Backing::Vsan => "VsanDatastoreInfo",
        Backing::Vmfs { .. } | Backing::Local { .. } => "VmfsDatastoreInfo",
    };
    xml.open_typed("val", kind).open("name");
    write_name(site, datastore, xml);
    xml.raw("</name><url>ds:///vmfs/volumes/");
    write_volume(site, datastore, xml);
    xml.raw("/</url>")
        .element_int("freeSpace", space(site, datastore).1)
        .element_int("maxFileSize", 70_368_744_177_664_i64)
        .element_int("maxVirtualDiskCapacity", 68_169_720_922_112_i64)
        .element_int("maxMemoryFileSize", 70_368_744_177_664_i64);
    match kind {
        "VmfsDatastoreInfo" => {
            xml.element_int("maxPhysicalRDMFileSize", 70_368_744_177_664_i64)
                .element_int("maxVirtualRDMFileSize", 68_169_720_922_112_i64)
                .open("vmfs");
            write_vmfs(site, datastore, xml);
            xml.close("vmfs");
        }
        "NasDatastoreInfo" => {
            xml.open("nas");
            write_nas(site, datastore, xml);
            xml.close("nas");
        }
        _ => {}
    }
    xml.close("val");
}

/// Mode, mounted, accessible. In a varied inventory an NFS export is read-only for some hosts and out of reach for others.
fn state(site: &Site, datastore: u32, host: u32) -> (&'static str, bool, bool) {
    match site.backing(datastore) {
        Backing::Nfs { .. } if site.varied => (
            if host.is_multiple_of(3) {
                "readOnly"
            } else {
                "readWrite"
            },
            host % 4 != 1,
            host % 4 != 1 && host % 5 != 2,
        ),
        _ => ("readWrite", true, true),
    }
}

/// The elements of a `HostMountInfo`.
pub(super) fn write_mount_state(site: &Site, datastore: u32, host: u32, xml: &mut Xml) {
    let (mode, mounted, accessible) = state(site, datastore, host);
    xml.raw("<path>/vmfs/volumes/");
    write_volume(site, datastore, xml);
    xml.close("path")
        .element("accessMode", mode)
        .element_bool("mounted", mounted)
        .element_bool("accessible", accessible);
    if !accessible {
        xml.element("inaccessibleReason", "AllPathsDown_Start");
    }
}

/// The elements of a `HostFileSystemMountInfo`.
pub(super) fn write_mount(site: &Site, datastore: u32, host: u32, xml: &mut Xml) {
    xml.open("mountInfo");
    write_mount_state(site, datastore, host, xml);
    xml.close("mountInfo");
    if is_vmfs(site, datastore) {
        xml.open_typed("volume", "HostVmfsVolume");
        write_vmfs(site, datastore, xml);
    } else if matches!(site.backing(datastore), Backing::Nfs { .. }) {
        xml.open_typed("volume", "HostNasVolume");
        write_nas(site, datastore, xml);
    } else {
        xml.open_typed("volume", "HostFileSystemVolume")
            .element("type", kind_name(site, datastore))
            .open("name");
        write_name(site, datastore, xml);
        xml.close("name")
            .element_int("capacity", space(site, datastore).0);
    }
    xml.close("volume")
        .element("vStorageSupport", "vStorageSupported");
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("info", write_info),
    ("info.vmfs", |site, index, xml| {
        if is_vmfs(site, index) {
            xml.open_typed("val", "HostVmfsVolume");
            write_vmfs(site, index, xml);
            xml.close("val");
        }
    }),
    ("info.vmfs.version", |site, index, xml| {
        if is_vmfs(site, index) {
            xml.val_string(vmfs_version(site, index).1);
        }
    }),
    ("info.vmfs.majorVersion", |site, index, xml| {
        if is_vmfs(site, index) {
            xml.val_int(vmfs_version(site, index).0);
        }
    }),
    ("info.url", |site, index, xml| {
        write_val_text(xml, |xml| {
            xml.raw("ds:///vmfs/volumes/");
            write_volume(site, index, xml);
            xml.raw("/");
        });
    }),
    ("summary.uncommitted", |site, index, xml| {
        xml.val_long(uncommitted(site, index));
    }),
    ("summary.maintenanceMode", |site, index, xml| {
        xml.val_string(maintenance(site, index));
    }),
    ("summary.datastore", |site, index, xml| {
        write_val_reference(site, Object::new(Kind::Datastore, index), xml);
    }),
];

/// The datastores of a pod: those of the clusters of its datacenter.
fn members(site: &Site, pod: u32) -> impl Iterator<Item = u32> + '_ {
    (0..site.clusters * super::site::VMFS_PER_CLUSTER).filter(move |&datastore| {
        let parent = super::tree::parent(site, Object::new(Kind::Datastore, datastore));
        parent == Some(Object::new(Kind::Pod, pod))
    })
}

fn pod_name(_: &Site, index: u32, xml: &mut Xml) {
    xml.val_string(&format!("pod-dc{} gold%2fsilver", index + 1));
}

fn pod_space(site: &Site, pod: u32) -> (i64, i64) {
    members(site, pod)
        .map(|datastore| space(site, datastore))
        .fold((0, 0), |(capacity, free), (more, more_free)| {
            (capacity + more, free + more_free)
        })
}

pub(super) const POD_PROPERTIES: &[(&str, Property)] = &[
    ("name", pod_name),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Pod, index), xml);
    }),
    ("childEntity", |site, index, xml| {
        write_val_list(site, Kind::Datastore, members(site, index), xml);
    }),
    ("summary", |site, index, xml| {
        let (capacity, free) = pod_space(site, index);
        xml.open_typed("val", "StoragePodSummary")
            .raw("<name>pod-dc")
            .int(index + 1)
            .raw(" gold%2fsilver</name>")
            .element_int("capacity", capacity)
            .element_int("freeSpace", free)
            .close("val");
    }),
    ("summary.name", pod_name),
    ("summary.capacity", |site, index, xml| {
        xml.val_long(pod_space(site, index).0);
    }),
    ("summary.freeSpace", |site, index, xml| {
        xml.val_long(pod_space(site, index).1);
    }),
    (
        "podStorageDrsEntry.storageDrsConfig.podConfig.enabled",
        |_, index, xml| {
            xml.val_bool(index == 0);
        },
    ),
    (
        "podStorageDrsEntry.storageDrsConfig.podConfig.defaultVmBehavior",
        |_, _, xml| xml.val_string("manual"),
    ),
];

pub(super) fn write_host_mount(site: &Site, datastore: u32, host: u32, xml: &mut Xml) {
    xml.open_typed("DatastoreHostMount", "DatastoreHostMount");
    write_reference(site, "key", Object::new(Kind::Host, host), xml);
    xml.open("mountInfo");
    write_mount_state(site, datastore, host, xml);
    xml.raw("</mountInfo></DatastoreHostMount>");
}
