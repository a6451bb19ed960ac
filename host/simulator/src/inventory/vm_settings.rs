//! What an administrator sets of a VM: notes, hardware version, firmware, encryption, reservations.

use super::allocation::{Allocation, allocation_properties};
use super::draw::{Draw, Topic};
use super::names::{write_reference, write_val_reference, write_val_text};
use super::object::{Kind, Object};
use super::oddity::Oddity;
use super::property::Property;
use super::site::Site;
use super::version::Version;
use super::vm::Vm;
use crate::soap::xml::Xml;

/// 2018-01-01 and the years since in which VMs were created.
const FIRST_CREATED: u64 = 1_514_764_800;
const YEARS: u32 = 7;
const SECONDS_PER_YEAR: u32 = 31_536_000;
/// 2025-01-01
const FIRST_BOOTED: u64 = 1_735_689_600;
/// The characters of the longest notes that vSphere takes.
const LONG_NOTES: usize = 65_536;

/// The settings of a VM.
pub(crate) struct Settings {
    pub(crate) vm: Vm,
    hardware_version: u32,
    efi: bool,
    secure_boot: bool,
    pub(crate) encrypted: bool,
    pub(crate) has_tpm: bool,
    created: u64,
    booted: Option<u64>,
    cores_per_socket: u32,
    cpu_hot_add: bool,
    memory_hot_add: bool,
    tracks_changes: bool,
    fault_tolerant: bool,
    needs_consolidation: bool,
    notes: u32,
    allocation: u32,
    managed: bool,
}

impl Settings {
    pub(crate) fn new(site: &Site, index: u32) -> Self {
        let vm = Vm::new(site, index);
        let mut draw = Draw::new(site.seed, Topic::VmSettings, index);
        let oddity = Oddity::of(site, &vm);
        let is_encrypted = site.varied && oddity == Some(Oddity::Tpm);
        let has_tpm = is_encrypted && site.version >= Version::V6_7;
        let efi = draw.percent(60) || is_encrypted;
        let created = FIRST_CREATED + u64::from(draw.below(YEARS * SECONDS_PER_YEAR));
        let booted = FIRST_BOOTED + u64::from(draw.below(SECONDS_PER_YEAR));
        Self {
            hardware_version: *draw.pick(&[13, 14, 15, 17, 19, 19, 20, 21]),
            efi,
            secure_boot: efi && draw.percent(50),
            encrypted: is_encrypted || draw.percent(4),
            has_tpm,
            created,
            booted: vm.is_on().then_some(booted),
            cores_per_socket: *draw.pick(&[1, 1, vm.cpus, vm.cpus.div_ceil(2)]),
            cpu_hot_add: draw.percent(30),
            memory_hot_add: draw.percent(30),
            tracks_changes: draw.percent(50),
            fault_tolerant: draw.percent(2),
            needs_consolidation: draw.percent(3),
            notes: match oddity {
                Some(Oddity::LongNotes) => u32::MAX,
                _ => draw.below(100),
            },
            allocation: draw.below(100),
            managed: vm.agent || draw.percent(2),
            vm,
        }
    }

    fn cpu_allocation(&self) -> Allocation {
        Allocation {
            reservation: if self.allocation < 15 { 1000 } else { 0 },
            expandable: false,
            limit: (self.allocation % 10 == 3).then_some(2000),
            level: level(self.allocation),
            shares: self.vm.cpus * weight(self.allocation) * 500,
        }
    }

    fn memory_allocation(&self) -> Allocation {
        Allocation {
            reservation: if self.allocation < 25 {
                self.vm.memory_mb
            } else {
                0
            },
            expandable: false,
            limit: (self.allocation % 20 == 7).then_some(self.vm.memory_mb),
            level: level(self.allocation),
            shares: self.vm.memory_mb * weight(self.allocation) * 5,
        }
    }
}

fn level(drawn: u32) -> &'static str {
    match drawn {
        0..10 => "low",
        10..90 => "normal",
        _ => "high",
    }
}

