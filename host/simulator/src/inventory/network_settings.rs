//! VLANs, ports, uplinks and versions of port groups and switches; the opaque networks of NSX.

use super::draw::{Draw, Topic};
use super::names::{write_val_list, write_val_reference, write_val_text};
use super::network::{hosts, vms, write_opaque_id, write_opaque_name, write_switch_name};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::{PORT_GROUPS_PER_DATACENTER, Site};
use super::tree::write_parent;
use super::version::Version;
use crate::soap::xml::Xml;

const UPLINKS: [&str; 2] = ["Uplink 1", "Uplink 2"];
const MTU: u32 = 9000;

fn is_uplink(port_group: u32) -> bool {
    port_group.is_multiple_of(PORT_GROUPS_PER_DATACENTER)
}

/// Uplinks and one group are trunks, one is a private VLAN, one is without a VLAN; the others have the VLAN of their name.
fn write_vlan(port_group: u32, tag: &str, xml: &mut Xml) {
    let nth = port_group % PORT_GROUPS_PER_DATACENTER;
    match nth {
        0 | 8 => {
            xml.open_typed(tag, "VmwareDistributedVirtualSwitchTrunkVlanSpec")
                .element_bool("inherited", false);
            let ranges: &[(u32, u32)] = if nth == 0 {
                &[(0, 4094)]
            } else {
                &[(100, 199), (300, 300), (4000, 4094)]
            };
            for &(start, end) in ranges {
                xml.open("vlanId")
                    .element_int("start", start)
                    .element_int("end", end)
                    .close("vlanId");
            }
        }
        7 => drop(
            xml.open_typed(tag, "VmwareDistributedVirtualSwitchPvlanSpec")
                .element_bool("inherited", false)
                .element_int("pvlanId", 171),
        ),
        nth => {
            let vlan = if nth == 6 { 0 } else { 100 + nth * 10 };
            xml.open_typed(tag, "VmwareDistributedVirtualSwitchVlanIdSpec")
                .element_bool("inherited", false)
                .element_int("vlanId", vlan);
        }
    }
    xml.close(tag);
}

fn ports(port_group: u32) -> u32 {
    if is_uplink(port_group) {
        16
    } else {
        8 * (1 + port_group % PORT_GROUPS_PER_DATACENTER)
    }
}

pub(super) const PORT_GROUP_PROPERTIES: &[(&str, Property)] = &[
    ("config.defaultPortConfig", |_, index, xml| {
        xml.open_typed("val", "VMwareDVSPortSetting");
        write_vlan(index, "vlan", xml);
        xml.close("val");
    }),
    ("config.defaultPortConfig.vlan", |_, index, xml| {
        write_vlan(index, "val", xml);
    }),
    ("config.numPorts", |_, index, xml| xml.val_int(ports(index))),
    ("config.type", |_, index, xml| {
        xml.val_string(if index % PORT_GROUPS_PER_DATACENTER == 5 {
            "ephemeral"
        } else {
            "earlyBinding"
        });
    }),
    ("config.uplink", |_, index, xml| {
        xml.val_bool(is_uplink(index))
    }),
    ("config.description", |_, index, xml| {
        if index.is_multiple_of(2) {
            xml.val_string("ordered by <network team>");
        }
    }),
    ("config.autoExpand", |_, _, xml| xml.val_bool(true)),
    ("config.backingType", |_, _, xml| xml.val_string("standard")),
    ("tag", |_, index, xml| {
        xml.open_typed("val", "ArrayOfTag");
        if is_uplink(index) {
            xml.raw(r#"<Tag xsi:type="Tag"><key>SYSTEM/DVS.UPLINKPG</key></Tag>"#);
        }
        xml.close("val");
    }),
];

fn release(site: &Site, switch: u32) -> &'static str {
    // A switch is not always upgraded with its server.
    match (site.version, switch % 2) {
        (version, 0) if version >= Version::V8_0 => "8.0.0",
        (version, _) if version >= Version::V7_0 => "7.0.0",
        _ => "6.5.0",
    }
}

fn write_product(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "DistributedVirtualSwitchProductSpec")
        .element("name", "DVS")
        .element("vendor", "VMware, Inc.")
        .element("version", release(site, index))
        .element("build", "20841705")
        .element("forwardingClass", "etherswitch")
        .close("val");
}

