//! How a host is set up: BIOS, power policy, names, time, gateways, and its part in its cluster.

use super::cluster_settings::{self as cluster};
use super::draw::{Draw, Topic};
use super::host::runs;
use super::names::write_reference;
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use super::version::Version;
use crate::soap::xml::Xml;

/// 2021-01-01
const FIRST_BIOS: u64 = 1_609_459_200;
/// 2025-02-01
const FIRST_BOOTED: u64 = 1_738_368_000;
const SECONDS_PER_DAY: u64 = 86_400;

/// Key, short name and name of a power policy.
type Policy = (u32, &'static str, &'static str);
const POLICIES: [Policy; 4] = [
    (1, "static", "PowerPolicy.static.name"),
    (2, "dynamic", "PowerPolicy.dynamic.name"),
    (3, "low", "PowerPolicy.low.name"),
    (4, "custom", "PowerPolicy.custom.name"),
];

struct Settings {
    bios: &'static str,
    bios_released: u64,
    booted: u64,
    policy: Policy,
    /// Two of three hosts say.
    time_servers: &'static [&'static str],
    quarantined: bool,
}

impl Settings {
    fn new(site: &Site, host: u32) -> Self {
        let mut draw = Draw::new(site.seed, Topic::HostSettings, host);
        Self {
            bios: *draw.pick(&["1.12.1", "U30 v2.90 (07/20/2023)", "B200M5.4.2.3e.0"]),
            bios_released: FIRST_BIOS + u64::from(draw.below(1400)) * SECONDS_PER_DAY,
            booted: FIRST_BOOTED + u64::from(draw.below(15_000_000)),
            policy: *draw.pick(&POLICIES),
            time_servers: draw.pick::<&[&str]>(&[
                &["ntp1.example.com", "ntp2.example.com"],
                &["192.0.2.123"],
                &[],
            ]),
            quarantined: draw.percent(3),
        }
    }
}

fn write_policy((key, short, name): Policy, xml: &mut Xml) {
    xml.element_int("key", key)
        .element("name", name)
        .element("shortName", short)
        .element("description", &name.replace(".name", ".description"));
}

fn write_bios(site: &Site, index: u32, xml: &mut Xml) {
    let settings = Settings::new(site, index);
    xml.open_typed("val", "HostBIOSInfo")
        .element("biosVersion", settings.bios)
        .element_time("releaseDate", settings.bios_released)
        .element("vendor", super::host::Model::of(site, index).vendor)
        .element_int("majorRelease", 1)
        .element_int("minorRelease", 12);
    if site.version >= Version::V8_0_2 {
        xml.element("firmwareType", "UEFI");
    }
    xml.close("val");
}

fn write_dns(site: &Site, index: u32, xml: &mut Xml) {
    xml.element_bool("dhcp", false)
        .open("hostName")
        .raw("esx")
        .zero_padded(u64::from(index) + 1, 4)
        .raw("</hostName><domainName>dc")
        .int(i64::from(site.datacenter_of_host(index)) + 1)
        .raw(
            ".example.com</domainName><address>192.0.2.53</address><address>2001:db8::53</address>",
        )
        .raw(
            "<searchDomain>example.com</searchDomain><searchDomain>corp.example.com</searchDomain>",
        );
}

fn write_strings(texts: &[&str], xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfString");
    for text in texts {
        xml.open_typed("string", "xsd:string")
            .text(text)
            .close("string");
    }
    xml.close("val");
}

fn write_ntp(servers: &[&str], xml: &mut Xml) {
    for server in servers {
        xml.element("server", server);
    }
}

fn write_time(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "HostDateTimeInfo").raw(
        "<timeZone><key>UTC</key><name>UTC</name><description>UTC</description><gmtOffset>0</gmtOffset></timeZone>",
    );
    if site.version >= Version::V7_0 {
        xml.element("systemClockProtocol", "ntp");
    }
    xml.open("ntpConfig");
    write_ntp(Settings::new(site, index).time_servers, xml);
    xml.close("ntpConfig").close("val");
}

const GATEWAY: &str = "172.20.255.254";

fn has_ipv6(index: u32) -> bool {
    index.is_multiple_of(3)
}

fn evc(site: &Site, host: u32) -> Option<&'static str> {
    cluster::evc(site, site.cluster_of_host(host)?)
}

fn booted(site: &Site, index: u32, xml: &mut Xml) {
    // A host on standby is off.
    if !super::host::is_on_standby(site, index) {
        xml.val_time(Settings::new(site, index).booted);
    }
}

fn quarantine(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_bool(Settings::new(site, index).quarantined);
}

/// The state of a host's availability agent: the first host of a cluster is the master.
fn agent_state(site: &Site, host: u32) -> Option<&'static str> {
    let cluster = site.cluster_of_host(host)?;
    if !cluster::Settings::new(site, cluster).ha {
        return None;
    }
    Some(match site.hosts_in_cluster(cluster).next() {
        Some(first) if first == host => "master",
        _ if runs(site, host) => "connectedToMaster",
        _ => "uninitialized",
    })
}

fn write_agent(site: &Site, index: u32, xml: &mut Xml) {
    if let Some(state) = agent_state(site, index) {
        xml.open_typed("val", "ClusterDasFdmHostState")
            .element("state", state);
        write_reference(site, "stateReporter", Object::new(Kind::Host, index), xml);
        xml.close("val");
    }
}