fn weight(drawn: u32) -> u32 {
    match drawn {
        0..10 => 1,
        10..90 => 2,
        _ => 4,
    }
}

fn cpu(site: &Site, index: u32) -> Allocation {
    Settings::new(site, index).cpu_allocation()
}

fn memory(site: &Site, index: u32) -> Allocation {
    Settings::new(site, index).memory_allocation()
}

pub(super) const CPU: &[(&str, Property)] = allocation_properties!("config.cpuAllocation", cpu);
pub(super) const MEMORY: &[(&str, Property)] =
    allocation_properties!("config.memoryAllocation", memory);

const FORMULAS: &str = "=cmd|' /C calc'!A0\t+1-1\r\n@SUM(1;2) \u{85}\u{9f} Grüße &c. <b>";

fn annotation(site: &Site, index: u32, xml: &mut Xml) {
    let settings = Settings::new(site, index);
    let notes: String = match settings.notes {
        u32::MAX => FORMULAS.chars().cycle().take(LONG_NOTES).collect(),
        0..40 => String::new(),
        40..80 => format!("{} of team {}", settings.vm.os.role, settings.notes % 7),
        80..90 => "Ordered by: Jörg <joerg@example.com>\nTicket: INC-4711 & INC-4712\n".to_owned(),
        90..95 => "=1+1".to_owned(),
        _ => return,
    };
    xml.open_typed("val", "xsd:string");
    // A carriage return is a line feed to a reader of XML, unless it is a reference.
    for (nth, line) in notes.split('\r').enumerate() {
        xml.raw(if nth > 0 { "&#xD;" } else { "" }).text(line);
    }
    xml.close("val");
}

fn version(site: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| {
        xml.raw("vmx-")
            .zero_padded(u64::from(Settings::new(site, index).hardware_version), 2);
    });
}

pub(super) fn write_key(site: &Site, index: u32, xml: &mut Xml) {
    xml.open("keyId");
    Vm::new(site, index).write_identifier(site, 0x53, xml);
    xml.raw("</keyId><providerId><id>kms-cluster</id></providerId>");
}

fn booted(site: &Site, index: u32, xml: &mut Xml) {
    if let Some(booted) = Settings::new(site, index).booted {
        xml.val_time(booted);
    }
}

fn consolidation(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_bool(Settings::new(site, index).needs_consolidation);
}

fn fault_tolerance(site: &Site, index: u32, xml: &mut Xml) {
    let is_protected = Settings::new(site, index).fault_tolerant;
    let state = if is_protected {
        "running"
    } else {
        "notConfigured"
    };
    xml.val_of("VirtualMachineFaultToleranceState", state);
}

fn crypto_state(site: &Site, index: u32, xml: &mut Xml) {
    if Settings::new(site, index).encrypted {
        xml.val_string("unlocked");
    }
}

fn managed_by(site: &Site, index: u32) -> Option<(&'static str, &'static str)> {
    let settings = Settings::new(site, index);
    let agent = ("com.vmware.vim.eam", "cluster-agent");
    let other = ("com.example.backup", "proxy");
    settings
        .managed
        .then_some(if settings.vm.agent { agent } else { other })
}

fn write_managed_by(site: &Site, index: u32, xml: &mut Xml) {
    if let Some((extension, kind)) = managed_by(site, index) {
        xml.open_typed("val", "ManagedByInfo")
            .element("extensionKey", extension)
            .element("type", kind)
            .close("val");
    }
}

