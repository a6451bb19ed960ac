//! The virtual hardware of a VM: `config.hardware.device`, an `ArrayOfVirtualDevice` with the device keys vCenter gives.

use super::datastore;
use super::names::write_reference;
use super::object::{Kind, Object};
use super::oddity::Oddity;
use super::site::Site;
use super::version::Version;
use super::vm::Vm;
use super::vm_disks::{Disk, FIRST_SCSI, NVME, SATA, disks_and_image};
use super::vm_nics::{nics, write_connectable, write_nic};
use crate::soap::xml::Xml;

/// `[datastore] label/label<suffix>` on the home datastore.
pub(crate) fn write_path(site: &Site, vm: &Vm, suffix: &str, xml: &mut Xml) {
    write_path_on(site, vm, vm.datastore, suffix, xml);
}

pub(crate) fn write_path_on(site: &Site, vm: &Vm, datastore: u32, suffix: &str, xml: &mut Xml) {
    xml.raw("[");
    datastore::write_name(site, datastore, xml);
    xml.raw("] ");
    vm.write_label(site, xml);
    xml.raw("/");
    vm.write_label(site, xml);
    xml.raw(suffix);
}

pub(crate) fn write_devices(site: &Site, index: u32, xml: &mut Xml) {
    let vm = Vm::new(site, index);
    let (disks, has_image) = disks_and_image(site, &vm);
    let oddity = Oddity::of(site, &vm).filter(|_| site.varied);
    xml.open_typed("val", "ArrayOfVirtualDevice");
    xml.raw(CONTROLLERS);
    write_scsi_controllers(&disks, xml);
    if disks.iter().any(|disk| disk.controller == NVME) {
        xml.raw(NVME_CONTROLLER);
    }
    for (nth, nic) in nics(site, &vm).into_iter().enumerate() {
        write_nic(site, &vm, u32::try_from(nth).unwrap_or(0), nic, xml);
    }
    if !vm.agent {
        write_cdrom(site, &vm, has_image, xml);
    }
    for disk in &disks {
        disk.write(site, &vm, xml);
    }
    match oddity {
        Some(Oddity::Usb) => drop(xml.raw(USB).raw(HOST_CDROM)),
        Some(Oddity::Tpm) if site.version >= Version::V6_7 => drop(xml.raw(TPM)),
        _ => {}
    }
    xml.close("val");
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

const NVME_CONTROLLER: &str = r#"<VirtualDevice xsi:type="VirtualNVMEController"><key>31000</key><deviceInfo><label>NVME controller 0</label><summary>NVME controller 0</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>30</unitNumber><busNumber>0</busNumber><device>32000</device></VirtualDevice>"#;
const USB: &str = concat!(
    r#"<VirtualDevice xsi:type="VirtualUSBController"><key>7000</key><deviceInfo><label>USB controller</label><summary>Auto connect Disabled</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>22</unitNumber><busNumber>0</busNumber><autoConnectDevices>false</autoConnectDevices><ehciEnabled>true</ehciEnabled></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualUSBXHCIController"><key>14000</key><deviceInfo><label>USB xHCI controller</label><summary>USB xHCI controller</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>23</unitNumber><busNumber>0</busNumber><device>12001</device><autoConnectDevices>false</autoConnectDevices></VirtualDevice>"#,
    r#"<VirtualDevice xsi:type="VirtualUSB"><key>12001</key><deviceInfo><label>USB 1</label><summary>Dongle &amp; key (path:1/0/3)</summary></deviceInfo><backing xsi:type="VirtualUSBUSBBackingInfo"><deviceName>path:1/0/3 version:2</deviceName><useAutoDetect>false</useAutoDetect></backing><connectable><migrateConnect>unset</migrateConnect><startConnected>true</startConnected><allowGuestControl>false</allowGuestControl><connected>true</connected><status>ok</status></connectable><controllerKey>14000</controllerKey><unitNumber>0</unitNumber><connected>true</connected><vendor>1423</vendor><product>25479</product><family>storage</family><speed>high</speed></VirtualDevice>"#,
);
/// A drive of the host itself, next to the one that every VM has.
const HOST_CDROM: &str = r#"<VirtualDevice xsi:type="VirtualCdrom"><key>3000</key><deviceInfo><label>CD/DVD drive 2</label><summary>ATAPI /vmfs/devices/cdrom/mpx.vmhba0:C0:T4:L0</summary></deviceInfo><backing xsi:type="VirtualCdromAtapiBackingInfo"><deviceName>/vmfs/devices/cdrom/mpx.vmhba0:C0:T4:L0</deviceName><useAutoDetect>false</useAutoDetect></backing><connectable><migrateConnect>unset</migrateConnect><startConnected>true</startConnected><allowGuestControl>true</allowGuestControl><connected>true</connected><status>ok</status></connectable><controllerKey>200</controllerKey><unitNumber>0</unitNumber></VirtualDevice>"#;
const TPM: &str = r#"<VirtualDevice xsi:type="VirtualTPM"><key>11000</key><deviceInfo><label>Virtual TPM</label><summary>Trusted Platform Module</summary></deviceInfo></VirtualDevice>"#;

fn write_scsi_controllers(disks: &[Disk], xml: &mut Xml) {
    let last = disks
        .iter()
        .map(|disk| disk.controller)
        .filter(|controller| ![NVME, SATA].contains(controller))
        .max();
    for controller in FIRST_SCSI..=last.unwrap_or(FIRST_SCSI) {
        let bus = controller - FIRST_SCSI;
        xml.raw(r#"<VirtualDevice xsi:type="ParaVirtualSCSIController">"#)
            .element_int("key", controller);
        write_device_info(xml, "SCSI controller ", bus, |xml| {
            xml.raw("VMware paravirtual SCSI");
        });
        xml.raw("<controllerKey>100</controllerKey>")
            .element_int("unitNumber", 3 + bus)
            .element_int("busNumber", bus);
        for disk in disks.iter().filter(|disk| disk.controller == controller) {
            xml.element_int("device", disk.key);
        }
        xml.raw("<hotAddRemove>true</hotAddRemove><sharedBus>noSharing</sharedBus><scsiCtlrUnitNumber>7</scsiCtlrUnitNumber></VirtualDevice>");
    }
}

pub(super) fn write_device_info(
    xml: &mut Xml,
    label: &str,
    number: u32,
    summary: impl FnOnce(&mut Xml),
) {
    xml.raw("<deviceInfo><label>")
        .raw(label)
        .int(number)
        .raw("</label><summary>");
    summary(xml);
    xml.raw("</summary></deviceInfo>");
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
    let connected = with_image && vm.is_on();
    write_connectable(xml, connected, connected);
    xml.raw("<controllerKey>15000</controllerKey><unitNumber>0</unitNumber></VirtualDevice>");
}
