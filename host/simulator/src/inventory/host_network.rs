//! The kernel interfaces of a host: `vmk0` for management, `vmk1` for vMotion on the distributed switch.

use super::network;
use super::object::{Kind, Object};
use super::site::Site;
use crate::soap::xml::Xml;

pub(super) fn write_vnics(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfHostVirtualNic");
    for interface in INTERFACES {
        xml.open_typed("HostVirtualNic", "HostVirtualNic");
        write_vnic(site, index, interface, "", xml);
        xml.close("HostVirtualNic");
    }
    xml.close("val");
}

const INTERFACES: [u32; 2] = [0, 1];

/// Services, and the interface that is selected for each.
const SERVICES: [(&str, Option<u32>); 3] = [
    ("management", Some(0)),
    ("vmotion", Some(1)),
    ("vsan", None),
];

/// As a host does, each service repeats every interface under a key of its own.
pub(super) fn write_services(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfVirtualNicManagerNetConfig");
    for (service, selected) in SERVICES {
        xml.open_typed("VirtualNicManagerNetConfig", "VirtualNicManagerNetConfig");
        xml.element("nicType", service);
        xml.element_bool("multiSelectAllowed", true);
        for interface in INTERFACES {
            xml.open("candidateVnic");
            write_vnic(site, index, interface, service, xml);
            xml.close("candidateVnic");
        }
        if let Some(interface) = selected {
            xml.open("selectedVnic");
            write_key(service, interface, xml);
            xml.close("selectedVnic");
        }
        xml.close("VirtualNicManagerNetConfig");
    }
    xml.close("val");
}

fn write_key(service: &str, interface: u32, xml: &mut Xml) {
    if !service.is_empty() {
        xml.raw(service).raw(".");
    }
    xml.raw("key-vim.host.VirtualNic-vmk").int(interface);
}

fn write_address(host: u32, interface: u32, xml: &mut Xml) {
    xml.raw("172.")
        .int(20 + interface)
        .raw(".")
        .int((host >> 8) & 0xff)
        .raw(".")
        .int(host & 0xff);
}

fn write_vnic(site: &Site, host: u32, interface: u32, service: &str, xml: &mut Xml) {
    let management = interface == 0;
    xml.raw("<device>vmk").int(interface).raw("</device><key>");
    write_key(service, interface, xml);
    xml.raw("</key><portgroup>");
    xml.raw(if management { "Management Network" } else { "" });
    xml.raw("</portgroup><spec><ip><dhcp>false</dhcp><ipAddress>");
    write_address(host, interface, xml);
    xml.raw("</ipAddress><subnetMask>255.255.0.0</subnetMask>");
    if management {
        xml.raw("<ipV6Config><ipV6Address><ipAddress>fe80::250:56ff:fe60:")
            .hex(u64::from(host) | 0x1000, 4)
            .raw("</ipAddress><prefixLength>64</prefixLength><origin>other</origin><dadState>preferred</dadState></ipV6Address>")
            .raw("<autoConfigurationEnabled>false</autoConfigurationEnabled><dhcpV6Enabled>false</dhcpV6Enabled></ipV6Config>");
    }
    xml.raw("</ip><mac>00:50:56:6")
        .hex(u64::from(interface), 1)
        .raw(":")
        .hex(u64::from(host >> 8), 2)
        .raw(":")
        .hex(u64::from(host), 2)
        .raw("</mac>");
    if management {
        xml.raw("<portgroup>Management Network</portgroup><mtu>1500</mtu>");
    } else if site.host_agent {
        xml.raw("<portgroup>vMotion</portgroup><mtu>9000</mtu>");
    } else {
        let datacenter = site.datacenter_of_host(host);
        let port_group = Object::new(Kind::PortGroup, site.port_group(datacenter, 1));
        xml.raw("<distributedVirtualPort><switchUuid>");
        network::write_switch_uuid(site, datacenter, xml);
        xml.raw("</switchUuid><portgroupKey>");
        site.write_id(port_group, xml);
        xml.raw("</portgroupKey><portKey>")
            .int(1000 + host)
            .raw("</portKey></distributedVirtualPort><mtu>9000</mtu>");
    }
    xml.raw("<tsoEnabled>true</tsoEnabled><netStackInstanceKey>defaultTcpipStack</netStackInstanceKey><systemOwned>false</systemOwned></spec>");
}