fn write_boot_options(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "VirtualMachineBootOptions")
        .element_int("bootDelay", 0)
        .element_bool("enterBIOSSetup", false)
        .element_bool(
            "efiSecureBootEnabled",
            Settings::new(site, index).secure_boot,
        )
        .element_bool("bootRetryEnabled", false)
        .element_int("bootRetryDelay", 10_000)
        .element("networkBootProtocol", "ipv4")
        .close("val");
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("resourcePool", |site, index, xml| {
        // A VM in a vApp has that one as its pool.
        if let Some(pool) = site.pool_of_vm(index) {
            write_val_reference(site, pool, xml);
        }
    }),
    ("parentVApp", |site, index, xml| {
        if let Some(vapp) = site.vapp_of_vm(index) {
            write_val_reference(site, Object::new(Kind::VApp, vapp), xml);
        }
    }),
    ("config.annotation", annotation),
    ("summary.config.annotation", annotation),
    ("config.version", version),
    ("config.firmware", |site, index, xml| {
        let efi = Settings::new(site, index).efi;
        xml.val_string(if efi { "efi" } else { "bios" });
    }),
    ("config.bootOptions", write_boot_options),
    (
        "config.bootOptions.efiSecureBootEnabled",
        |site, index, xml| {
            xml.val_bool(Settings::new(site, index).secure_boot);
        },
    ),
    ("config.keyId", |site, index, xml| {
        if Settings::new(site, index).encrypted {
            xml.open_typed("val", "CryptoKeyId");
            write_key(site, index, xml);
            xml.close("val");
        }
    }),
    ("config.keyId.keyId", |site, index, xml| {
        if Settings::new(site, index).encrypted {
            write_val_text(xml, |xml| {
                Vm::new(site, index).write_identifier(site, 0x53, xml)
            });
        }
    }),
    ("config.keyId.providerId.id", |site, index, xml| {
        if Settings::new(site, index).encrypted {
            xml.val_string("kms-cluster");
        }
    }),
    ("runtime.cryptoState", crypto_state),
    ("summary.runtime.cryptoState", crypto_state),
    ("summary.config.tpmPresent", |site, index, xml| {
        xml.val_bool(Settings::new(site, index).has_tpm);
    }),
    ("config.createDate", |site, index, xml| {
        let settings = Settings::new(site, index);
        // A host knows since 6.7 when it created a VM; older VMs have 1970.
        let is_known = !settings.created.is_multiple_of(10);
        xml.val_time(if is_known { settings.created } else { 0 });
    }),
    ("runtime.bootTime", booted),
    ("summary.runtime.bootTime", booted),
    ("config.hardware.numCoresPerSocket", |site, index, xml| {
        xml.val_int(Settings::new(site, index).cores_per_socket);
    }),
    ("config.cpuHotAddEnabled", |site, index, xml| {
        xml.val_bool(Settings::new(site, index).cpu_hot_add);
    }),
    ("config.cpuHotRemoveEnabled", |_, _, xml| {
        xml.val_bool(false)
    }),
    ("config.memoryHotAddEnabled", |site, index, xml| {
        xml.val_bool(Settings::new(site, index).memory_hot_add);
    }),
    ("config.changeTrackingEnabled", |site, index, xml| {
        xml.val_bool(Settings::new(site, index).tracks_changes);
    }),
    ("runtime.consolidationNeeded", consolidation),
    ("summary.runtime.consolidationNeeded", consolidation),
    ("runtime.faultToleranceState", fault_tolerance),
    ("summary.runtime.faultToleranceState", fault_tolerance),
    ("config.managedBy", write_managed_by),
    ("summary.config.managedBy", write_managed_by),
    ("config.managedBy.extensionKey", |site, index, xml| {
        if let Some((extension, _)) = managed_by(site, index) {
            xml.val_string(extension);
        }
    }),
    ("config.managedBy.type", |site, index, xml| {
        if let Some((_, kind)) = managed_by(site, index) {
            xml.val_string(kind);
        }
    }),
    ("resourceConfig", |site, index, xml| {
        let settings = Settings::new(site, index);
        xml.open_typed("val", "ResourceConfigSpec");
        write_reference(site, "entity", Object::new(Kind::Vm, index), xml);
        xml.open("cpuAllocation");
        settings.cpu_allocation().write_fields(xml);
        xml.raw("</cpuAllocation><memoryAllocation>");
        settings.memory_allocation().write_fields(xml);
        xml.raw("</memoryAllocation></val>");
    }),
];
