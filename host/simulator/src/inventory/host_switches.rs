//! The switches and port groups of a host: `vSwitch0` with three port groups, `vSwitch1` without an uplink, and its side of the
//! distributed switch.

use super::host_adapters::ADAPTERS;
use super::network;
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use crate::soap::xml::Xml;

/// Name, switch and VLAN; 4095 is a trunk of all. Names are escaped as everywhere.
const PORT_GROUPS: [(&str, u32, u32); 4] = [
    ("Management Network", 0, 0),
    ("VM Network", 0, 42),
    ("DMZ%2fextern", 0, 4095),
    ("isolated <lab>", 1, 7),
];
const UPLINKS: [&[u32]; 2] = [&[0, 1], &[]];
/// The adapter of the distributed switch.
const DISTRIBUTED: u32 = 2;
const _: () = assert!(DISTRIBUTED < ADAPTERS, "one adapter is free");

fn write_adapter_key(tag: &str, adapter: u32, xml: &mut Xml) {
    xml.open(tag)
        .raw("key-vim.host.PhysicalNic-vmnic")
        .int(adapter)
        .close(tag);
}

fn write_switch(switch: u32, uplinks: &[u32], xml: &mut Xml) {
    let mtu = if switch == 0 { 1500 } else { 9000 };
    xml.raw("<name>vSwitch")
        .int(switch)
        .raw("</name><key>key-vim.host.VirtualSwitch-vSwitch")
        .int(switch)
        .raw("</key><numPorts>2560</numPorts><numPortsAvailable>2546</numPortsAvailable>")
        .element_int("mtu", mtu);
    for (name, _, _) in PORT_GROUPS.iter().filter(|(_, of, _)| *of == switch) {
        xml.open("portgroup")
            .raw("key-vim.host.PortGroup-")
            .text(name)
            .close("portgroup");
    }
    for &adapter in uplinks {
        write_adapter_key("pnic", adapter, xml);
    }
    xml.raw("<spec><numPorts>128</numPorts>");
    if !uplinks.is_empty() {
        xml.open_typed("bridge", "HostVirtualSwitchBondBridge");
        for &adapter in uplinks {
            xml.raw("<nicDevice>vmnic").int(adapter).close("nicDevice");
        }
        xml.close("bridge");
    }
    xml.element_int("mtu", mtu).close("spec");
}

fn write_switches(_: &Site, _: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfHostVirtualSwitch");
    for (switch, uplinks) in (0..).zip(UPLINKS) {
        xml.open_typed("HostVirtualSwitch", "HostVirtualSwitch");
        write_switch(switch, uplinks, xml);
        xml.close("HostVirtualSwitch");
    }
    xml.close("val");
}

fn write_port_groups(_: &Site, _: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfHostPortGroup");
    for (name, switch, vlan) in PORT_GROUPS {
        xml.open_typed("HostPortGroup", "HostPortGroup")
            .open("key")
            .raw("key-vim.host.PortGroup-")
            .text(name)
            .raw("</key><vswitch>key-vim.host.VirtualSwitch-vSwitch")
            .int(switch)
            .raw("</vswitch><computedPolicy></computedPolicy><spec>")
            .element("name", name)
            .element_int("vlanId", vlan)
            .raw("<vswitchName>vSwitch")
            .int(switch)
            .raw("</vswitchName><policy></policy></spec>")
            .close("HostPortGroup");
    }
    xml.close("val");
}

fn write_distributed(site: &Site, index: u32, xml: &mut Xml) {
    if site.host_agent {
        return;
    }
    let switch = site.datacenter_of_host(index);
    xml.open_typed("val", "ArrayOfHostProxySwitch")
        .open_typed("HostProxySwitch", "HostProxySwitch")
        .open("dvsUuid");
    network::write_switch_uuid(site, switch, xml);
    xml.close("dvsUuid").open("dvsName");
    network::write_switch_name(switch, xml);
    xml.raw("</dvsName><key>DvsPortset-0</key><numPorts>5632</numPorts><numPortsAvailable>5610</numPortsAvailable><uplinkPort><key>16</key><value>Uplink 1</value></uplinkPort><mtu>9000</mtu>");
    write_adapter_key("pnic", DISTRIBUTED, xml);
    xml.raw("<spec>")
        .open_typed(
            "backing",
            "DistributedVirtualSwitchHostMemberPnicBacking",
        )
        .raw("<pnicSpec><pnicDevice>vmnic")
        .int(DISTRIBUTED)
        .raw("</pnicDevice><uplinkPortKey>16</uplinkPortKey></pnicSpec></backing></spec></HostProxySwitch></val>");
}

fn write_mounts(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfHostFileSystemMountInfo");
    for datastore in site.datastores_of_host(index) {
        xml.open_typed("HostFileSystemMountInfo", "HostFileSystemMountInfo");
        super::datastore_info::write_mount(site, datastore, index, xml);
        xml.close("HostFileSystemMountInfo");
    }
    xml.close("val");
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("config.network.vswitch", write_switches),
    ("config.network.portgroup", write_port_groups),
    ("config.network.proxySwitch", write_distributed),
    ("config.fileSystemVolume.mountInfo", write_mounts),
    ("network", |site, index, xml| {
        let datacenter = site.datacenter_of_host(index);
        super::cluster::write_networks(site, datacenter, xml);
    }),
    ("summary.host", |site, index, xml| {
        super::names::write_val_reference(site, Object::new(Kind::Host, index), xml);
    }),
];
