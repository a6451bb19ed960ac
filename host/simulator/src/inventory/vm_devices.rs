//! The virtual hardware of a VM: `config.hardware.device`, an `ArrayOfVirtualDevice` with the device keys vCenter gives.

use super::datastore;
use super::draw::{Draw, Topic};
use super::names::{write_reference, write_val_references};
use super::network;
use super::object::{Kind, Object};
use super::site::{NETWORKS_PER_DATACENTER, PORT_GROUPS_PER_DATACENTER, Site};
use super::vm::Vm;
use crate::soap::xml::Xml;

const KIB_PER_GIB: u32 = 1024 * 1024;

/// Where a network card is plugged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nic {
    pub(crate) network: Object,
    model: &'static str,
}

/// The network cards of a VM, in slot order: one or two.
pub(crate) fn nics(site: &Site, vm: &Vm) -> impl Iterator<Item = Nic> + use<> {
    let datacenter = site.datacenter_of_vm(vm.index);
    let mut draw = Draw::new(site.seed, Topic::VmNics, vm.index);
    let count = match draw.below(100) {
        _ if vm.agent => 0,
        0..70 => 1,
        _ => 2,
    };
    let cards: [Nic; 2] = std::array::from_fn(|_| {
        let model = *draw.pick(&[
            "VirtualVmxnet3",
            "VirtualVmxnet3",
            "VirtualVmxnet3",
            "VirtualE1000",
            "VirtualE1000e",
        ]);
        let network = if draw.percent(20) || site.host_agent {
            let nth = draw.below(NETWORKS_PER_DATACENTER);
            Object::new(Kind::Network, site.network(datacenter, nth))
        } else {
            let nth = 1 + draw.below(PORT_GROUPS_PER_DATACENTER - 1);
            Object::new(Kind::PortGroup, site.port_group(datacenter, nth))
        };
        Nic { network, model }
    });
    cards.into_iter().take(count)
}

/// The networks a VM is attached to, each once.
pub(crate) fn networks(site: &Site, vm: &Vm) -> impl Iterator<Item = Object> + use<> {
    let mut first = None;
    nics(site, vm)
        .map(|nic| nic.network)
        .filter(move |&network| {
            let fresh = first != Some(network);
            first.get_or_insert(network);
            fresh
        })
}

pub(crate) fn write_networks(site: &Site, index: u32, xml: &mut Xml) {
    write_val_references(site, networks(site, &Vm::new(site, index)), xml);
}

/// `00:50:56:80…` to `bf`: the range vCenter assigns from; unique for two million VMs.
pub(crate) fn write_mac(vm: u32, nic: u32, xml: &mut Xml) {
    let number = u64::from(vm) * 2 + u64::from(nic);
    xml.raw("00:50:56:")
        .hex(0x80 + ((number >> 16) & 0x3f), 2)
        .raw(":")
        .hex(number >> 8, 2)
        .raw(":")
        .hex(number, 2);
}

/// `[datastore] label/label<suffix>`
pub(crate) fn write_path(site: &Site, vm: &Vm, suffix: &str, xml: &mut Xml) {
    xml.raw("[");
    datastore::write_name(site, vm.datastore, xml);
    xml.raw("] ");
    vm.write_label(site, xml);
    xml.raw("/");
    vm.write_label(site, xml);
    xml.raw(suffix);
}

pub(crate) fn write_devices(site: &Site, index: u32, xml: &mut Xml) {
    let vm = Vm::new(site, index);
    let mut draw = Draw::new(site.seed, Topic::VmDisks, index);
    let disks = if vm.agent { 1 } else { 1 + draw.below(3) };
    let nics = nics(site, &vm).enumerate();
    xml.open_typed("val", "ArrayOfVirtualDevice");
    xml.raw(CONTROLLERS);
    write_scsi_controller(disks, xml);
    for (nth, nic) in nics {
        write_nic(site, &vm, u32::try_from(nth).unwrap_or(0), nic, xml);
    }
    if !vm.agent {
        write_cdrom(site, &vm, draw.percent(10), xml);
    }
    for nth in 0..disks {
        write_disk(site, &vm, nth, &mut draw, xml);
    }
    xml.close("val");
}

/// Disks for a VM to have `total` in all, next to those it has.
pub(crate) fn write_more_disks(site: &Site, index: u32, total: u32, xml: &mut Xml) {
    let vm = Vm::new(site, index);
    let mut draw = Draw::new(site.seed, Topic::VmDisks, index);
    let plain = if vm.agent { 1 } else { 1 + draw.below(3) };
    for nth in plain..total {
        write_disk(site, &vm, nth, &mut draw, xml);
    }
}

