//! Hosts: their hardware, state and software.

use super::draw::{Draw, Topic};
use super::names::{write_val_list, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use super::tree::write_parent;
use super::{host_network, host_storage};
use crate::soap::xml::Xml;

const GIB: i64 = 1 << 30;

/// The server model of a host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    pub(crate) vendor: &'static str,
    pub(crate) name: &'static str,
    pub(crate) cpu: &'static str,
    pub(crate) packages: u16,
    pub(crate) cores: u16,
    pub(crate) mhz: u32,
    pub(crate) memory_bytes: i64,
}

const MODELS: [Model; 5] = [
    model(
        "Dell Inc.",
        "PowerEdge R650",
        "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz",
        2,
        64,
        1995,
        1024,
    ),
    model(
        "Dell Inc.",
        "PowerEdge R7525",
        "AMD EPYC 7543 32-Core Processor",
        2,
        64,
        2794,
        512,
    ),
    model(
        "HPE",
        "ProLiant DL380 Gen10 Plus",
        "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz",
        2,
        56,
        1995,
        768,
    ),
    model(
        "Lenovo",
        "ThinkSystem SR630 V2",
        "Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz",
        2,
        32,
        2394,
        256,
    ),
    model(
        "Cisco Systems Inc",
        "UCSB-B200-M5",
        "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz",
        2,
        40,
        2494,
        384,
    ),
];

const fn model(
    vendor: &'static str,
    name: &'static str,
    cpu: &'static str,
    packages: u16,
    cores: u16,
    mhz: u32,
    memory_gib: i64,
) -> Model {
    Model {
        vendor,
        name,
        cpu,
        packages,
        cores,
        mhz,
        memory_bytes: memory_gib * GIB,
    }
}

impl Model {
    pub(crate) fn of(site: &Site, host: u32) -> Self {
        *Draw::new(site.seed, Topic::Host, host).pick(&MODELS)
    }
}

/// Operating state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    InService,
    Maintenance,
    StandBy,
}

fn state(site: &Site, host: u32) -> State {
    // The first host of a cluster runs its service agent and stays up.
    if host < site.clusters {
        return State::InService;
    }
    let mut draw = Draw::new(site.seed ^ 1, Topic::Host, host);
    match draw.below(40) {
        0 | 1 => State::Maintenance,
        2 => State::StandBy,
        _ => State::InService,
    }
}

/// Whether VMs may run here.
pub(crate) fn runs(site: &Site, host: u32) -> bool {
    state(site, host) == State::InService
}

pub(super) fn is_on_standby(site: &Site, host: u32) -> bool {
    state(site, host) == State::StandBy
}

pub(crate) fn write_name(site: &Site, host: u32, xml: &mut Xml) {
    xml.raw("esx")
        .zero_padded(u64::from(host) + 1, 4)
        .raw(".dc")
        .int(i64::from(site.datacenter_of_host(host)) + 1)
        .raw(".example.com");
}

/// A third of the boards carry a placeholder where the serial number belongs; the service tag then says it.
fn placeholder_serial(site: &Site, host: u32) -> Option<&'static str> {
    let mut draw = Draw::new(site.seed ^ 2, Topic::Host, host);
    draw.percent(30)
        .then(|| *draw.pick(&["To Be Filled By O.E.M.", "None", " ", "0", "unknown"]))
}