fn write_release(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_string(release(site, index));
}

fn all_ports(_: &Site, index: u32, xml: &mut Xml) {
    let first = index * PORT_GROUPS_PER_DATACENTER;
    xml.val_int((first..first + PORT_GROUPS_PER_DATACENTER).map(ports).sum());
}

fn write_uplinks(xml: &mut Xml) {
    for name in UPLINKS {
        xml.element("uplinkPortName", name);
    }
}

fn members(site: &Site, index: u32, xml: &mut Xml) {
    write_val_list(site, Kind::Host, site.hosts_in_datacenter(index), xml);
}

pub(super) const SWITCH_PROPERTIES: &[(&str, Property)] = &[
    ("config.name", |_, index, xml| {
        write_val_text(xml, |xml| write_switch_name(index, xml));
    }),
    ("config.maxMtu", |_, _, xml| xml.val_int(MTU)),
    ("config.numPorts", all_ports),
    ("summary.numPorts", all_ports),
    ("config.maxPorts", |_, _, xml| {
        xml.val_int(i32::MAX.unsigned_abs())
    }),
    ("config.productInfo", write_product),
    ("summary.productInfo", write_product),
    ("config.productInfo.version", write_release),
    ("summary.productInfo.version", write_release),
    ("config.uplinkPortPolicy", |_, _, xml| {
        xml.open_typed("val", "DVSNameArrayUplinkPortPolicy");
        write_uplinks(xml);
        xml.close("val");
    }),
    ("config.uplinkPortPolicy.uplinkPortName", |_, _, xml| {
        xml.open_typed("val", "ArrayOfString");
        for name in UPLINKS {
            xml.open_typed("string", "xsd:string")
                .text(name)
                .close("string");
        }
        xml.close("val");
    }),
    ("config.uplinkPortgroup", |site, index, xml| {
        let uplinks = index * PORT_GROUPS_PER_DATACENTER;
        write_val_list(site, Kind::PortGroup, [uplinks], xml);
    }),
    ("config.createTime", |site, index, xml| {
        let drawn = Draw::new(site.seed ^ 1, Topic::Switch, index).below(100_000_000);
        xml.val_time(1_500_000_000 + u64::from(drawn));
    }),
    ("summary.hostMember", members),
    ("summary.host", members),
    ("summary.numHosts", |site, index, xml| {
        let count = site.hosts_in_datacenter(index).count();
        xml.val_int(u32::try_from(count).unwrap_or(u32::MAX));
    }),
];

fn opaque_name(_: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| write_opaque_name(index, xml));
}

pub(super) const OPAQUE_PROPERTIES: &[(&str, Property)] = &[
    ("name", opaque_name),
    ("summary.name", opaque_name),
    ("summary.accessible", |_, _, xml| xml.val_bool(true)),
    ("summary.opaqueNetworkId", |site, index, xml| {
        write_val_text(xml, |xml| write_opaque_id(site, index, xml));
    }),
    ("summary.opaqueNetworkType", |_, _, xml| {
        xml.val_string("nsx.LogicalSwitch");
    }),
    ("summary", |site, index, xml| {
        xml.open_typed("val", "OpaqueNetworkSummary");
        super::names::write_reference(
            site,
            "network",
            Object::new(Kind::OpaqueNetwork, index),
            xml,
        );
        xml.open("name");
        write_opaque_name(index, xml);
        xml.raw("</name><accessible>true</accessible><ipPoolName></ipPoolName><opaqueNetworkId>");
        write_opaque_id(site, index, xml);
        xml.raw("</opaqueNetworkId><opaqueNetworkType>nsx.LogicalSwitch</opaqueNetworkType></val>");
    }),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::OpaqueNetwork, index), xml);
    }),
    ("host", |site, index, xml| hosts(site, index, xml)),
    ("vm", |site, index, xml| {
        vms(site, Object::new(Kind::OpaqueNetwork, index), index, xml);
    }),
];

pub(super) const STANDARD_PROPERTIES: &[(&str, Property)] =
    &[("summary.network", |site, index, xml| {
        write_val_reference(site, Object::new(Kind::Network, index), xml)
    })];