/// What every VM has, in the order of its keys.
const CONTROLLERS: &str = concat!(
    r#"<VirtualDevice xsi:type="VirtualIDEController"><key>200</key><deviceInfo><label>IDE 0</label><summary>IDE 0</summary></deviceInfo><busNumber>0</busNumber></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualPS2Controller"><key>300</key><deviceInfo><label>PS2 controller 0</label><summary>PS2 controller 0</summary></deviceInfo><busNumber>0</busNumber><device>600</device><device>700</device></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualPCIController"><key>100</key><deviceInfo><label>PCI controller 0</label><summary>PCI controller 0</summary></deviceInfo><busNumber>0</busNumber><device>500</device><device>12000</device><device>1000</device><device>15000</device><device>4000</device></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualSIOController"><key>400</key><deviceInfo><label>SIO controller 0</label><summary>SIO controller 0</summary></deviceInfo><busNumber>0</busNumber></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualKeyboard"><key>600</key><deviceInfo><label>Keyboard</label><summary>Keyboard</summary></deviceInfo><controllerKey>300</controllerKey><unitNumber>0</unitNumber></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualPointingDevice"><key>700</key><deviceInfo><label>Pointing device</label><summary>Pointing device; Device</summary></deviceInfo><backing xsi:type="VirtualPointingDeviceDeviceBackingInfo"><deviceName></deviceName><useAutoDetect>false</useAutoDetect><hostPointingDevice>autodetect</hostPointingDevice></backing><controllerKey>300</controllerKey><unitNumber>1</unitNumber></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualMachineVideoCard"><key>500</key><deviceInfo><label>Video card</label><summary>Video card</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>0</unitNumber><videoRamSizeInKB>8192</videoRamSizeInKB><numDisplays>1</numDisplays><useAutoDetect>false</useAutoDetect><enable3DSupport>false</enable3DSupport><use3dRenderer>automatic</use3dRenderer><graphicsMemorySizeInKB>262144</graphicsMemorySizeInKB></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualMachineVMCIDevice"><key>12000</key><deviceInfo><label>VMCI device</label><summary>Device on the virtual machine PCI bus that provides support for the virtual machine communication interface</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>17</unitNumber><id>-1</id><allowUnrestrictedCommunication>false</allowUnrestrictedCommunication><filterEnable>true</filterEnable></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualAHCIController"><key>15000</key><deviceInfo><label>SATA controller 0</label><summary>AHCI</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>24</unitNumber><busNumber>0</busNumber><device>16000</device></VirtualDevice>"#,
);

fn write_scsi_controller(disks: u32, xml: &mut Xml) {
    xml.raw(concat!(
        r#"<VirtualDevice xsi:type="ParaVirtualSCSIController"><key>1000</key><deviceInfo><label>SCSI controller 0</label>"#,
        "<summary>VMware paravirtual SCSI</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>3</unitNumber><busNumber>0</busNumber>",
    ));
    for nth in 0..disks {
        xml.element_int("device", 2000 + nth);
    }
    xml.raw("<hotAddRemove>true</hotAddRemove><sharedBus>noSharing</sharedBus><scsiCtlrUnitNumber>7</scsiCtlrUnitNumber></VirtualDevice>");
}

fn write_device_info(xml: &mut Xml, label: &str, number: u32, summary: impl FnOnce(&mut Xml)) {
    xml.raw("<deviceInfo><label>")
        .raw(label)
        .int(number)
        .raw("</label><summary>");
    summary(xml);
    xml.raw("</summary></deviceInfo>");
}

fn write_connectable(xml: &mut Xml, connected: bool) {
    let value = if connected { "true" } else { "false" };
    xml.raw("<connectable><migrateConnect>unset</migrateConnect><startConnected>")
        .raw(value)
        .raw("</startConnected><allowGuestControl>true</allowGuestControl><connected>")
        .raw(value)
        .raw("</connected><status>")
        .raw(if connected { "ok" } else { "untried" })
        .raw("</status></connectable>");
}