fn write_agent_state(site: &Site, index: u32, xml: &mut Xml) {
    if let Some(state) = agent_state(site, index) {
        xml.val_string(state);
    }
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("runtime.bootTime", booted),
    ("summary.runtime.bootTime", booted),
    ("runtime.inQuarantineMode", quarantine),
    ("summary.runtime.inQuarantineMode", quarantine),
    ("runtime.dasHostState", write_agent),
    ("summary.runtime.dasHostState", write_agent),
    ("runtime.dasHostState.state", write_agent_state),
    ("summary.runtime.dasHostState.state", write_agent_state),
    ("config.vsanHostConfig.enabled", |site, index, xml| {
        xml.val_bool(site.cluster_of_host(index) == Some(0));
    }),
    ("summary.currentEVCModeKey", |site, index, xml| {
        if let Some(mode) = evc(site, index) {
            xml.val_string(mode);
        }
    }),
    ("summary.maxEVCModeKey", |site, index, xml| {
        let is_amd = super::host::Model::of(site, index).cpu.starts_with("AMD");
        xml.val_string(if is_amd { "amd-zen2" } else { "intel-icelake" });
    }),
    ("hardware.biosInfo", write_bios),
    ("hardware.biosInfo.biosVersion", |site, index, xml| {
        xml.val_string(Settings::new(site, index).bios);
    }),
    ("hardware.biosInfo.releaseDate", |site, index, xml| {
        xml.val_time(Settings::new(site, index).bios_released);
    }),
    ("hardware.cpuPowerManagementInfo", |site, index, xml| {
        let (_, _, name) = Settings::new(site, index).policy;
        xml.open_typed("val", "HostCpuPowerManagementInfo")
            .element("currentPolicy", name)
            .element("hardwareSupport", "ACPI P-states, ACPI C-states")
            .close("val");
    }),
    (
        "hardware.cpuPowerManagementInfo.currentPolicy",
        |site, index, xml| {
            xml.val_string(Settings::new(site, index).policy.2);
        },
    ),
    (
        "hardware.cpuPowerManagementInfo.hardwareSupport",
        |_, _, xml| {
            xml.val_string("ACPI P-states, ACPI C-states");
        },
    ),
    ("config.powerSystemInfo", |site, index, xml| {
        xml.open_typed("val", "PowerSystemInfo")
            .open("currentPolicy");
        write_policy(Settings::new(site, index).policy, xml);
        xml.close("currentPolicy").close("val");
    }),
    (
        "config.powerSystemInfo.currentPolicy",
        |site, index, xml| {
            xml.open_typed("val", "HostPowerPolicy");
            write_policy(Settings::new(site, index).policy, xml);
            xml.close("val");
        },
    ),
    (
        "config.powerSystemInfo.currentPolicy.shortName",
        |site, index, xml| {
            xml.val_string(Settings::new(site, index).policy.1);
        },
    ),
    (
        "config.powerSystemInfo.currentPolicy.name",
        |site, index, xml| {
            xml.val_string(Settings::new(site, index).policy.2);
        },
    ),
    ("config.network.dnsConfig", |site, index, xml| {
        xml.open_typed("val", "HostDnsConfig");
        write_dns(site, index, xml);
        xml.close("val");
    }),
    ("config.network.dnsConfig.address", |_, _, xml| {
        write_strings(&["192.0.2.53", "2001:db8::53"], xml);
    }),
    ("config.network.dnsConfig.searchDomain", |_, _, xml| {
        write_strings(&["example.com", "corp.example.com"], xml);
    }),
    ("config.network.dnsConfig.hostName", |_, index, xml| {
        xml.val_string(&format!("esx{:04}", index + 1));
    }),
    ("config.network.dnsConfig.domainName", |site, index, xml| {
        let datacenter = site.datacenter_of_host(index) + 1;
        xml.val_string(&format!("dc{datacenter}.example.com"));
    }),
    ("config.dateTimeInfo", write_time),
    ("config.dateTimeInfo.ntpConfig", |site, index, xml| {
        xml.open_typed("val", "HostNtpConfig");
        write_ntp(Settings::new(site, index).time_servers, xml);
        xml.close("val");
    }),
    (
        "config.dateTimeInfo.ntpConfig.server",
        |site, index, xml| {
            write_strings(Settings::new(site, index).time_servers, xml);
        },
    ),
    ("config.dateTimeInfo.timeZone.name", |_, _, xml| {
        xml.val_string("UTC")
    }),
    ("config.network.ipRouteConfig", |_, index, xml| {
        xml.open_typed("val", "HostIpRouteConfig")
            .element("defaultGateway", GATEWAY);
        if has_ipv6(index) {
            xml.element("ipV6DefaultGateway", "fe80::1");
        }
        xml.close("val");
    }),
    (
        "config.network.ipRouteConfig.defaultGateway",
        |_, _, xml| {
            xml.val_string(GATEWAY);
        },
    ),
    (
        "config.network.ipRouteConfig.ipV6DefaultGateway",
        |_, index, xml| {
            if has_ipv6(index) {
                xml.val_string("fe80::1");
            }
        },
    ),
];
