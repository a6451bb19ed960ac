//! The disks of a host: SCSI LUNs, local and shared, and the NVMe namespaces of every fourth host.
//!
//! The first NVMe namespace also stands among the LUNs under the same name, the second only in the topology.

use super::datastore::{space, write_device};
use super::draw::{Draw, Topic};
use super::site::{Site, VMFS_PER_CLUSTER};
use crate::soap::xml::Xml;

const BLOCK_BYTES: i64 = 512;

/// A disk before it is written.
struct Disk<'a> {
    name: &'a dyn Fn(&mut Xml),
    vendor: &'static str,
    model: &'static str,
    bytes: i64,
    ssd: bool,
    /// Old hosts do not say.
    local: Option<bool>,
}

fn has_nvme(host: u32) -> bool {
    host % 4 == 1
}

fn write_nvme_name(host: u32, namespace: u32, xml: &mut Xml) {
    xml.raw("eui.01000000010000005cd2e4")
        .hex(u64::from(host), 4)
        .hex(u64::from(namespace), 2);
}

pub(super) fn write_luns(site: &Site, index: u32, xml: &mut Xml) {
    let mut draw = Draw::new(site.seed, Topic::HostStorage, index);
    let local_bytes = *draw.pick(&[240_057_409_536_i64, 480_103_981_056, 959_656_755_200]);
    let local_count = 1 + draw.below(2);
    xml.open_typed("val", "ArrayOfScsiLun");
    for nth in 0..local_count {
        let name = |xml: &mut Xml| {
            xml.raw("naa.5002538e")
                .hex(u64::from(index), 6)
                .hex(u64::from(nth), 2);
        };
        write_disk(
            &Disk {
                name: &name,
                vendor: "ATA     ",
                model: "MZ7LH480HBHQ0D3 ",
                bytes: local_bytes,
                ssd: true,
                local: (index % 7 != 3).then_some(true),
            },
            xml,
        );
    }
    if has_nvme(index) {
        write_disk(
            &Disk {
                name: &|xml| write_nvme_name(index, 1, xml),
                vendor: "NVMe    ",
                model: "Dell Express Fla",
                bytes: 1_600_321_314_816,
                ssd: true,
                local: Some(true),
            },
            xml,
        );
    }
    if let Some(cluster) = site.cluster_of_host(index) {
        for nth in 0..VMFS_PER_CLUSTER {
            let datastore = site.shared_vmfs(cluster, nth);
            write_disk(
                &Disk {
                    name: &|xml| write_device(site, datastore, xml),
                    vendor: "DGC     ",
                    model: "VRAID           ",
                    bytes: space(site, datastore).0,
                    ssd: false,
                    local: Some(false),
                },
                xml,
            );
        }
    }
    xml.raw(CDROM);
    xml.close("val");
}

const CDROM: &str = concat!(
    r#"<ScsiLun xsi:type="ScsiLun"><deviceName>/vmfs/devices/cdrom/mpx.vmhba0:C0:T4:L0</deviceName><deviceType>cdrom</deviceType>"#,
    "<key>key-vim.host.ScsiLun-0005000000766d686261303a343a30</key><uuid>0005000000766d686261303a343a30</uuid><canonicalName>mpx.vmhba0:C0:T4:L0</canonicalName>",
    "<displayName>Local TSSTcorp CD-ROM (mpx.vmhba0:C0:T4:L0)</displayName><lunType>cdrom</lunType><vendor>TSSTcorp</vendor><model>DVD-ROM SN-108FB</model><revision>D150</revision>",
    "<scsiLevel>5</scsiLevel><serialNumber>unavailable</serialNumber><operationalState>ok</operationalState></ScsiLun>",
);

fn write_disk(disk: &Disk<'_>, xml: &mut Xml) {
    xml.open_typed("ScsiLun", "HostScsiDisk");
    xml.raw("<deviceName>/vmfs/devices/disks/");
    (disk.name)(xml);
    xml.raw("</deviceName><deviceType>disk</deviceType><key>key-vim.host.ScsiDisk-");
    (disk.name)(xml);
    xml.raw("</key><uuid>0200000000");
    (disk.name)(xml);
    xml.raw("</uuid><canonicalName>");
    (disk.name)(xml);
    xml.raw("</canonicalName><displayName>")
        .raw(disk.vendor.trim_end())
        .raw(" Disk (");
    (disk.name)(xml);
    xml.raw(")</displayName><lunType>disk</lunType>");
    xml.element("vendor", disk.vendor)
        .element("model", disk.model);
    xml.raw("<revision>904Q</revision><scsiLevel>6</scsiLevel><serialNumber>unavailable</serialNumber><queueDepth>64</queueDepth><operationalState>ok</operationalState>");
    xml.raw("<capabilities><updateDisplayNameSupported>true</updateDisplayNameSupported></capabilities><vStorageSupport>vStorageUnsupported</vStorageSupport><protocolEndpoint>false</protocolEndpoint>");
    xml.open("capacity")
        .element_int("blockSize", BLOCK_BYTES)
        .element_int("block", disk.bytes / BLOCK_BYTES)
        .close("capacity");
    xml.raw("<devicePath>/vmfs/devices/disks/");
    (disk.name)(xml);
    xml.close("devicePath").element_bool("ssd", disk.ssd);
    if let Some(local) = disk.local {
        xml.element_bool("localDisk", local);
    }
    xml.raw("<emulatedDIXDIFEnabled>false</emulatedDIXDIFEnabled><scsiDiskType>native512</scsiDiskType></ScsiLun>");
}

pub(super) fn write_nvme_topology(_: &Site, index: u32, xml: &mut Xml) {
    if !has_nvme(index) {
        return;
    }
    xml.open_typed("val", "HostNvmeTopology");
    xml.raw("<adapter><key>key-vim.host.NvmeTopology.Interface-vmhba2</key><adapter>key-vim.host.PcieHba-vmhba2</adapter><connectedController>");
    xml.raw("<key>key-vim.host.NvmeController-256</key><controllerNumber>256</controllerNumber><subnqn>nqn.2014-08.org.nvmexpress:")
        .hex(u64::from(index), 8)
        .raw("</subnqn><name>nqn.2014-08.org.nvmexpress:")
        .hex(u64::from(index), 8)
        .raw("#vmhba2</name><associatedAdapter>key-vim.host.PcieHba-vmhba2</associatedAdapter><transportType>pcie</transportType>")
        .raw("<fusedOperationSupported>false</fusedOperationSupported><numberOfQueues>8</numberOfQueues><queueSize>1024</queueSize>");
    for namespace in 1..=2 {
        xml.raw("<attachedNamespace><key>key-vim.host.NvmeNamespace-");
        write_nvme_name(index, namespace, xml);
        xml.raw("</key><name>");
        write_nvme_name(index, namespace, xml);
        xml.raw("</name>")
            .element_int("id", namespace)
            .element_int("blockSize", BLOCK_BYTES)
            .element_int("capacityInBlocks", 1_600_321_314_816 / BLOCK_BYTES);
        xml.close("attachedNamespace");
    }
    xml.raw("<vendorId>0x144d</vendorId><model>Dell Express Flash NVMe P4610 1.6TB SFF</model><serialNumber>PHLN9380")
        .zero_padded(u64::from(index), 6)
        .raw("</serialNumber><firmwareVersion>VDV1DP25</firmwareVersion></connectedController></adapter></val>");
}
