//! Standard networks, distributed port groups and their switches: two networks, one switch and nine port groups per datacenter.

use super::draw::{Draw, Topic};
use super::names::{write_uuid, write_val_list, write_val_reference, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::{NETWORKS_PER_DATACENTER, PORT_GROUPS_PER_DATACENTER, Site};
use super::tree::write_parent;
use super::vm::Vm;
use super::vm_nics::networks;
use crate::soap::xml::Xml;

pub(crate) fn standard_name(network: u32) -> &'static str {
    match network % NETWORKS_PER_DATACENTER {
        0 => "VM Network",
        _ => "DMZ%2fextern",
    }
}

pub(crate) fn write_port_group_name(port_group: u32, xml: &mut Xml) {
    let datacenter = i64::from(port_group / PORT_GROUPS_PER_DATACENTER) + 1;
    match port_group % PORT_GROUPS_PER_DATACENTER {
        0 => xml.raw("dvs-dc").int(datacenter).raw("-DVUplinks"),
        nth => xml
            .raw("pg-dc")
            .int(datacenter)
            .raw("-vlan")
            .int(100 + nth * 10),
    };
}

pub(super) fn write_switch_name(switch: u32, xml: &mut Xml) {
    xml.raw("dvs-dc").int(i64::from(switch) + 1);
}

pub(crate) fn write_opaque_name(network: u32, xml: &mut Xml) {
    xml.raw("nsx-segment-dc")
        .int(i64::from(network) + 1)
        .raw("%2ftier-0");
}

/// By this id a network card names its opaque network.
pub(crate) fn write_opaque_id(site: &Site, network: u32, xml: &mut Xml) {
    let mut draw = Draw::new(site.seed ^ 2, Topic::Switch, network);
    write_uuid(draw.next(), draw.next(), xml);
}

/// Switches spell their UUID in pairs of digits: `50 1e 4a 2b c0 0a 5d 9e-11 …`.
pub(crate) fn write_switch_uuid(site: &Site, switch: u32, xml: &mut Xml) {
    let mut draw = Draw::new(site.seed, Topic::Switch, switch);
    let high = (0x50 << 56) | (draw.next() >> 8);
    let low = draw.next();
    for (half, bits) in [high, low].into_iter().enumerate() {
        for pair in 0..8 {
            let separator = match (half, pair) {
                (0, 0) => "",
                (_, 0) => "-",
                _ => " ",
            };
            xml.raw(separator).hex(bits >> (56 - 8 * pair), 2);
        }
    }
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", |_, index, xml| xml.val_string(standard_name(index))),
    ("summary.name", |_, index, xml| {
        xml.val_string(standard_name(index))
    }),
    ("summary.accessible", |_, _, xml| xml.val_bool(true)),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Network, index), xml);
    }),
    ("host", |site, index, xml| {
        hosts(site, index / NETWORKS_PER_DATACENTER, xml);
    }),
    ("vm", |site, index, xml| {
        vms(
            site,
            Object::new(Kind::Network, index),
            index / NETWORKS_PER_DATACENTER,
            xml,
        );
    }),
];

pub(super) const PORT_GROUP_PROPERTIES: &[(&str, Property)] = &[
    ("name", port_group_name),
    ("summary.name", port_group_name),
    ("summary.accessible", |_, _, xml| xml.val_bool(true)),
    ("config.name", port_group_name),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::PortGroup, index), xml);
    }),
    ("key", port_group_key),
    ("config.key", port_group_key),
    ("config.distributedVirtualSwitch", |site, index, xml| {
        let switch = index / PORT_GROUPS_PER_DATACENTER;
        write_val_reference(site, Object::new(Kind::Switch, switch), xml);
    }),
    ("host", |site, index, xml| {
        hosts(site, index / PORT_GROUPS_PER_DATACENTER, xml);
    }),
    ("vm", |site, index, xml| {
        vms(
            site,
            Object::new(Kind::PortGroup, index),
            index / PORT_GROUPS_PER_DATACENTER,
            xml,
        );
    }),
];

pub(super) const SWITCH_PROPERTIES: &[(&str, Property)] = &[
    ("name", switch_name),
    ("summary.name", switch_name),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Switch, index), xml);
    }),
    ("uuid", switch_uuid),
    ("summary.uuid", switch_uuid),
    ("portgroup", |site, index, xml| {
        let first = index * PORT_GROUPS_PER_DATACENTER;
        write_val_list(
            site,
            Kind::PortGroup,
            first..first + PORT_GROUPS_PER_DATACENTER,
            xml,
        );
    }),
];

fn port_group_name(_: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| write_port_group_name(index, xml));
}

fn port_group_key(site: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| {
        site.write_id(Object::new(Kind::PortGroup, index), xml)
    });
}

fn switch_name(_: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| write_switch_name(index, xml));
}

fn switch_uuid(site: &Site, index: u32, xml: &mut Xml) {
    write_val_text(xml, |xml| write_switch_uuid(site, index, xml));
}

pub(super) fn hosts(site: &Site, datacenter: u32, xml: &mut Xml) {
    write_val_list(site, Kind::Host, site.hosts_in_datacenter(datacenter), xml);
}

pub(super) fn vms(site: &Site, network: Object, datacenter: u32, xml: &mut Xml) {
    let attached = site
        .vms_in_datacenter(datacenter)
        .filter(|&vm| networks(site, &Vm::new(site, vm)).contains(&network));
    write_val_list(site, Kind::Vm, attached, xml);
}
