//! Virtual machines: the facts of one, and the properties made of them.
//!
//! About one in fifty is a template, one in five is not running; every cluster has a vCLS agent when there is room for it.

use super::draw::{Draw, Topic};
use super::folder::slot;
use super::names::{write_uuid, write_val_list, write_val_reference, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use super::vm_guest_os::{AGENT, CHOICES, GuestOs};
use super::{host, vm_devices, vm_disks, vm_guest, vm_nics};
use crate::soap::xml::Xml;

/// Fewer VMs per cluster than this and there are no vCLS agents: tiny inventories contain only what was requested.
const AGENTS_FROM: u32 = 8;

/// The facts that the properties of a VM share.
#[derive(Debug)]
pub(crate) struct Vm {
    pub(crate) index: u32,
    pub(crate) os: &'static GuestOs,
    pub(crate) agent: bool,
    pub(crate) template: bool,
    pub(crate) test: bool,
    pub(crate) power: &'static str,
    pub(crate) cpus: u32,
    pub(crate) memory_mb: u32,
    pub(crate) datastore: u32,
    name_style: u32,
}

impl Vm {
    pub(crate) fn new(site: &Site, index: u32) -> Self {
        let mut draw = Draw::new(site.seed, Topic::Vm, index);
        let host = site.host_of_vm(index);
        let agent = index < site.clusters.min(site.clustered)
            && u64::from(site.vms) >= u64::from(site.clusters) * u64::from(AGENTS_FROM);
        let template = draw.below(50) == 0 && !agent;
        let os = if agent { &AGENT } else { draw.pick(&CHOICES) };
        let power = match draw.below(100) {
            _ if agent => "poweredOn",
            _ if template || !host.is_none_or(|host| host::runs(site, host)) => "poweredOff",
            0..82 => "poweredOn",
            82..97 => "poweredOff",
            _ => "suspended",
        };
        let cpus = *draw.pick(&[1, 2, 2, 2, 4, 4, 8, 16]);
        let memory_mb = cpus * *draw.pick(&[1024, 2048, 4096, 4096, 8192]);
        Self {
            index,
            os,
            agent,
            template,
            test: draw.percent(25),
            power,
            cpus: if agent { 1 } else { cpus },
            memory_mb: if agent { 128 } else { memory_mb },
            datastore: home_datastore(site, index, host, draw.below(100)),
            name_style: draw.below(200),
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.power == "poweredOn"
    }

    pub(crate) fn folder_slot(&self) -> u32 {
        match (self.agent, self.template, self.test, self.os.windows) {
            (true, ..) => slot::VCLS,
            (_, true, ..) => slot::TEMPLATES,
            (.., true, _) => slot::TEST,
            (.., true) => slot::WINDOWS,
            (.., false) => slot::LINUX,
        }
    }

    /// The plain name: also the folder on the datastore and the first label of the guest's host name.
    pub(crate) fn write_label(&self, site: &Site, xml: &mut Xml) {
        if self.agent {
            xml.raw("vCLS-");
            self.write_identifier(site, 0x52, xml);
            return;
        }
        xml.raw(if self.template { "tpl-" } else { "" })
            .raw(self.os.role)
            .raw(if self.test { "-test-" } else { "-prod-" })
            .zero_padded(u64::from(self.index), 5);
    }

    fn write_name(&self, site: &Site, xml: &mut Xml) {
        self.write_label(site, xml);
        if self.agent {
            return;
        }
        // Known problems of names: encoded separators, a plus that must stay one, reserved and non-ASCII characters.
        xml.raw(match self.name_style {
            0 => "%2fold",
            1 => "%5cD$",
            2 => " 50%25",
            3 => " (C++)",
            4 => " für Müller &amp; Söhne",
            5 => " 東京 🚀",
            6 => "_&lt;do not touch&gt;",
            _ => "",
        });
        let renamed = site
            .churn
            .as_ref()
            .map_or(0, |churn| churn.renamed(self.index));
        if renamed > 0 {
            xml.raw(" renamed ").zero_padded(u64::from(renamed), 1);
        }
    }

    /// `machine` distinguishes the identifiers of a VM: `0x42` for the BIOS, `0x50` for the instance, as vCenter starts them.
    pub(crate) fn write_identifier(&self, site: &Site, machine: u64, xml: &mut Xml) {
        let mut draw = Draw::new(site.seed, Topic::VmUuid, self.index);
        let high = (machine << 56) | (draw.next() >> 8);
        // The index makes it unique whatever is drawn.
        let low = (draw.next() << 32) | u64::from(self.index);
        write_uuid(high, low, xml);
    }
}

fn home_datastore(site: &Site, vm: u32, host: Option<u32>, draw: u32) -> u32 {
    let Some(host) = host else {
        return site.nfs(site.datacenter_of_vm(vm));
    };
    match site.cluster_of_host(host) {
        None => site.local_datastore(host),
        Some(0) if draw < 30 => site.vsan().unwrap_or_default(),
        Some(cluster) => site.shared_vmfs(cluster, u32::from(draw < 65)),
    }
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", |site, index, xml| {
        write_val_text(xml, |xml| Vm::new(site, index).write_name(site, xml));
    }),
    ("parent", |site, index, xml| {
        super::tree::write_parent(site, Object::new(Kind::Vm, index), xml);
    }),
    ("config.uuid", |site, index, xml| {
        identifier(site, index, 0x42, xml)
    }),
    ("config.instanceUuid", |site, index, xml| {
        identifier(site, index, 0x50, xml);
    }),
    ("config.template", |site, index, xml| {
        xml.val_bool(Vm::new(site, index).template);
    }),
    ("config.guestId", guest_id),
    ("config.hardware.numCPU", cpus),
    ("config.hardware.memoryMB", memory),
    ("config.hardware.device", vm_devices::write_devices),
    ("config.name", |site, index, xml| {
        write_val_text(xml, |xml| Vm::new(site, index).write_name(site, xml));
    }),
    ("runtime.powerState", power),
    ("runtime.connectionState", connection),
    ("runtime.host", host_reference),
    ("summary.runtime.powerState", power),
    ("summary.runtime.connectionState", connection),
    ("summary.runtime.host", host_reference),
    ("summary.config.numCpu", cpus),
    ("summary.config.memorySizeMB", memory),
    ("summary.config.guestId", guest_id),
    ("summary.config.template", |site, index, xml| {
        xml.val_bool(Vm::new(site, index).template);
    }),
    ("summary.config.uuid", |site, index, xml| {
        identifier(site, index, 0x42, xml)
    }),
    ("summary.config.instanceUuid", |site, index, xml| {
        identifier(site, index, 0x50, xml);
    }),
    ("summary.config.name", |site, index, xml| {
        write_val_text(xml, |xml| Vm::new(site, index).write_name(site, xml));
    }),
    ("summary.config.vmPathName", |site, index, xml| {
        let vm = Vm::new(site, index);
        write_val_text(xml, |xml| vm_devices::write_path(site, &vm, ".vmx", xml));
    }),
    ("guest.hostName", vm_guest::write_host_name),
    ("guest.net", vm_guest::write_net),
    ("guest.ipAddress", vm_guest::write_address),
    ("guest.toolsRunningStatus", vm_guest::write_running_status),
    ("guest.toolsVersionStatus2", vm_guest::write_version_status),
    ("datastore", |site, index, xml| {
        let used = vm_disks::datastores(site, &Vm::new(site, index));
        write_val_list(site, Kind::Datastore, used, xml);
    }),
    ("network", vm_nics::write_networks),
];

fn identifier(site: &Site, index: u32, machine: u64, xml: &mut Xml) {
    let vm = Vm::new(site, index);
    write_val_text(xml, |xml| vm.write_identifier(site, machine, xml));
}

fn guest_id(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_string(Vm::new(site, index).os.id);
}

fn cpus(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_int(Vm::new(site, index).cpus);
}

fn memory(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_int(Vm::new(site, index).memory_mb);
}

fn power(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_of("VirtualMachinePowerState", Vm::new(site, index).power);
}

fn connection(_: &Site, _: u32, xml: &mut Xml) {
    xml.val_of("VirtualMachineConnectionState", "connected");
}

fn host_reference(site: &Site, index: u32, xml: &mut Xml) {
    if let Some(host) = site.host_of_vm(index) {
        write_val_reference(site, Object::new(Kind::Host, host), xml);
    }
}