fn write_serial(site: &Site, host: u32, xml: &mut Xml) {
    let bits = Draw::new(site.seed ^ 3, Topic::Host, host).next();
    xml.raw("CZ")
        .zero_padded(bits % 1000, 3)
        .zero_padded(u64::from(host), 5);
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", |site, index, xml| {
        write_val_text(xml, |xml| write_name(site, index, xml));
    }),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Host, index), xml);
    }),
    (
        "hardware.systemInfo.serialNumber",
        |site, index, xml| match placeholder_serial(site, index) {
            Some(placeholder) => xml.val_string(placeholder),
            None => write_val_text(xml, |xml| write_serial(site, index, xml)),
        },
    ),
    ("hardware.systemInfo.otherIdentifyingInfo", identifying_info),
    ("hardware.cpuInfo", |site, index, xml| {
        let model = Model::of(site, index);
        xml.open_typed("val", "HostCpuInfo");
        xml.element_int("numCpuPackages", model.packages);
        xml.element_int("numCpuCores", model.cores);
        xml.element_int("numCpuThreads", model.cores * 2);
        xml.element_int("hz", i64::from(model.mhz) * 1_000_000 + 437_511);
        xml.close("val");
    }),
    ("hardware.memorySize", memory),
    ("summary.runtime.powerState", power),
    ("summary.runtime.connectionState", connection),
    ("summary.runtime.inMaintenanceMode", maintenance),
    ("runtime.powerState", power),
    ("runtime.connectionState", connection),
    ("runtime.inMaintenanceMode", maintenance),
    ("summary.config.name", |site, index, xml| {
        write_val_text(xml, |xml| write_name(site, index, xml));
    }),
    ("summary.config.product.version", |site, index, xml| {
        xml.val_string(release(site, index).0)
    }),
    ("summary.config.product.build", |site, index, xml| {
        xml.val_string(release(site, index).1)
    }),
    ("summary.hardware.vendor", |site, index, xml| {
        xml.val_string(Model::of(site, index).vendor)
    }),
    ("summary.hardware.model", |site, index, xml| {
        xml.val_string(Model::of(site, index).name)
    }),
    ("summary.hardware.cpuModel", |site, index, xml| {
        xml.val_string(Model::of(site, index).cpu)
    }),
    ("summary.hardware.numCpuPkgs", |site, index, xml| {
        xml.val_short(Model::of(site, index).packages)
    }),
    ("summary.hardware.numCpuCores", |site, index, xml| {
        xml.val_short(Model::of(site, index).cores)
    }),
    ("summary.hardware.numCpuThreads", |site, index, xml| {
        xml.val_short(Model::of(site, index).cores * 2);
    }),
    ("summary.hardware.cpuMhz", |site, index, xml| {
        xml.val_int(Model::of(site, index).mhz)
    }),
    ("summary.hardware.memorySize", memory),
    ("config.network.vnic", host_network::write_vnics),
    // Only the classic ESX had a service console.
    ("config.network.consoleVnic", |_, _, _| {}),
    (
        "config.virtualNicManagerInfo.netConfig",
        host_network::write_services,
    ),
    ("config.storageDevice.scsiLun", host_storage::write_luns),
    (
        "config.storageDevice.nvmeTopology",
        host_storage::write_nvme_topology,
    ),
    ("datastore", |site, index, xml| {
        write_val_list(site, Kind::Datastore, site.datastores_of_host(index), xml);
    }),
    ("vm", |site, index, xml| {
        write_val_list(site, Kind::Vm, site.vms_on_host(index), xml);
    }),
];

fn memory(site: &Site, index: u32, xml: &mut Xml) {
    // Firmware keeps a little: sizes are never round in the field.
    xml.val_long(Model::of(site, index).memory_bytes - 0x3a_7000);
}

fn power(site: &Site, index: u32, xml: &mut Xml) {
    let standby = is_on_standby(site, index);
    xml.val_of(
        "HostSystemPowerState",
        if standby { "standBy" } else { "poweredOn" },
    );
}

fn connection(_: &Site, _: u32, xml: &mut Xml) {
    xml.val_of("HostSystemConnectionState", "connected");
}

fn maintenance(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_bool(state(site, index) == State::Maintenance);
}

fn release(site: &Site, host: u32) -> (&'static str, &'static str) {
    *Draw::new(site.seed ^ 4, Topic::Host, host).pick(&[
        ("8.0.3", "24022510"),
        ("8.0.3", "24022510"),
        ("8.0.2", "22380479"),
        ("7.0.3", "21930508"),
        ("6.7.0", "20497097"),
    ])
}

fn identifying_info(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfHostSystemIdentificationInfo");
    let mut entry = |key: &str, label: &str, value: &dyn Fn(&mut Xml)| {
        xml.raw(r#"<HostSystemIdentificationInfo xsi:type="HostSystemIdentificationInfo"><identifierValue>"#);
        value(xml);
        xml.raw(r#"</identifierValue><identifierType xsi:type="ElementDescription">"#);
        xml.element("label", label)
            .element("summary", label)
            .element("key", key);
        xml.raw("</identifierType></HostSystemIdentificationInfo>");
    };
    let text = |text: &'static str| {
        move |xml: &mut Xml| {
            xml.raw(text);
        }
    };
    entry("AssetTag", "Asset Tag", &text(" "));
    if placeholder_serial(site, index).is_some() {
        entry("ServiceTag", "Service tag", &|xml| {
            write_serial(site, index, xml)
        });
    }
    entry(
        "OemSpecificString",
        "OEM specific string",
        &text("Simulated system"),
    );
    xml.close("val");
}
