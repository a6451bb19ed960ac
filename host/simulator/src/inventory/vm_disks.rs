//! The virtual disks of a VM. In a varied inventory they lie on several datastores, some are raw devices, independent or shared.

use super::draw::{Draw, Topic};
use super::names::write_reference;
use super::object::{Kind, Object};
use super::oddity::Oddity;
use super::site::Site;
use super::vm::Vm;
use super::vm_devices::{write_device_info, write_path_on};
use super::vm_settings::Settings;
use super::vm_snapshots::snapshots;
use crate::soap::xml::Xml;

const KIB_PER_GIB: u32 = 1024 * 1024;
/// As many units of a SCSI controller are disks; unit 7 is the controller itself.
const DISKS_PER_CONTROLLER: u32 = 15;
const MANY: u32 = 60;
/// More than a VM has.
const DRAWS_PER_VM: u32 = 64;

pub(crate) const FIRST_SCSI: u32 = 1000;
pub(crate) const SATA: u32 = 15_000;
pub(crate) const NVME: u32 = 31_000;

/// What a disk's file or mapping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Thin,
    EagerZeroed,
    LazyZeroed,
    /// Thick; the server does not say how.
    Thick,
    /// A LUN, mapped.
    Raw {
        is_physical: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk {
    pub(crate) nth: u32,
    pub(crate) key: u32,
    pub(crate) controller: u32,
    unit: u32,
    pub(crate) datastore: u32,
    pub(crate) kib: i64,
    pub(crate) format: Format,
    mode: &'static str,
    pub(crate) is_shared: bool,
    is_encrypted: bool,
    /// Files on top of the first one: one for each snapshot.
    deltas: u32,
    bits: (u64, u64),
}

impl Disk {
    /// The disk at this place, as every inventory has it.
    fn draw(vm: &Vm, nth: u32, draw: &mut Draw) -> Self {
        let gib = if vm.agent {
            2
        } else {
            *draw.pick(&[16, 40, 40, 60, 100, 200, 500, 2048])
        };
        Self {
            nth,
            key: 2000 + nth,
            controller: FIRST_SCSI,
            unit: nth,
            datastore: vm.datastore,
            kib: i64::from(gib) * i64::from(KIB_PER_GIB),
            format: match draw.below(10) {
                0..6 => Format::Thin,
                6..8 => Format::EagerZeroed,
                8 => Format::LazyZeroed,
                _ => Format::Thick,
            },
            mode: "persistent",
            is_shared: false,
            is_encrypted: false,
            deltas: 0,
            bits: (draw.next(), (draw.next() << 32) | u64::from(vm.index)),
        }
    }

    /// The same disk in a varied inventory.
    fn vary(mut self, site: &Site, vm: &Vm, oddity: Option<Oddity>) -> Self {
        let place = vm.index.wrapping_mul(DRAWS_PER_VM) + self.nth;
        let mut draw = Draw::new(site.seed, Topic::VmVariety, place);
        (self.controller, self.unit, self.key) = match (oddity, self.nth) {
            (Some(Oddity::Usb), 1) => (NVME, 0, 32_000),
            (Some(Oddity::Usb), 2) => (SATA, 1, 16_001),
            (_, nth) => {
                let (bus, place) = (nth / DISKS_PER_CONTROLLER, nth % DISKS_PER_CONTROLLER);
                let unit = place + u32::from(place >= 7);
                (FIRST_SCSI + bus, unit, 2000 + bus * 16 + unit)
            }
        };
        let mounted = site
            .host_of_vm(vm.index)
            .map(|host| site.datastores_of_host(host))
            .unwrap_or_default();
        if self.nth > 0 && !mounted.is_empty() && draw.percent(40) {
            self.datastore = *draw.pick(&mounted);
        }
        self.mode = match (oddity, self.nth, draw.below(100)) {
            (Some(Oddity::IndependentDisks), 1, _) => "independent_persistent",
            (Some(Oddity::IndependentDisks), 2, _) => "independent_nonpersistent",
            (_, 1.., 0..6) => "independent_persistent",
            _ => "persistent",
        };
        match (oddity, self.nth, draw.below(100)) {
            (Some(Oddity::RawDevices), 1, _) => {
                self.format = Format::Raw { is_physical: true };
                self.mode = "independent_persistent";
            }
            (Some(Oddity::RawDevices), 2, _) | (_, 1.., 0..2) => {
                self.format = Format::Raw { is_physical: false };
            }
            _ => {}
        }
        self.is_shared = oddity == Some(Oddity::SharedDisks) && self.nth > 0;
        self.is_encrypted = Settings::new(site, vm.index).encrypted;
        if !self.is_independent() {
            self.deltas = u32::try_from(snapshots(site, vm).len()).unwrap_or(0);
        }
        self
    }

    /// Snapshots leave it out.
    pub(crate) fn is_independent(&self) -> bool {
        self.mode != "persistent"
    }

    /// `label/label_1-000002.vmdk` on its datastore; `delta` 0 is the first file.
    pub(crate) fn write_path(&self, site: &Site, vm: &Vm, delta: u32, end: &str, xml: &mut Xml) {
        write_path_on(site, vm, self.datastore, "", xml);
        if self.nth > 0 {
            xml.raw("_").int(self.nth);
        }
        if delta > 0 {
            xml.raw("-").zero_padded(u64::from(delta), 6);
        }
        xml.raw(end);
    }

    fn write_uuid(&self, xml: &mut Xml) {
        let (high, low) = self.bits;
        xml.raw("<uuid>6000C29")
            .hex(high, 1)
            .raw("-")
            .hex(high >> 8, 4)
            .raw("-")
            .hex(high >> 24, 4)
            .raw("-")
            .hex(low >> 48, 4)
            .raw("-")
            .hex(low, 12);
        xml.raw("</uuid><contentId>")
            .hex(high, 16)
            .hex(low, 16)
            .raw("</contentId>");
    }

    /// The elements of the backing whose topmost file is `delta`.
    fn write_backing(&self, site: &Site, vm: &Vm, delta: u32, xml: &mut Xml) {
        xml.open("fileName");
        self.write_path(site, vm, delta, ".vmdk", xml);
        xml.close("fileName");
        let datastore = Object::new(Kind::Datastore, self.datastore);
        write_reference(site, "datastore", datastore, xml);
        xml.raw("<backingObjectId></backingObjectId>");
        if let Format::Raw { is_physical } = self.format {
            let (high, low) = self.bits;
            xml.raw("<lunUuid>0200000000600601605f")
                .hex(high, 12)
                .raw("565241494420</lunUuid><deviceName>vml.0200000000600601605f")
                .hex(high, 12)
                .raw("565241494420:")
                .hex(low >> 32, 4)
                .close("deviceName")
                .element(
                    "compatibilityMode",
                    if is_physical {
                        "physicalMode"
                    } else {
                        "virtualMode"
                    },
                );
        }
        xml.element("diskMode", self.mode);
        if !matches!(self.format, Format::Raw { .. }) {
            xml.raw("<split>false</split><writeThrough>false</writeThrough>");
        }
        xml.raw(match self.format {
            Format::Thin => "<thinProvisioned>true</thinProvisioned>",
            Format::EagerZeroed => {
                "<thinProvisioned>false</thinProvisioned><eagerlyScrub>true</eagerlyScrub>"
            }
            Format::LazyZeroed => {
                "<thinProvisioned>false</thinProvisioned><eagerlyScrub>false</eagerlyScrub>"
            }
            Format::Thick => "<thinProvisioned>false</thinProvisioned>",
            Format::Raw { .. } => "",
        });
        self.write_uuid(xml);
        if let Some(below) = delta.checked_sub(1) {
            let kind = if matches!(self.format, Format::Raw { .. }) {
                "VirtualDiskRawDiskMappingVer1BackingInfo"
            } else {
                "VirtualDiskFlatVer2BackingInfo"
            };
            xml.open_typed("parent", kind);
            self.write_backing(site, vm, below, xml);
            xml.close("parent");
            xml.element("deltaDiskFormat", "redoLogFormat");
        }
        if !matches!(self.format, Format::Raw { .. }) {
            xml.raw("<digestEnabled>false</digestEnabled>");
        }
        let sharing = if self.is_shared {
            "sharingMultiWriter"
        } else {
            "sharingNone"
        };
        xml.element("sharing", sharing);
        if self.is_encrypted && !matches!(self.format, Format::Raw { .. }) {
            xml.open("keyId");
            super::vm_settings::write_key(site, vm.index, xml);
            xml.close("keyId");
        }
    }

    pub(super) fn write(&self, site: &Site, vm: &Vm, xml: &mut Xml) {
        xml.open_typed("VirtualDevice", "VirtualDisk");
        xml.element_int("key", self.key);
        write_device_info(xml, "Hard disk ", self.nth + 1, |xml| {
            xml.int(self.kib).raw(" KB");
        });
        let kind = if matches!(self.format, Format::Raw { .. }) {
            "VirtualDiskRawDiskMappingVer1BackingInfo"
        } else {
            "VirtualDiskFlatVer2BackingInfo"
        };
        xml.open_typed("backing", kind);
        self.write_backing(site, vm, self.deltas, xml);
        xml.close("backing");
        xml.element_int("controllerKey", self.controller);
        xml.element_int("unitNumber", self.unit);
        xml.element_int("capacityInKB", self.kib);
        xml.element_int("capacityInBytes", self.kib * 1024);
        xml.raw("<shares><shares>1000</shares><level>normal</level></shares><storageIOAllocation><limit>-1</limit><shares><shares>1000</shares><level>normal</level></shares><reservation>0</reservation></storageIOAllocation><diskObjectId>");
        xml.int(1 + i64::from(vm.index)).raw("-").int(self.key);
        xml.raw("</diskObjectId><nativeUnmanagedLinkedClone>false</nativeUnmanagedLinkedClone></VirtualDevice>");
    }
}

/// The disks of a VM, and whether there is an image in its CD drive, which the same numbers decide.
pub(crate) fn disks_and_image(site: &Site, vm: &Vm) -> (Vec<Disk>, bool) {
    let mut draw = Draw::new(site.seed, Topic::VmDisks, vm.index);
    let plain = if vm.agent { 1 } else { 1 + draw.below(3) };
    let has_image = !vm.agent && draw.percent(10);
    let oddity = Oddity::of(site, vm).filter(|_| site.varied);
    let count = match oddity {
        Some(Oddity::ManyDevices) => MANY,
        Some(Oddity::RawDevices | Oddity::IndependentDisks | Oddity::SharedDisks | Oddity::Usb) => {
            3
        }
        _ => plain,
    };
    let disks = (0..count).map(|nth| {
        let disk = Disk::draw(vm, nth, &mut draw);
        if site.varied {
            disk.vary(site, vm, oddity)
        } else {
            disk
        }
    });
    (disks.collect(), has_image)
}

pub(crate) fn disks(site: &Site, vm: &Vm) -> Vec<Disk> {
    disks_and_image(site, vm).0
}

/// The datastores of a VM's files, each once, the home datastore first.
pub(crate) fn datastores(site: &Site, vm: &Vm) -> Vec<u32> {
    let mut used = vec![vm.datastore];
    if site.varied {
        for disk in disks(site, vm) {
            if !used.contains(&disk.datastore) {
                used.push(disk.datastore);
            }
        }
    }
    used
}

/// Disks for a VM to have `total` in all, next to those it has.
pub(crate) fn write_more_disks(site: &Site, index: u32, total: u32, xml: &mut Xml) {
    let vm = Vm::new(site, index);
    let mut draw = Draw::new(site.seed, Topic::VmDisks, index);
    let plain = if vm.agent { 1 } else { 1 + draw.below(3) };
    for nth in plain..total {
        Disk::draw(&vm, nth, &mut draw).write(site, &vm, xml);
    }
}