fn write_nic(site: &Site, vm: &Vm, nth: u32, nic: Nic, xml: &mut Xml) {
    xml.open_typed("VirtualDevice", nic.model);
    xml.element_int("key", 4000 + nth);
    write_device_info(xml, "Network adapter ", nth + 1, |xml| {
        match nic.network.kind {
            Kind::PortGroup => {
                xml.raw("DVSwitch: ");
                network::write_switch_uuid(
                    site,
                    nic.network.index / PORT_GROUPS_PER_DATACENTER,
                    xml,
                );
            }
            _ => {
                xml.raw(network::standard_name(nic.network.index));
            }
        }
    });
    if nic.network.kind == Kind::PortGroup {
        xml.raw(r#"<backing xsi:type="VirtualEthernetCardDistributedVirtualPortBackingInfo"><port><switchUuid>"#);
        network::write_switch_uuid(site, nic.network.index / PORT_GROUPS_PER_DATACENTER, xml);
        xml.raw("</switchUuid><portgroupKey>");
        site.write_id(nic.network, xml);
        xml.raw("</portgroupKey>");
        xml.element_int(
            "portKey",
            u64_to_i64(u64::from(vm.index) * 2 + u64::from(nth)),
        );
        xml.element_int("connectionCookie", vm.index);
        xml.raw("</port></backing>");
    } else {
        xml.raw(r#"<backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>"#)
            .raw(network::standard_name(nic.network.index))
            .raw("</deviceName><useAutoDetect>false</useAutoDetect>");
        write_reference(site, "network", nic.network, xml);
        xml.raw("<inPassthroughMode>false</inPassthroughMode></backing>");
    }
    write_connectable(xml, vm.is_on());
    xml.raw("<controllerKey>100</controllerKey>");
    xml.element_int("unitNumber", 7 + nth);
    xml.raw("<addressType>assigned</addressType><macAddress>");
    write_mac(vm.index, nth, xml);
    xml.raw("</macAddress><wakeOnLanEnabled>true</wakeOnLanEnabled>");
    xml.raw("<resourceAllocation><reservation>0</reservation><share><shares>50</shares><level>normal</level></share><limit>-1</limit></resourceAllocation>");
    if nic.model == "VirtualVmxnet3" {
        xml.raw("<uptCompatibilityEnabled>true</uptCompatibilityEnabled>");
    }
    xml.close("VirtualDevice");
}

fn write_cdrom(site: &Site, vm: &Vm, with_image: bool, xml: &mut Xml) {
    xml.raw(r#"<VirtualDevice xsi:type="VirtualCdrom"><key>16000</key>"#);
    if with_image {
        write_device_info(xml, "CD/DVD drive ", 1, |xml| {
            xml.raw("ISO [");
            datastore::write_name(site, vm.datastore, xml);
            xml.raw("] iso/tools.iso");
        });
        xml.raw(r#"<backing xsi:type="VirtualCdromIsoBackingInfo"><fileName>["#);
        datastore::write_name(site, vm.datastore, xml);
        xml.raw("] iso/tools.iso</fileName>");
        write_reference(
            site,
            "datastore",
            Object::new(Kind::Datastore, vm.datastore),
            xml,
        );
        xml.close("backing");
    } else {
        write_device_info(xml, "CD/DVD drive ", 1, |xml| {
            xml.raw("Remote device");
        });
        xml.raw(r#"<backing xsi:type="VirtualCdromRemotePassthroughBackingInfo"><deviceName></deviceName><useAutoDetect>false</useAutoDetect><exclusive>false</exclusive></backing>"#);
    }
    write_connectable(xml, with_image && vm.is_on());
    xml.raw("<controllerKey>15000</controllerKey><unitNumber>0</unitNumber></VirtualDevice>");
}

fn write_disk(site: &Site, vm: &Vm, nth: u32, draw: &mut Draw, xml: &mut Xml) {
    let gib = if vm.agent {
        2
    } else {
        *draw.pick(&[16, 40, 40, 60, 100, 200, 500, 2048])
    };
    let kib = i64::from(gib) * i64::from(KIB_PER_GIB);
    xml.open_typed("VirtualDevice", "VirtualDisk");
    xml.element_int("key", 2000 + nth);
    write_device_info(xml, "Hard disk ", nth + 1, |xml| {
        xml.int(kib).raw(" KB");
    });
    xml.raw(r#"<backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>"#);
    write_path(site, vm, "", xml);
    if nth > 0 {
        xml.raw("_").int(nth);
    }
    xml.raw(".vmdk</fileName>");
    write_reference(
        site,
        "datastore",
        Object::new(Kind::Datastore, vm.datastore),
        xml,
    );
    xml.raw("<backingObjectId></backingObjectId><diskMode>persistent</diskMode><split>false</split><writeThrough>false</writeThrough>");
    xml.raw(match draw.below(10) {
        0..6 => "<thinProvisioned>true</thinProvisioned>",
        6..8 => "<thinProvisioned>false</thinProvisioned><eagerlyScrub>true</eagerlyScrub>",
        8 => "<thinProvisioned>false</thinProvisioned><eagerlyScrub>false</eagerlyScrub>",
        _ => "<thinProvisioned>false</thinProvisioned>",
    });
    xml.raw("<uuid>6000C29");
    let high = draw.next();
    let low = (draw.next() << 32) | u64::from(vm.index);
    xml.hex(high, 1)
        .raw("-")
        .hex(high >> 8, 4)
        .raw("-")
        .hex(high >> 24, 4)
        .raw("-")
        .hex(low >> 48, 4)
        .raw("-")
        .hex(low, 12);
    xml.raw("</uuid><contentId>").hex(high, 16).hex(low, 16).raw("</contentId><digestEnabled>false</digestEnabled><sharing>sharingNone</sharing></backing>");
    xml.raw("<controllerKey>1000</controllerKey>");
    // Unit 7 is the controller itself; three disks never reach it.
    xml.element_int("unitNumber", nth);
    xml.element_int("capacityInKB", kib);
    xml.element_int("capacityInBytes", kib * 1024);
    xml.raw("<shares><shares>1000</shares><level>normal</level></shares><storageIOAllocation><limit>-1</limit><shares><shares>1000</shares><level>normal</level></shares><reservation>0</reservation></storageIOAllocation><diskObjectId>");
    xml.int(1 + i64::from(vm.index)).raw("-").int(2000 + nth);
    xml.raw("</diskObjectId><nativeUnmanagedLinkedClone>false</nativeUnmanagedLinkedClone></VirtualDevice>");
}

fn u64_to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
